import assert from 'node:assert/strict';
import { ApiClient } from '../../../src/core/api/client';
import { fetchBalance, formatBalance, isLow } from '../../../src/core/operator/wallet';
import { ok } from '../../backend/envelope';
import { OPERATOR_ACCOUNT } from '../../backend/profiles';
import { rejectsWith } from '../../support/expect';
import { MemoryBackend } from '../../support/memory-transport';

describe('wallet', () => {
  const backend = new MemoryBackend({
    url: 'https://i99op.i99dash.app',
    now: Date.now,
    accounts: [OPERATOR_ACCOUNT],
  });
  backend.settings.wallet = true;
  const { devId } = OPERATOR_ACCOUNT;
  // Created when the file is loaded. All tests must finish within its lifetime, even on a slow
  // computer.
  const token = backend.state.mintToken({ devId, lifeSeconds: 60 * 60 });
  const api = new ApiClient(backend.url, backend.transport, {
    getToken: () => Promise.resolve(token),
  });

  it('holds the balance that the backend returns', async () => {
    assert.deepEqual(await fetchBalance(api), OPERATOR_ACCOUNT.wallet);
  });

  for (const data of [
    null,
    {},
    { balance: 5 },
    { balance: '5', currency: 'EUR' },
    { balance: 5.5, currency: 'EUR' },
    { balance: 1e300, currency: 'EUR' },
    { balance: 5, currency: 'euro' },
    { balance: 5, currency: '[x]' },
    { currency: 'EUR' },
  ]) {
    it(`rejects ${JSON.stringify(data)}`, async () => {
      backend.faults.inject({
        fault: { kind: 'custom', handler: (request) => ok(request, data) },
      });
      await rejectsWith('PROTOCOL', fetchBalance(api));
    });
  }

  for (const [balance, currency, locale, text] of [
    [12_550, 'EUR', 'en', '€125.50'],
    [12_550, 'EUR', 'de', '125,50 €'],
    [12_550, 'USD', 'en', '$125.50'],
    [1234567, 'USD', 'en', '$12,345.67'],
    [-5, 'EUR', 'en', '-€0.05'],
    [12_550, 'JPY', 'en', '¥12,550'],
    [12_550, 'KWD', 'en', 'KWD 12.550'],
    [0, 'EUR', 'en', '€0.00'],
    [100, 'XXX', 'en', '¤1.00'],
  ] as const) {
    it(`shows ${balance} ${currency} as ${text} in ${locale}`, () => {
      assert.equal(formatBalance({ balance, currency }, locale).replaceAll('\u00a0', ' '), text);
    });
  }

  it('falls back to another locale for an unknown one', () => {
    assert.match(formatBalance({ balance: 100, currency: 'EUR' }, 'no_such-locale'), /1/u);
  });

  it('is low below ten of the usual units', () => {
    assert.deepEqual(
      [1_000, 999, 0, -1].map((balance) => isLow({ balance, currency: 'EUR' })),
      [false, true, true, true],
    );
  });
});
