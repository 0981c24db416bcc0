import assert from 'node:assert/strict';
import { boundTokens } from '../../../src/core/auth/boundTokens';
import { rejectsWith } from '../../support/expect';

describe('the tokens of one backend', () => {
  const source = { getToken: () => Promise.resolve('token') };

  it('are handed out while it is in force', async () => {
    const tokens = boundTokens('https://a', source, () => 'https://a');
    assert.equal(await tokens.getToken(), 'token');
  });

  it('are none of another one that is in force by the time the token comes', async () => {
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
