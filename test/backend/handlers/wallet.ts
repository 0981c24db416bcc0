import { authenticated } from '../authenticate';
import { ok } from '../envelope';
import { HttpError, type Route } from '../exchange';

const balance = authenticated('account', (request, _context, { wallet }) => {
  if (wallet === undefined) throw new HttpError(404, 'WALLET_NOT_FOUND', 'there is no wallet');
  return ok(request, wallet);
});

export const walletRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/api/v1/operator/wallet/balance', handler: balance },
];
