import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { raceSignal } from '../../../src/core/platform/abort';
import { FileMachineStore, type MachineStore } from '../../../src/core/platform/machineStore';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { agentSigner, listAgentKeys } from '../../../src/core/ssh/agent/sshAgent';
import { CancelledError, I99dashError } from '../../../src/core/errors';
import { pauseAfterRefusal } from '../../../src/core/session/signatureRequests';
import type { Signer } from '../../../src/core/platform/interfaces';
import { rejectsWith } from '../../support/expect';
import { failureOf, kindOf } from '../../support/session-states';
import type { SessionWindow, WindowParts } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';
import { startSshAgent, type SshAgent } from '../../support/ssh-agent';
import type { TestKey } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('SSH agent that confirms each signature', () => {
  const world = useSessionWorld();
  const temp = useTempFolder();
  let agent: SshAgent;
  let windows: SessionWindow[];

  beforeEach(async () => {
    agent = await startSshAgent();
    await agent.answer('yes');
  });

  afterEach(() => agent.stop());

  /** Counts the file operations of a window as activity that the fake clock waits for. */
  function machineStore(): MachineStore {
    const { activity } = world();
    const store = new FileMachineStore(join(temp.path, 'machine'));
    return {
      get: (key) => activity.track(store.get(key)),
      set: (key, value) => activity.track(store.set(key, value)),
      add: (key, value) => activity.track(store.add(key, value)),
    };
  }

  async function agentKey(fingerprint: string): Promise<Signer | undefined> {
    const keys = await listAgentKeys(agent.socket);
    const key = keys.find((each) => each.fingerprint === fingerprint);
    if (key === undefined) return undefined;
    const signer = agentSigner(agent.socket, key);
    return { ...signer, sign: (data, signal) => world().activity.track(signer.sign(data, signal)) };
  }

  const parts = (): Partial<WindowParts> => ({
    machine: machineStore(),
    openAgentKey: agentKey,
  });

  /** Opens two windows. The first signs in with a key of the agent, which the user allows once. */
  async function signIn(key: TestKey, keyPath?: string): Promise<void> {
    await agent.add(key, { confirm: true });
    windows = [world().openWindow(parts()), world().openWindow(parts())];
    const signer = (await agentKey(key.fingerprint)) ?? assert.fail('the agent has the key');
    const origin = { source: 'agent', ...(keyPath === undefined ? {} : { keyPath }) } as const;
    await windows[0]?.session.signInWithKey(signer, origin);
    for (const window of windows) await window.look();
    assert.equal(await agent.questions(), 1);
  }

  /** An hour of work in which the user switches between the windows five times. */
  async function anHour(): Promise<void> {
    for (let focus = 0; focus < 5; focus++) {
      await world().passSlowly(12 * MINUTE, 15 * SECOND);
      await Promise.all([windows[focus % 2]?.look(), world().pass(0)]);
    }
  }

  async function untilRefused(): Promise<void> {
    await agent.answer('no');
    const before = await agent.questions();
    while ((await agent.questions()) === before) await world().passSlowly(MINUTE, 15 * SECOND);
    assert.equal(await agent.questions(), before + 1);
  }

  const assertStates = (kind: string): void => {
    assert.deepEqual(windows.map(kindOf), [kind, kind]);
  };

  for (const [title, isEncrypted] of [
    ['a key that only the agent has', false],
    ['a key file with a passphrase', true],
  ] as const) {
    it(`prompts at most once in the hour after a refusal, in two windows with ${title}`, async () => {
      const { key, encryptedKey } = world();
      await signIn(isEncrypted ? encryptedKey : key, isEncrypted ? encryptedKey.path : undefined);
      await untilRefused();
      const before = await agent.questions();
      assertStates('signedIn');
      await anHour();
      const more = (await agent.questions()) - before;
      assert.ok(more <= 1, `${more} more questions`);
      assertStates('locked');
      assert.deepEqual(windows.map(failureOf), ['AGENT_UNAVAILABLE', 'AGENT_UNAVAILABLE']);
      for (const { session } of windows) {
        await rejectsWith('AGENT_UNAVAILABLE', session.getToken());
      }
      assert.equal(await agent.questions(), before + more);
    });
  }

  it('prompts at once for a user action, and all windows continue after approval', async () => {
    await signIn(world().key);
    await untilRefused();
    await anHour();
    const before = await agent.questions();
    await rejectsWith('AGENT_UNAVAILABLE', windows[1]!.session.getToken({ interactive: true }));
    assert.equal(await agent.questions(), before + 1);
    await agent.answer('yes');
    await windows[1]!.session.getToken({ interactive: true });
    await world().passSlowly(30 * SECOND);
    assert.equal(await agent.questions(), before + 2);
    assertStates('signedIn');
    const renewed = world().mints;
    await world().passSlowly(30 * MINUTE, 15 * SECOND);
    assertStates('signedIn');
    assert.equal((await agent.questions()) - before - 2, world().mints - renewed);
  });

  it('prompts from one window for all windows that need a signature at the same time', async () => {
    await signIn(world().key);
    await agent.answer('no');
    world().clock.jump(16 * MINUTE);
    const looks = windows.map((window) => window.look());
    await world().passSlowly(MINUTE, SECOND);
    await Promise.all(looks);
    assert.equal(await agent.questions(), 2);
    assertStates('locked');
  });
});

