import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommandLineToken } from '../../../src/core/auth/commandLineToken';
import { useTempFolder } from '../../support/temp-folder';

describe("the command-line client's plain-text file", () => {
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
    it(`may hold ${title}, and stays as it is`, async () => {
      write(content);
      const before = [readFileSync(path(), 'utf8'), statSync(path()).mtimeMs];
      assert.deepEqual(await findCommandLineToken(path()), { path: path(), token: 'a-token' });
      assert.deepEqual([readFileSync(path(), 'utf8'), statSync(path()).mtimeMs], before);
    });
  }

  for (const [title, content] of [
    ['no JSON', 'token: abc'],
    ['nothing', ''],
    ['an array', ['a-token']],
    ['no token', { version: 1 }],
    ['what cannot stand in a header', { token: 'a token\r\nX: y' }],
    ['a token of the wrong type', { token: 5 }],
    ['more than such a file has', { padding: 'x'.repeat(70_000), token: 'a-token' }],
  ] as const) {
    it(`is as good as absent with ${title}`, async () => {
      write(content);
      assert.equal(await findCommandLineToken(path()), undefined);
    });
  }

  it('need not be there, nor be a file', async () => {
    assert.equal(await findCommandLineToken(path()), undefined);
    mkdirSync(path());
    assert.equal(await findCommandLineToken(path()), undefined);
  });
});
