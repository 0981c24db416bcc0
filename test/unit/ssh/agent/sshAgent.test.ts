import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { getEventListeners, once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ApiClient } from '../../../../src/core/api/client';
import { fetchAccount } from '../../../../src/core/api/account';
import { createUndiciTransport } from '../../../../src/core/http/undiciTransport';
import { requestTokenWithKey } from '../../../../src/core/signIn/requestToken';
import { agentSigner, listAgentKeys, type AgentKey } from '../../../../src/core/ssh/agent/sshAgent';
import { CancelledError, isI99dashError } from '../../../../src/core/errors';
import { systemClock } from '../../../../src/core/platform/interfaces';
import { DEFAULT_ACCOUNT, startBackend } from '../../../backend/server';
import { anyKeyUse } from '../../../support/fakes';
import { rejectsWith } from '../../../support/expect';
import { fingerprintOfLine, generateTestKey, toPublicKeyLine } from '../../../support/ssh-key';
import { useTempFolder } from '../../../support/temp-folder';

const run = promisify(execFile);
const CHALLENGE = Buffer.from('a challenge of sixteen or more');

/**
 * Message types by number. The tests encode each message themselves, without the code under test.
 */
const [FAILURE, SUCCESS, LIST, LISTED, SIGN, SIGNED] = [5, 6, 11, 12, 13, 14] as const;

function uint32(value: number): Buffer {
  return Buffer.from(value.toString(16).padStart(8, '0'), 'hex');
}

function string(bytes: Uint8Array | string): Buffer {
  return Buffer.concat([uint32(Buffer.from(bytes).length), Buffer.from(bytes)]);
}

/** Returns one message with its length prefix. */
function message(type: number, ...parts: Uint8Array[]): Buffer {
  return string(Buffer.concat([Buffer.of(type), ...parts]));
}

/** Returns the same message with another type. */
function retyped(bytes: Buffer, type: number): Buffer {
  return message(type, bytes.subarray(5));
}

function listed(...keys: { blob: Uint8Array; comment: string }[]): Buffer {
  const entries = keys.flatMap(({ blob, comment }) => [string(blob), string(comment)]);
  return message(LISTED, uint32(keys.length), ...entries);
}

function signed(signature: Uint8Array, type = 'ssh-ed25519'): Buffer {
  return message(SIGNED, string(Buffer.concat([string(type), string(signature)])));
}

function blobOf(publicKeyLine: string): Buffer {
  return Buffer.from(publicKeyLine.split(' ')[1] ?? '', 'base64');
}

/** A key pair as a real agent would list it. */
function makeKey(comment = 'my key') {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const line = toPublicKeyLine(publicKey, comment);
  const publicBlob = blobOf(line);
  const key: AgentKey = {
    fingerprint: fingerprintOfLine(line),
    comment,
    publicKey: line,
    publicBlob,
  };
  return { key, publicKey, sign: (data: Buffer): Buffer => sign(null, data, privateKey) };
}

function isSignedBy({ publicBlob }: AgentKey, data: Buffer, signature: Uint8Array): boolean {
  const x = publicBlob.subarray(-32).toString('base64url');
  return verify(null, data, { key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }, signature);
}

async function isCancelled(promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof CancelledError);
}

/** Returns the number of timers that keep this process alive. */
function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

