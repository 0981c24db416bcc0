import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTokenText } from '../../../src/core/api/bearerToken';
import { NO_EXPIRY } from '../../../src/core/signIn/accessToken';
import { findCommandLineToken } from '../../../src/core/signIn/commandLineToken';
import { parseMetadata } from '../../../src/core/session/sessionRecord';
import {
  isTombstone,
  parseSession,
  serializeSession,
} from '../../../src/core/session/sessionRecord';
import { parseJson } from '../../../src/core/platform/json';
import type { Finding } from '../../../src/core/publish/checks/baseline/finding';
import { BaselineCache } from '../../../src/core/publish/checks/baseline/baselineCache';
import { collectStaleLocks } from '../../../src/core/publish/publishLock';
import { json, plain, type Parser } from '../parser';

const RECORD = {
  version: 1,
  sessionId: 's-1',
  account: { devId: 'dev_1', email: null, displayName: 'Me', isDeveloper: true },
  source: 'ssh',
  fingerprint: 'SHA256:x',
  keyPath: '/home/me/.ssh/id_ed25519',
  token: 'a.b.c',
  mintedAt: 1_790_000_000_000,
  expiresAt: 1_790_000_900_000,
};

export const sessionRecord: Parser = {
  name: 'session record',
  seeds: () => [
    json(RECORD),
    json({ ...RECORD, source: 'deviceCode', expiresAt: NO_EXPIRY }),
    json({ version: 1, signedOutAt: 1_790_000_000_000, sessionId: 's-1' }),
    json({ profile: RECORD, ended: ['s-0'] }),
  ],
  words: [...Object.keys(RECORD), 'signedOutAt', 'agent', 'token', '8.7e15', 'profile', 'ended'],
  check: (input) => {
    const text = input.toString();
    const notes = parseMetadata(parseJson(text)?.value);
    assert.deepEqual(parseMetadata(notes), notes);
    const stored = parseSession(text);
    if (stored === undefined) return 'refused';
    assert.deepEqual(parseSession(serializeSession(stored)), stored);
    const times = isTombstone(stored) ? [stored.signedOutAt] : [stored.mintedAt, stored.expiresAt];
    for (const time of times) assert.match(new Date(time).toISOString(), /Z$/u);
    return 'accepted';
  },
  runs: 250,
};

export const commandLineFile: Parser = {
  name: "command line's sdk.json",
  seeds: () => [
    json({ access_token: 'a.b.c' }),
    json({ default: { token: 'a.b.c', other: 1 } }),
    json({ default: 'key' }),
  ],
  words: ['access_token', 'accessToken', 'token', 'apiKey', 'api_key', 'default', '{"default":'],
  check: async (input, folder) => {
    const path = join(folder, 'sdk.json');
    await writeFile(path, input);
    const found = await findCommandLineToken(path);
    assert.ok(found === undefined || isTokenText(found.token));
    return found === undefined ? 'refused' : 'accepted';
  },
};

const FINDING: Finding = {
  rule: 'baseline.syntax',
  message: 'new',
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
};

/** The remembered scripts and running publishes of this computer. */
export const ownFiles: Parser = {
  name: 'files of our own',
  seeds: async (folder) => {
    const cache = await BaselineCache.load(undefined);
    cache.set('script:x', { findings: [FINDING], brings: ['.findLast'], loads: [] });
    const note = {
      backendUrl: 'https://x.example',
      appId: 'tyre-pressure',
      version: '1.0.0',
      folder,
      pid: 2 ** 22,
    };
    return [plain(cache.serializeIfChanged() ?? ''), json(note)];
  },
  words: ['script:x', 'rule', 'range', 'pid', 'version', '1e300', '-1'],
  check: async (input, folder) => {
    const locks = join(folder, 'locks');
    await rm(locks, { recursive: true, force: true });
    await mkdir(locks);
    const path = join(locks, 'a.lock');
    await writeFile(path, input);
    const { findings = [] } = (await BaselineCache.load(path)).get('script:x') ?? {};
    assert.ok(findings.every(({ range }) => Number.isInteger(range.end.character)));
    const interrupted = await collectStaleLocks(locks);
    assert.ok(interrupted.every(({ appId }) => typeof appId === 'string'));
    return findings.length + interrupted.length === 0 ? 'refused' : 'accepted';
  },
};