describe('pause after a refused signature', () => {
  it('grows from five minutes to an hour', () => {
    assert.deepEqual(
      [1, 2, 3, 50].map(pauseAfterRefusal),
      [300_000, 3_600_000, 3_600_000, 3_600_000],
    );
  });
});

describe('SSH agent signature request', () => {
  const world = useSessionWorld();
  let signals: (AbortSignal | undefined)[];
  let nextAnswer: () => Promise<Uint8Array>;

  beforeEach(() => {
    signals = [];
    nextAnswer = () => new Promise(() => undefined);
  });

  /** A window with an agent that lists its key and answers signature requests with `nextAnswer`. */
  async function window(): Promise<SessionWindow> {
    const key = await openKeyFile(world().key.path);
    const signer: Signer = {
      ...key,
      mayPromptUser: true,
      sign: (_data, signal) => {
        signals.push(signal);
        return raceSignal(nextAnswer(), signal);
      },
    };
    const opened = await world().signedInWindow(undefined, {
      openAgentKey: () => Promise.resolve(signer),
    });
    await rm(world().key.path);
    world().clock.jump(16 * MINUTE);
    return opened;
  }

  const asked = (): number => signals.length;

  async function untilAsked(count: number): Promise<void> {
    while (asked() < count) await new Promise(setImmediate);
  }

  it('gives up on a silent agent at the deadline and does not retry before the backoff ends', async () => {
    const { scheduler, session } = await window();
    void scheduler.trigger();
    await untilAsked(1);
    await world().passSlowly(4 * MINUTE);
    assert.equal(asked(), 1);
    assert.equal(signals[0]?.aborted, true);
    assert.equal(session.state.kind, 'locked');
    await world().passSlowly(2 * MINUTE);
    assert.equal(asked(), 2);
  });

  it('allows minutes when the user waits', async () => {
    const { session } = await window();
    const token = session.getToken({ interactive: true });
    await untilAsked(1);
    await world().passSlowly(4 * MINUTE, 30 * SECOND);
    assert.equal(signals[0]?.aborted, false);
    await world().passSlowly(2 * MINUTE, 30 * SECOND);
    await assert.rejects(token);
    assert.equal(signals[0].aborted, true);
  });

  it('aborts the request once all callers have cancelled, and not before', async () => {
    const { session, scheduler } = await window();
    const [one, other] = [new AbortController(), new AbortController()];
    const tokens = [one, other].map(({ signal }) =>
      session.getToken({ interactive: true, signal }),
    );
    const ended = Promise.allSettled(tokens);
    await untilAsked(1);
    one.abort();
    await assert.rejects(tokens[0]!, CancelledError);
    assert.equal(signals[0]?.aborted, false);
    other.abort();
    await ended;
    assert.equal(signals[0].aborted, true);
    await scheduler.trigger();
    assert.equal(asked(), 1, 'a person who cancels is not asked again at once');
    assert.equal(session.state.kind, 'locked');
  });

  it('reports a cancellation by the user as cancelled to all callers', async () => {
    const { session } = await window();
    nextAnswer = () => Promise.reject(new CancelledError());
    const tokens = [1, 2].map(() => session.getToken({ interactive: true }));
    await Promise.all(tokens.map((token) => assert.rejects(token, CancelledError)));
    assert.equal(asked(), 1);
  });

  it('treats an invalid answer as a refusal', async () => {
    const { session, scheduler } = await window();
    nextAnswer = () => Promise.reject(new I99dashError('AGENT_UNAVAILABLE', 'no sense'));
    await scheduler.trigger();
    for (let focus = 0; focus < 5; focus++) await scheduler.trigger();
    assert.equal(asked(), 1);
    assert.equal(session.state.kind, 'locked');
    const error = await rejectsWith('AGENT_UNAVAILABLE', session.getToken({ interactive: true }));
    assert.equal(error.message, 'no sense');
  });
});
