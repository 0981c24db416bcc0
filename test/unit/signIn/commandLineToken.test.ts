import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommandLineToken } from '../../../src/core/signIn/commandLineToken';
import { useTempFolder } from '../../support/temp-folder';

describe('plain-text credential file of the command-line client', () => {
  const temp = useTempFolder();
  const path = () => join(temp.path, 'sdk.json');

  function write(content: unknown): void {
    writeFileSync(path(), typeof content === 'string' ? content : JSON.stringify(content));
  }

  for (const [title, content] of [
    ['an access token', { access_token: 'a-token' }],
    ['an access token in camel case', { accessToken: 'a-token', backend: 'x' }],
    ['a token', { version: 1, token: 'a-token' }],
    ['an API key', { apiKey: 'a-token' }],
    ['a token under the account', { default: { token: 'a-token' } }],
    ['the account as the token', { default: 'a-token' }],
  ] as const) {
    it(`reads ${title} and leaves the file unchanged`, async () => {
      write(content);
      const before = [readFileSync(path(), 'utf8'), statSync(path()).mtimeMs];
      assert.deepEqual(await findCommandLineToken(path()), { path: path(), token: 'a-token' });
      assert.deepEqual([readFileSync(path(), 'utf8'), statSync(path()).mtimeMs], before);
    });
  }

  for (const [title, content] of [
    ['invalid JSON', 'token: abc'],
    ['no content', ''],
    ['an array', ['a-token']],
    ['no token', { version: 1 }],
    ['a token that is invalid in a header', { token: 'a token\r\nX: y' }],
    ['a token of the wrong type', { token: 5 }],
    ['a file above the size limit', { padding: 'x'.repeat(70_000), token: 'a-token' }],
  ] as const) {
    it(`ignores a file with ${title}`, async () => {
      write(content);
      assert.equal(await findCommandLineToken(path()), undefined);
    });
  }

  it('ignores a missing file and a folder in its place', async () => {
    assert.equal(await findCommandLineToken(path()), undefined);
    mkdirSync(path());
    assert.equal(await findCommandLineToken(path()), undefined);
  });
});
