import type { ApiClient } from '../api/client';
import { I99dashError } from '../errors';
import { expectObject, expectString } from '../json';
import { t } from '../l10n';

/** What an operator has to spend. */
export interface Balance {
  /** Minor units of the currency, such as cents. Assumed: no public document states it. */
  balance: number;
  /** ISO 4217. Assumed. */
  currency: string;
}

/** Assumed: no public document names the call. */
const PATH = '/api/v1/operator/wallet/balance';

/** Less than this is low, in minor units. Assumed: no public document tells what a support ticket costs. */
const LOW_BALANCE = 1_000;

/** Asks for the operator's balance. @throws PROTOCOL, and as `ApiClient.call` */
export async function fetchBalance(api: ApiClient, signal?: AbortSignal): Promise<Balance> {
  const data = expectObject(
    await api.call({ method: 'GET', path: PATH, ...(signal === undefined ? {} : { signal }) }),
    t('a balance'),
  );
  const { balance } = data;
  const currency = expectString(data, 'currency');
  if (typeof balance !== 'number' || !Number.isSafeInteger(balance)) {
    throw new I99dashError(
      'PROTOCOL',
      t("The backend's balance is no whole number of minor units."),
    );
  }
  if (!/^[A-Z]{3}$/u.test(currency)) {
    throw new I99dashError('PROTOCOL', t("The backend's currency is none."));
  }
  return { balance, currency };
}

/**
 * A balance as people write it where they are.
 * @param locale BCP 47; one that nobody knows counts as none
 */
export function formatBalance({ balance, currency }: Balance, locale?: string): string {
  const format = currencyFormat(currency, locale);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(balance / 10 ** digits);
}

/** Whether it is time to top up. */
export function isLow({ balance }: Balance): boolean {
  return balance < LOW_BALANCE;
}

function currencyFormat(currency: string, locale: string | undefined): Intl.NumberFormat {
  const options = { style: 'currency', currency } as const;
  try {
    return new Intl.NumberFormat(locale, options);
  } catch {
    return new Intl.NumberFormat(undefined, options);
  }
}