/** An ssh-agent for each test, with ssh-add as its client. */
function useSshAgent() {
  const temp = useTempFolder();
  let agent: ChildProcess;
  const path = (): string => join(temp.path, 'agent');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (agent.exitCode === null && agent.signalCode === null) {
      const exited = once(agent, 'exit');
      agent.kill(signal);
      await exited;
    }
  };
  beforeEach(async () => {
    agent = spawn('ssh-agent', ['-D', '-a', path()], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(agent.stdout!, 'data'); // it prints its path once it listens
  });
  afterEach(() => end('SIGKILL'));
  return {
    end,
    freeze: () => agent.kill('SIGSTOP'),
    get path() {
      return path();
    },
    get folder() {
      return temp.path;
    },
    /** @param answer the text typed at each passphrase prompt of ssh-add */
    sshAdd: async (args: string[], answer = ''): Promise<void> => {
      const askpass = join(temp.path, 'askpass');
      await writeFile(askpass, '#!/bin/sh\nprintf "%s\\n" "$ANSWER"\n', { mode: 0o700 });
      const env = { SSH_AUTH_SOCK: path(), SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' };
      await run('ssh-add', ['-q', ...args], { env: { ...process.env, ...env, ANSWER: answer } });
    },
  };
}

type Answer = (socket: Socket, request: Buffer) => void;

/**
 * A server in place of an agent. After each test it waits until every connection is closed, so that
 * a leaked connection fails the test.
 */
function useFakeAgent() {
  const temp = useTempFolder();
  let server: Server;
  const requests: Buffer[] = [];
  const fake = {
    requests,
    connections: 0,
    answer: ((socket) => socket.end()) as Answer,
    get path() {
      return join(temp.path, 'agent');
    },
    /** Answers with these bytes and waits for the client to close the connection. */
    say: (bytes: Buffer) => (fake.answer = (socket) => socket.write(bytes)),
    /** Answers with these bytes and closes the connection. */
    sayAndClose: (bytes: Buffer) => (fake.answer = (socket) => socket.end(bytes)),
  };
  const serve = (socket: Socket): void => {
    fake.connections++;
    let request = Buffer.alloc(0);
    socket.on('error', () => undefined); // the client may have disconnected
    socket.on('data', (chunk) => {
      request = Buffer.concat([request, chunk]);
      if (request.length >= 4 && request.length === 4 + request.readUInt32BE(0)) {
        requests.push(request);
        fake.answer(socket, request);
      }
    });
  };
  beforeEach(async () => {
    requests.length = 0;
    fake.connections = 0;
    server = createServer(serve).listen(fake.path);
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.close();
    await once(server, 'close');
  });
  return fake;
}

describe('real ssh-agent', () => {
  const agent = useSshAgent();

  async function addKey(options: { name?: string; comment?: string; passphrase?: string } = {}) {
    const key = await generateTestKey({ folder: agent.folder, rounds: 2, ...options });
    await agent.sshAdd([key.path], options.passphrase);
    return key;
  }

  async function firstKey(): Promise<AgentKey> {
    const [key] = await listAgentKeys(agent.path);
    return key ?? assert.fail('the agent has no key');
  }

  it('lists no keys at first', async () => {
    assert.deepEqual(await listAgentKeys(agent.path), []);
  });

  it('lists only its ed25519 keys, encrypted files included', async () => {
    const plain = await addKey({ name: 'plain', comment: 'work laptop' });
    const rsa = await generateTestKey({ folder: agent.folder, type: 'rsa' });
    const ecdsa = await generateTestKey({ folder: agent.folder, type: 'ecdsa' });
    await agent.sshAdd([rsa.path, ecdsa.path]);
    const locked = await addKey({ name: 'locked', passphrase: 'pass phrase' });
    const { stdout } = await run('ssh-add', ['-l'], { env: { SSH_AUTH_SOCK: agent.path } });
    assert.equal(stdout.trim().split('\n').length, 4);
    assert.deepEqual(
      await listAgentKeys(agent.path),
      [plain, locked].map(({ publicKeyLine, fingerprint }, index) => ({
        fingerprint,
        comment: ['work laptop', 'test@example.com'][index],
        publicKey: publicKeyLine,
        publicBlob: blobOf(publicKeyLine),
      })),
    );
  });

  it('omits the certificate of a key', async () => {
    const authority = await generateTestKey({ folder: agent.folder, name: 'authority' });
    const key = await generateTestKey({ folder: agent.folder, name: 'key' });
    await run('ssh-keygen', ['-q', '-s', authority.path, '-I', 'id', key.publicKeyPath]);
    await agent.sshAdd([key.path]);
    const { stdout } = await run('ssh-add', ['-L'], { env: { SSH_AUTH_SOCK: agent.path } });
    assert.match(stdout, /ssh-ed25519-cert-v01@openssh\.com/u);
    const fingerprints = (await listAgentKeys(agent.path)).map(({ fingerprint }) => fingerprint);
    assert.deepEqual(fingerprints, [key.fingerprint]);
  });

  it('signs with each of its keys', async () => {
    await addKey({ name: 'one' });
    await addKey({ name: 'two', passphrase: 'pass phrase' });
    const keys = await listAgentKeys(agent.path);
    assert.equal(keys.length, 2);
    for (const key of keys) {
      const signer = agentSigner(agent.path, key);
      assert.equal(signer.fingerprint, key.fingerprint);
      assert.equal(signer.publicKey, key.publicKey);
      const signature = await signer.sign(CHALLENGE);
      assert.equal(signature.length, 64);
      for (const other of keys) {
        assert.equal(isSignedBy(other, CHALLENGE, signature), other === key);
      }
    }
  });

  it('serves many concurrent requests', async () => {
    await addKey();
    const signer = agentSigner(agent.path, await firstKey());
    const texts = Array.from({ length: 20 }, (_, index) => Buffer.from(`challenge ${index}`));
    const signatures = await Promise.all(texts.map((text) => signer.sign(text)));
    const key = await firstKey();
    texts.forEach((text, index) => assert.ok(isSignedBy(key, text, signatures[index]!)));
  });

  it('lists no key and refuses to sign while locked, and recovers when unlocked', async () => {
    await addKey();
    const key = await firstKey();
    const signer = agentSigner(agent.path, key);
    await agent.sshAdd(['-x'], 'lock phrase');
    assert.deepEqual(await listAgentKeys(agent.path), []);
    const error = await rejectsWith('AGENT_UNAVAILABLE', signer.sign(CHALLENGE));
    assert.match(error.message, /refused to sign with the key SHA256:.*locked/u);
    await agent.sshAdd(['-X'], 'lock phrase');
    assert.deepEqual(await firstKey(), key);
    assert.ok(isSignedBy(key, CHALLENGE, await signer.sign(CHALLENGE)));
  });

  it('refuses to sign with a removed key', async () => {
    const file = await addKey();
    const key = await firstKey();
    await agent.sshAdd(['-d', file.path]);
    const error = await rejectsWith(
      'AGENT_UNAVAILABLE',
      agentSigner(agent.path, key).sign(CHALLENGE),
    );
    assert.ok(error.message.includes(`refused to sign with the key ${key.fingerprint}`));
    assert.deepEqual(await listAgentKeys(agent.path), []);
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`is unavailable after ${signal}`, async () => {
      await addKey();
      const key = await firstKey();
      await agent.end(signal);
      for (const request of [
        listAgentKeys(agent.path),
        agentSigner(agent.path, key).sign(CHALLENGE),
      ]) {
        const error = await rejectsWith('AGENT_UNAVAILABLE', request);
        const code = signal === 'SIGTERM' ? 'ENOENT' : 'ECONNREFUSED';
        assert.equal(error.message, `The SSH agent cannot be reached at ${agent.path} (${code}).`);
      }
    });
  }

  it('times out at the deadline when it is frozen', async () => {
    agent.freeze();
    const error = await rejectsWith(
      'AGENT_UNAVAILABLE',
      listAgentKeys(agent.path, { timeoutMs: 50 }),
    );
    assert.match(error.message, /did not answer in time/u);
  });

  it('closes the connection when it is killed during a request', async () => {
    agent.freeze();
    const asked = rejectsWith('AGENT_UNAVAILABLE', listAgentKeys(agent.path));
    await agent.end('SIGKILL');
    assert.match((await asked).message, /broke the connection off|cannot be reached/u);
  });

  it('signs in to the backend', async () => {
    await addKey();
    const key = await firstKey();
    const signer = agentSigner(agent.path, key);
    const backend = await startBackend();
    try {
      const transport = createUndiciTransport();
      const api = new ApiClient(backend.url, transport);
      const deps = { clock: systemClock, keyUse: anyKeyUse };
      await rejectsWith('KEY_NOT_REGISTERED', requestTokenWithKey(api, signer, deps));
      backend.state.addKey(DEFAULT_ACCOUNT.devId, key.publicKey);
      const { token } = await requestTokenWithKey(api, signer, deps);
      const tokens = { getToken: () => Promise.resolve(token) };
      const account = await fetchAccount(new ApiClient(backend.url, transport, tokens));
      assert.equal(account.devId, DEFAULT_ACCOUNT.devId);
      await agent.end('SIGTERM');
      await rejectsWith('AGENT_UNAVAILABLE', requestTokenWithKey(api, signer, deps));
    } finally {
      await backend.close();
    }
  });
});

describe('missing SSH agent', () => {
  const temp = useTempFolder();

  it('throws AGENT_UNAVAILABLE', async () => {
    await mkdir(join(temp.path, 'folder'));
    await writeFile(join(temp.path, 'file'), '');
    for (const [path, expected] of [
      [undefined, /no SSH agent: SSH_AUTH_SOCK is not set/u],
      ['', /no SSH agent: SSH_AUTH_SOCK is not set/u],
      [join(temp.path, 'missing'), /cannot be reached at .*missing \(ENOENT\)/u],
      [join(temp.path, 'folder'), /cannot be reached at .*folder \(\w+\)/u],
      [join(temp.path, 'file'), /cannot be reached at .*file \(\w+\)/u],
      [join(temp.path, 'x'.repeat(300)), /cannot be reached/u],
      ['22', /cannot be reached at 22 \(ENOENT\)/u], // not a port number
      ['nul\0byte', /cannot be reached/u],
    ] as const) {
      const { key } = makeKey();
      for (const request of [listAgentKeys(path), agentSigner(path, key).sign(CHALLENGE)]) {
        assert.match((await rejectsWith('AGENT_UNAVAILABLE', request)).message, expected);
      }
    }
  });
});

describe('SSH agent client', () => {
  const fake = useFakeAgent();
  const mine = makeKey();
  const { key } = mine;
  const list = (timeoutMs = 4000) => listAgentKeys(fake.path, { timeoutMs });
  const signOnce = (timeoutMs = 4000) => agentSigner(fake.path, key, { timeoutMs }).sign(CHALLENGE);
  const goodList = listed({ blob: key.publicBlob, comment: key.comment });
  const goodSignature = signed(mine.sign(CHALLENGE));

  it('follows the protocol and opens a connection for each request', async () => {
    fake.say(goodList);
    assert.deepEqual(await list(), [key]);
    fake.say(goodSignature);
    await signOnce();
    const flags = uint32(0);
    const request = message(SIGN, string(key.publicBlob), string(CHALLENGE), flags);
    assert.deepEqual(fake.requests, [message(LIST), request]);
    assert.equal(fake.connections, 2);
  });

  it('accepts an answer that arrives byte by byte', async () => {
    fake.answer = (socket, request) => {
      const answer = request[4] === LIST ? goodList : goodSignature;
      const drip = (index: number): void => {
        if (index < answer.length) {
          socket.write(answer.subarray(index, index + 1), () => {
            void setImmediate().then(() => drip(index + 1));
          });
        }
      };
      drip(0);
    };
    assert.deepEqual(await list(), [key]);
    assert.ok(isSignedBy(key, CHALLENGE, await signOnce()));
  });

  it('accepts an answer when the agent closes the connection right after it', async () => {
    fake.sayAndClose(goodList);
    assert.deepEqual(await list(), [key]);
    fake.sayAndClose(goodSignature);
    assert.ok(isSignedBy(key, CHALLENGE, await signOnce()));
  });

  it('accepts as many keys as the longest answer holds', async () => {
    const blobs = Array.from({ length: 2000 }, () => key.publicBlob);
    fake.say(listed(...blobs.map((blob) => ({ blob, comment: 'x'.repeat(50) }))));
    assert.equal((await list()).length, 2000);
  });

  it('lists only plain, well-formed ed25519 keys', async () => {
    const { key: other } = makeKey();
    const blob = (type: string, ...parts: (Uint8Array | string)[]): Buffer =>
      Buffer.concat([type, ...parts].map(string));
    const raw = key.publicBlob.subarray(-32);
    const odd = [
      blob('sk-ssh-ed25519@openssh.com', raw, 'ssh:'),
      blob('ssh-ed25519-cert-v01@openssh.com', 'nonce', raw),
      blob('ssh-rsa', 'e', 'n'),
      blob('ssh-ed448', raw),
      blob('ssh-ed25519', raw.subarray(1)),
      blob('ssh-ed25519', raw, 'more'),
      blob('ssh-ed25519'),
      raw,
      Buffer.alloc(0),
    ].map((bytes) => ({ blob: bytes, comment: 'odd' }));
    const good = [key, other].map(({ publicBlob, comment }) => ({ blob: publicBlob, comment }));
    fake.say(listed(good[0]!, ...odd, good[1]!));
    assert.deepEqual(await list(), [key, other]);
  });

  for (const [title, comment, expected] of [
    ['none', '', ''],
    ['letters of any script', 'مفتاح é 🔑', 'مفتاح é 🔑'],
    ['newlines', 'one\nssh-ed25519 AAAA two\r\n', 'onessh-ed25519 AAAA two'],
    ['terminal escapes', '\u001b[31mred\u0007\u0000\u007f\u009b', '[31mred'],
    ['bidirectional controls', 'a\u202egpj\u2066b\u2028c', 'agpjbc'],
    ['too long', 'x'.repeat(201), 'x'.repeat(200)],
    ['too long, in pairs of surrogates', '🔑'.repeat(201), '🔑'.repeat(200)],
  ] as const) {
    it(`sanitizes the comment of a key: ${title}`, async () => {
      fake.say(listed({ blob: key.publicBlob, comment }));
      const [only] = await list();
      assert.equal(only?.comment, expected);
      const bare = key.publicKey.split(' ').slice(0, 2).join(' ');
      assert.equal(only.publicKey, expected === '' ? bare : `${bare} ${expected}`);
    });
  }

  const senseless = /answer makes no sense/u;
  const brokenOff = /broke the connection off/u;
  const blob = string(key.publicBlob);

  describe('with an invalid key list', () => {
    for (const [title, answer, expected] of [
      ['a refusal', message(FAILURE), /refused to list its keys/u],
      ['a refusal of SSH.com', message(30), /refused to list its keys/u],
      ['a refusal of the second SSH.com', message(102), /refused to list its keys/u],
      ['empty', string(''), senseless],
      ['a success', message(SUCCESS), senseless],
      ['in a message of another type', retyped(goodList, SIGNED), senseless],
      ['a signature', goodSignature, senseless],
      ['of an unknown type', message(200), senseless],
      ['without a count', message(LISTED), senseless],
      ['one key fewer than its count', message(LISTED, uint32(1)), senseless],
      ['a count of four billion keys', message(LISTED, uint32(0xffffffff), blob), senseless],
      ['a key without comment', message(LISTED, uint32(1), blob), senseless],
      ['a key cut short', message(LISTED, uint32(1), blob.subarray(0, 30)), senseless],
      [
        'a comment cut short',
        message(LISTED, uint32(1), blob, uint32(5), Buffer.from('four')),
        senseless,
      ],
      ['too long by a byte', uint32(256 * 1024 + 1), senseless],
      ['longer than memory', uint32(0xffffffff), senseless],
      ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), senseless],
    ] as const) {
      it(`throws AGENT_UNAVAILABLE at once: ${title}`, async () => {
        fake.say(answer);
        assert.match((await rejectsWith('AGENT_UNAVAILABLE', list())).message, expected);
      });
    }

    for (const length of [0, 2, 4, 5, 30, goodList.length - 1]) {
      it(`throws AGENT_UNAVAILABLE when the connection closes after ${length} bytes`, async () => {
        fake.sayAndClose(goodList.subarray(0, length));
        assert.match((await rejectsWith('AGENT_UNAVAILABLE', list())).message, brokenOff);
      });
    }

    it('throws AGENT_UNAVAILABLE when the connection is reset', async () => {
      fake.answer = (socket) => socket.destroy(new Error('dies'));
      assert.match((await rejectsWith('AGENT_UNAVAILABLE', list())).message, brokenOff);
    });
  });

  describe('with an invalid signature', () => {
    const signature = mine.sign(CHALLENGE);
    const zeros = Buffer.alloc(64);
    for (const [title, answer, expected] of [
      ['a refusal', message(FAILURE), /refused to sign with the key SHA256:/u],
      ['a refusal of SSH.com', message(30), /refused to sign with the key SHA256:/u],
      ['a refusal of the second SSH.com', message(102), /refused to sign with the key SHA256:/u],
      ['a list', goodList, senseless],
      ['a success', message(SUCCESS), senseless],
      ['in a message of another type', retyped(goodSignature, LISTED), senseless],
      ['missing', message(SIGNED), senseless],
      ['empty', message(SIGNED, string('')), senseless],
      ['of another key', signed(makeKey().sign(CHALLENGE)), senseless],
      ['over something else', signed(mine.sign(Buffer.from('something else'))), senseless],
      ['all zero', signed(zeros), senseless],
      ['a byte short', signed(signature.subarray(1)), senseless],
      ['a byte long', signed(Buffer.concat([signature, Buffer.of(0)])), senseless],
      ['of another type', signed(signature, 'ssh-rsa'), senseless],
      ['of a hardware key', signed(signature, 'sk-ssh-ed25519@openssh.com'), senseless],
      ['without its signature envelope', message(SIGNED, signature), senseless],
      ['too long', uint32(0x7fffffff), senseless],
    ] as const) {
      it(`throws AGENT_UNAVAILABLE at once: ${title}`, async () => {
        fake.say(answer);
        assert.match((await rejectsWith('AGENT_UNAVAILABLE', signOnce())).message, expected);
      });
    }

    it('throws AGENT_UNAVAILABLE when the connection closes early', async () => {
      fake.sayAndClose(goodSignature.subarray(0, 50));
      assert.match((await rejectsWith('AGENT_UNAVAILABLE', signOnce())).message, brokenOff);
    });
  });

  describe('with a slow agent', () => {
    it('gives up at the deadline, which no received byte extends', async () => {
      fake.answer = (socket) => {
        let index = 0;
        const drip = setInterval(() => socket.write(goodList.subarray(index++, index)), 10);
        socket.on('close', () => clearInterval(drip));
      };
      for (const request of [list(150), signOnce(150)]) {
        const error = await rejectsWith('AGENT_UNAVAILABLE', request);
        assert.equal(error.message, `The SSH agent at ${fake.path} did not answer in time.`);
      }
    });

    it('can be cancelled', async () => {
      for (const start of [
        (signal: AbortSignal) => agentSigner(fake.path, key).sign(CHALLENGE, signal),
        (signal: AbortSignal) => listAgentKeys(fake.path, { signal }),
      ]) {
        const controller = new AbortController();
        const asked = new Promise<void>((resolve) => (fake.answer = () => resolve()));
        const cancelled = isCancelled(start(controller.signal));
        await asked;
        controller.abort();
        await cancelled;
      }
    });

    it('sends nothing if the request is already cancelled', async () => {
      const signal = AbortSignal.abort();
      await isCancelled(listAgentKeys(fake.path, { signal }));
      await isCancelled(agentSigner(fake.path, key).sign(CHALLENGE, signal));
      assert.equal(fake.connections, 0);
    });
  });

  it('leaves no timer or listener behind', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    await setImmediate(); // only the timer of mocha is running
    const before = runningTimers();
    for (const answer of [goodList, message(FAILURE), uint32(0xffffffff), Buffer.alloc(3)]) {
      fake.sayAndClose(answer);
      await listAgentKeys(fake.path, { signal }).catch(() => undefined);
      assert.equal(runningTimers(), before);
      assert.deepEqual(getEventListeners(signal, 'abort'), []);
    }
    fake.answer = () => controller.abort();
    await isCancelled(listAgentKeys(fake.path, { signal }));
    assert.equal(runningTimers(), before);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });

  it('returns a valid answer or AGENT_UNAVAILABLE quickly for arbitrary input', async () => {
    const random = seeded(20261121);
    let last = '';
    fake.answer = (socket, request) => {
      const [type, right] = request[4] === LIST ? [LISTED, goodList] : [SIGNED, goodSignature];
      const answer = nonsense(random, type, right);
      last = answer.toString('hex');
      if (random() < 0.9) socket.end(answer);
      else socket.write(answer);
    };
    let lists = 0;
    for (let round = 0; round < 200; round++) {
      const result: unknown = await list(20).catch((error: unknown) => error);
      if (Array.isArray(result)) {
        lists++;
        for (const { publicBlob, comment } of result as AgentKey[]) {
          assert.equal(publicBlob.length, 51, last);
          assert.match(comment, /^\P{Cc}{0,200}$/u, last);
        }
      } else {
        assert.ok(isI99dashError(result, 'AGENT_UNAVAILABLE'), `${String(result)} after ${last}`);
      }
      const failure: unknown = await signOnce(20).catch((error: unknown) => error);
      assert.ok(isI99dashError(failure, 'AGENT_UNAVAILABLE'), `${String(failure)} after ${last}`);
    }
    assert.ok(lists > 0 && lists < 100, `${lists} of 200 were lists`);
  });
});

/** Generates numbers from 0 to 1 from a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Random bytes, bare or in a message of the right type, or a valid answer with one flipped bit or a
 * truncated end.
 */
function nonsense(random: () => number, type: number, right: Buffer): Buffer {
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = Buffer.from(Array.from({ length: below(200) }, () => below(256)));
  const mutated = Buffer.from(right);
  switch (below(4)) {
    case 0:
      return bytes;
    case 1:
      return message(type, bytes);
    case 2: {
      const at = below(mutated.length);
      mutated.writeUInt8(mutated.readUInt8(at) ^ (1 << below(8)), at);
      return mutated;
    }
    default:
      return mutated.subarray(0, below(mutated.length));
  }
}
