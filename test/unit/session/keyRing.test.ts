import assert from 'node:assert/strict';
import type { SessionProfile } from '../../../src/core/session/sessionRecord';
import { KeyRing } from '../../../src/core/session/keyRing';
import { I99dashError, type ErrorCode } from '../../../src/core/errors';
import type { Signer } from '../../../src/core/platform/interfaces';
import { rejectsWith } from '../../support/expect';

const signerOf = (fingerprint: string): Signer => ({
  fingerprint,
  publicKey: `ssh-ed25519 AAAA ${fingerprint}`,
  sign: () => Promise.reject(new Error('nothing is signed here')),
});
const KEY = signerOf('SHA256:key');
const OTHER = signerOf('SHA256:other');
const failing = (code: ErrorCode) => () => Promise.reject(new I99dashError(code, code));

const profile = (keyPath?: string): SessionProfile => ({
  sessionId: 'one',
  account: { devId: 'dev_1', email: null, displayName: null, isDeveloper: true },
  source: keyPath === undefined ? 'agent' : 'ssh',
  fingerprint: KEY.fingerprint,
  ...(keyPath === undefined ? {} : { keyPath }),
});

type Opened = Signer | ErrorCode;
type Held = Signer | ErrorCode | undefined;

interface Row {
  title: string;
  /** The result of opening the key file; undefined if the session has none. */
  file?: Opened;
  agent: Held;
  /** The code of the error, or the signer. */
  expected: Opened;
}

const ROWS: Row[] = [
  { title: 'its file', file: KEY, agent: undefined, expected: KEY },
  {
    title: 'the agent when the file is encrypted',
    file: 'KEY_ENCRYPTED',
    agent: KEY,
    expected: KEY,
  },
  { title: 'the agent when the file is missing', file: 'KEY_NOT_FOUND', agent: KEY, expected: KEY },
  { title: 'the agent when the file contains another key', file: OTHER, agent: KEY, expected: KEY },
  { title: 'the agent when the session has no file', agent: KEY, expected: KEY },
];

const FAILURES: Row[] = [
  ...(['KEY_ENCRYPTED', 'KEY_NOT_FOUND', 'KEY_UNREADABLE', 'KEY_UNSUPPORTED'] as const).flatMap(
    (code): Row[] => [
      { title: `${code}, agent without it`, file: code, agent: undefined, expected: code },
      { title: `${code}, no agent`, file: code, agent: 'AGENT_UNAVAILABLE', expected: code },
    ],
  ),
  { title: 'another key in the file', file: OTHER, agent: undefined, expected: 'KEY_NOT_FOUND' },
  { title: 'no file, no agent', agent: 'AGENT_UNAVAILABLE', expected: 'AGENT_UNAVAILABLE' },
  { title: 'no file, agent without it', agent: undefined, expected: 'KEY_NOT_FOUND' },
];

function signersOf({ file, agent }: Row): KeyRing {
  return new KeyRing({
    openKeyFile:
      typeof file === 'string'
        ? failing(file)
        : () => (file === undefined ? assert.fail('there is no file') : Promise.resolve(file)),
    openAgentKey: typeof agent === 'string' ? failing(agent) : () => Promise.resolve(agent),
  });
}

const profileFor = ({ file }: Row) => profile(file === undefined ? undefined : '/keys/id');

describe('key of a session', () => {
  for (const row of ROWS) {
    it(`comes from ${row.title}`, async () => {
      assert.equal(await signersOf(row).open(profileFor(row)), row.expected);
    });
  }

  for (const row of FAILURES) {
    it(`cannot be used: ${row.title}`, async () => {
      await rejectsWith(row.expected as ErrorCode, signersOf(row).open(profileFor(row)));
    });
  }

  it('stays open in this window until sign-out', async () => {
    const row: Row = { title: '', file: 'KEY_ENCRYPTED', agent: undefined, expected: KEY };
    const signers = signersOf(row);
    signers.cache(OTHER);
    await rejectsWith('KEY_ENCRYPTED', signers.open(profileFor(row)));
    signers.cache(KEY);
    assert.equal(await signers.open(profileFor(row)), KEY);
    signers.clear();
    await rejectsWith('KEY_ENCRYPTED', signers.open(profileFor(row)));
  });

  it('reports the path of a file that contains another key', async () => {
    const row: Row = { title: '', file: OTHER, agent: undefined, expected: KEY };
    const error = await rejectsWith('KEY_NOT_FOUND', signersOf(row).open(profileFor(row)));
    assert.equal(error.file, '/keys/id');
  });

  it('is never opened for a pasted token', async () => {
    const { account, sessionId } = profile();
    const signers = signersOf({ title: '', agent: KEY, expected: KEY });
    await rejectsWith('NOT_SIGNED_IN', signers.open({ account, sessionId, source: 'token' }));
  });
});
