import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ed25519Blob } from '../../../src/core/ssh/publicKey';
import { agentSigner, listAgentKeys, type AgentKey } from '../../../src/core/ssh/agent/sshAgent';
import { sshString, sshUint32 } from '../../../src/core/ssh/formats/sshWire';
import { plain, type Parser } from '../parser';
import { assertPresentable, orRefuse } from '../promises';

const PAIR = generateKeyPairSync('ed25519');
const BLOB = ed25519Blob(PAIR.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32));
const TYPE = Buffer.from('ssh-ed25519');
const KEY: AgentKey = { fingerprint: 'SHA256:x', comment: '', publicKey: '', publicBlob: BLOB };
const DATA = Buffer.from('a challenge of some length');

const identities = Buffer.concat([
  ...[Buffer.of(12), sshUint32(2), sshString(BLOB), sshString(Buffer.from('me@home'))],
  ...[sshString(Buffer.from('another')), sshString(Buffer.from('\u202eyou'))],
]);
const signature = Buffer.concat([
  Buffer.of(14),
  sshString(Buffer.concat([sshString(TYPE), sshString(sign(null, DATA, PAIR.privateKey))])),
]);

/** Each input is the answer of an agent to any request, before it closes the connection. */
export const agentAnswer: Parser = {
  name: 'SSH agent',
  seeds: () => [
    ...[identities, signature, Buffer.of(5)].map((bytes) => ({ bytes, wrap: sshString })),
    ...[identities, signature].map((bytes) => plain(sshString(bytes))),
  ],
  words: [TYPE, sshString(TYPE), sshString(BLOB), Buffer.of(12), Buffer.of(14), Buffer.of(5)],
  check: async (input, folder) => {
    const path = join(folder, 'agent');
    await rm(path, { force: true });
    const server = createServer((socket) => {
      // The client may disconnect before it has sent everything.
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(input));
    });
    await once(server.listen(path), 'listening');
    try {
      const listed = await orRefuse(['AGENT_UNAVAILABLE'], async () => {
        for (const { comment, publicBlob } of await listAgentKeys(path)) {
          if (comment !== '') assertPresentable(comment);
          assert.equal(publicBlob.length, BLOB.length);
        }
      });
      const signed = await orRefuse(['AGENT_UNAVAILABLE'], async () => {
        assert.equal((await agentSigner(path, KEY).sign(DATA)).length, 64);
      });
      return listed === 'accepted' || signed === 'accepted' ? 'accepted' : 'refused';
    } finally {
      server.close();
      await once(server, 'close');
    }
  },
  runs: 50,
};
