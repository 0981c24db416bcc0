import assert from 'node:assert/strict';
import {
  parseSession,
  serializeSession,
  type SessionRecord,
} from '../../../src/core/session/sessionRecord';

const record: SessionRecord = {
  sessionId: 'one',
  account: { devId: 'dev_1', email: 'a@example.com', displayName: null, isDeveloper: true },
  source: 'ssh',
  fingerprint: 'SHA256:abc',
  keyPath: '/home/user/.ssh/id_ed25519',
  token: 'token',
  mintedAt: 1,
  expiresAt: 2,
};

describe('stored session record', () => {
  it('is read as it was written', () => {
    assert.deepEqual(parseSession(serializeSession(record)), record);
    for (const tombstone of [{ signedOutAt: 5 }, { signedOutAt: 5, sessionId: 'one' }]) {
      assert.deepEqual(parseSession(serializeSession(tombstone)), tombstone);
    }
  });

  for (const [title, text] of [
    ['invalid JSON', 'garbage'],
    ['an array', '[]'],
    ['null', 'null'],
    ['an older version', JSON.stringify({ ...record, version: 0 })],
    ['a newer version', JSON.stringify({ ...record, version: 2 })],
    ['no version', JSON.stringify(record)],
    ...Object.entries({
      sessionId: '',
      account: null,
      source: 'magic',
      fingerprint: 5,
      keyPath: {},
      token: 'with space',
      mintedAt: '1',
      expiresAt: null,
    }).map(([field, value]) => [
      `a wrong ${field}`,
      JSON.stringify({ ...record, version: 1, [field]: value }),
    ]),
  ] as [string, string][]) {
    it(`is ignored when it is ${title}`, () => assert.equal(parseSession(text), undefined));
  }

  it('is ignored with an invalid account', () => {
    for (const account of [
      { devId: '' },
      { ...record.account, email: 5 },
      { ...record.account, isDeveloper: 'yes' },
    ]) {
      assert.equal(parseSession(JSON.stringify({ ...record, version: 1, account })), undefined);
    }
  });
});
