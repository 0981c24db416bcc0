import assert from 'node:assert/strict';
import { boundTokens } from '../../../src/core/api/client';
import { rejectsWith } from '../../support/expect';

describe('tokens bound to a backend', () => {
  const source = { getToken: () => Promise.resolve('token') };

  it('returns tokens while their backend is selected', async () => {
    const tokens = boundTokens('https://a', source, () => 'https://a');
    assert.equal(await tokens.getToken(), 'token');
  });

  it('rejects a token that arrives after the backend was switched', async () => {
    let inForce = 'https://a';
    const slow = {
      getToken: () => {
        inForce = 'https://b';
        return Promise.resolve('token of b');
      },
    };
    const tokens = boundTokens('https://a', slow, () => inForce);
    await rejectsWith('NOT_SIGNED_IN', tokens.getToken());
  });
});
