import assert from 'node:assert/strict';
import { join } from 'node:path';
import { FileMachineStore, type MachineStore } from '../../../src/core/auth/machineStore';
import { agentSigner, listAgentKeys } from '../../../src/core/auth/sshAgent';
import type { Signer } from '../../../src/core/ports';
import { rejectsWith } from '../../support/expect';
import { failureOf, kindOf } from '../../support/session-states';
import type { SessionWindow, WindowParts } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';
import { startSshAgent, type SshAgent } from '../../support/ssh-agent';
import { generateTestKey, type TestKey } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('an ssh-agent that asks before each signature', () => {
  const world = useSessionWorld();
  const temp = useTempFolder();
  let agent: SshAgent;
  let windows: SessionWindow[];

  beforeEach(async () => {
    agent = await startSshAgent();
    await agent.answer('yes');
  });

  afterEach(() => agent.stop());

  /** Counts what a window does with files as activity, so that the fake clock waits for it. */
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
    listAgentKeys: () =>
      world().activity.track(
        listAgentKeys(agent.socket).then((keys) => keys.map(({ fingerprint }) => fingerprint)),
      ),
  });

  /** Two windows, signed in by the first with a key of the agent: once, which the person allows. */
  async function signIn(key: TestKey, keyPath?: string): Promise<void> {
    await agent.add(key, { confirm: true });
    windows = [world().openWindow(parts()), world().openWindow(parts())];
    const signer = (await agentKey(key.fingerprint)) ?? assert.fail('the agent has the key');
    const origin = { source: 'agent', ...(keyPath === undefined ? {} : { keyPath }) } as const;
    await windows[0]?.session.signInWithKey(signer, origin);
    for (const window of windows) await window.look();
    assert.equal(await agent.questions(), 1);
  }

  /** An hour of work: the person goes from window to window five times. */
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
    ['a key of the agent alone', false],
    ['a key file with a passphrase', true],
  ] as const) {
    it(`is asked once more at most in the hour after a no, by two windows with ${title}`, async () => {
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

  it('is asked at once when a person acts, and all windows go on after a yes', async () => {
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

  it('is asked again once its list of keys has changed', async () => {
    await signIn(world().key);
    await untilRefused();
    await world().passSlowly(MINUTE, 15 * SECOND);
    const before = await agent.questions();
    await agent.add(await generateTestKey({ folder: temp.path }));
    await world().passSlowly(MINUTE, 15 * SECOND);
    assert.equal(await agent.questions(), before + 1);
    await world().passSlowly(4 * MINUTE, 15 * SECOND);
    assert.equal(await agent.questions(), before + 1);
  });

  it('is asked by one window for all that need a signature at once', async () => {
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
