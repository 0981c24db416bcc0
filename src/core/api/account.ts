import { expectObject, expectString, optionalString } from '../platform/json';
import type { Account } from '../identity';
import { t } from '../text/l10n';
import type { ApiClient } from './client';

/** Fetches the account of the credential (`GET /api/v1/dev/me`). */
export async function fetchAccount(api: ApiClient, signal?: AbortSignal): Promise<Account> {
  const data = await api.call({
    method: 'GET',
    path: '/api/v1/dev/me',
    ...(signal === undefined ? {} : { signal }),
  });
  const me = expectObject(data, t('an account'));
  return {
    devId: expectString(me, 'devId'),
    email: optionalString(me, 'email'),
    displayName: optionalString(me, 'displayName'),
    isDeveloper: me['isDeveloper'] === true,
  };
}
