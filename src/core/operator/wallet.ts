import type { ApiClient } from '../api/client';
import { I99dashError } from '../errors';
import { expectObject, expectString } from '../platform/json';
import { t } from '../text/l10n';

/** The operator's balance. */
export interface Balance {
  /** Minor units of the currency, such as cents. Assumed: it is not documented publicly. */
  balance: number;
  /** ISO 4217. Assumed. */
  currency: string;
}

/** Assumed: the endpoint is not documented publicly. */
const WALLET_PATH = '/api/v1/operator/wallet/balance';

/**
 * A balance below this is low, in minor units. Assumed: the price of a support ticket is not
 * documented publicly.
 */
const LOW_BALANCE = 1_000;

/**
 * Fetches the operator's balance.
 * @throws PROTOCOL and the errors of `ApiClient.call`
 */
export async function fetchBalance(api: ApiClient, signal?: AbortSignal): Promise<Balance> {
  const data = expectObject(
    await api.call({
      method: 'GET',
      path: WALLET_PATH,
      ...(signal === undefined ? {} : { signal }),
    }),
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
 * Formats a balance for display.
 * @param locale BCP 47. Falls back to the default locale when it is invalid.
 */
export function formatBalance({ balance, currency }: Balance, locale?: string): string {
  const format = currencyFormat(currency, locale);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(balance / 10 ** digits);
}

/** Checks whether the balance is low. */
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
