import { createUndiciTransport } from '../../src/core/http/undiciTransport';
import { openKeyFile } from '../../src/core/ssh/privateKey';
import { MachineKeys } from '../../src/core/session/machineKeys';
import { Session } from '../../src/core/session/session';
import { SessionStore } from '../../src/core/session/sessionStore';
import { SignatureRequests } from '../../src/core/session/signatureRequests';
import { KeyRing } from '../../src/core/session/keyRing';
import { type Signer, systemClock } from '../../src/core/platform/interfaces';
import { developerRealm } from '../../src/core/realm';
import {
  anyKeyUse,
  FakeMachineStore,
  FakeSecretStore,
  FakeStateStore,
  MemoryLogger,
} from '../support/fakes';
import { BareClient } from './bare-client';

const CHALLENGE = '/api/v1/auth/ssh/challenge';
const VERIFY = '/api/v1/auth/ssh/verify';
const ME = '/api/v1/dev/me';
const WARM_UP = 30;

/** Durations in milliseconds, one of each per round. */
export interface LatencySamples {
  /** From the key file to the identity: challenge, verify, me. */
  readonly signIn: number[];
  /** Challenge and verify. */
  readonly renewal: number[];
  /** One call with an existing token. */
  readonly whoAmI: number[];
  /** Challenge and verify with node:http, without signing. */
  readonly bareSignIn: number[];
  /** The request of whoAmI with node:http. */
  readonly bareWhoAmI: number[];
}

/**
 * Measures sign-in, refresh and whoAmI over loopback, each with its bare round trips in the same
 * round.
 */
export async function measureLatency(
  backendUrl: string,
  keyPath: string,
  rounds: number,
): Promise<LatencySamples> {
  const samples: LatencySamples = {
    ...{ signIn: [], renewal: [], whoAmI: [], bareSignIn: [], bareWhoAmI: [] },
  };
  const bare = new BareClient(backendUrl);
  const session = openSession(backendUrl);
  const signer = await openKeyFile(keyPath);
  for (let round = -WARM_UP; round < rounds; round++) {
    const bareSignIn = await timeBareSignIn(bare, signer);
    const signIn = await time(async () =>
      session.signInWithKey(await openKeyFile(keyPath), { source: 'ssh', keyPath }),
    );
    const rejected = await session.getToken();
    const renewal = await time(() => session.getToken({ rejected }));
    const token = await session.getToken();
    const bareWhoAmI = await time(() => bare.send(ME, { token }));
    const whoAmI = await time(() => session.fetchIdentity());
    if (round < 0) continue;
    samples.signIn.push(signIn);
    samples.renewal.push(renewal);
    samples.whoAmI.push(whoAmI);
    samples.bareSignIn.push(bareSignIn);
    samples.bareWhoAmI.push(bareWhoAmI);
  }
  bare.close();
  return samples;
}

/** Opens a session with the product's parts and in-memory storage. */
export function openSession(backendUrl: string): Session {
  const secrets = new FakeSecretStore();
  const signers = new KeyRing({ openKeyFile, openAgentKey: () => Promise.resolve(undefined) });
  const machine = new FakeMachineStore();
  const keys = new MachineKeys(developerRealm, machine, signers);
  const signatures = new SignatureRequests(machine, systemClock);
  return new Session({
    realm: developerRealm,
    store: new SessionStore(developerRealm, secrets, new FakeStateStore(), systemClock, keys),
    signers,
    signatures,
    transport: createUndiciTransport(),
    clock: systemClock,
    logger: new MemoryLogger(),
    random: Math.random,
    keyUse: anyKeyUse,
    backendUrl: () => backendUrl,
  });
}

async function timeBareSignIn(bare: BareClient, signer: Signer): Promise<number> {
  let answer = '';
  const challenge = await time(async () => {
    answer = await bare.send(CHALLENGE, { json: { fingerprint: signer.fingerprint } });
  });
  const { nonce } = (JSON.parse(answer) as { data: { nonce: string } }).data;
  const signature = Buffer.from(await signer.sign(Buffer.from(nonce))).toString('base64');
  const verify = await time(async () => {
    answer = await bare.send(VERIFY, { json: { nonce, signature } });
  });
  if (!answer.includes('access_token')) throw new Error(`the bare sign-in failed: ${answer}`);
  return challenge + verify;
}

async function time(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}
