import assert from 'node:assert/strict';
import type { SshKey } from '../../../src/core/api/sshKeys';
import { CancelledError, I99dashError } from '../../../src/core/errors';
import {
  rotateKey,
  KeyRotationError,
  type Rotation,
  type RotationDeps,
  type RotationStage,
} from '../../../src/core/account/replaceKey';
import type { Identity } from '../../../src/core/identity';

const key = (id: string, purpose = 'login'): SshKey => ({
  ...{ id, name: id, fingerprint: `SHA256:${id}`, keyType: 'ssh-ed25519', purpose },
  ...{ createdAt: null, lastUsedAt: null },
});
const OLD = key('old');
const NEW = key('new');
const ROTATION: Rotation = {
  oldFingerprint: OLD.fingerprint,
  newFingerprint: NEW.fingerprint,
  devId: 'dev_1',
};
const IDENTITY: Identity = {
  ...{ devId: 'dev_1', email: null, displayName: null, isDeveloper: true },
  ...{ source: 'ssh', backendUrl: 'https://api.test' },
};

type Step = keyof RotationDeps;

/** An account that records each operation on its keys and fails at one step. */
class FakeAccount implements RotationDeps {
  readonly done: Step[] = [];
  readonly controller = new AbortController();

  constructor(
    public keys: SshKey[] = [OLD],
    private readonly options: { failAt?: Step; cancelAfter?: Step; devId?: string } = {},
  ) {}

  list(): Promise<SshKey[]> {
    return this.step('list', () => this.keys);
  }

  register(): Promise<SshKey> {
    return this.step('register', () => {
      this.keys = [...this.keys, NEW];
      return NEW;
    });
  }

  signIn(): Promise<Identity> {
    return this.step('signIn', () => ({ ...IDENTITY, devId: this.options.devId ?? 'dev_1' }));
  }

  remove(id: string): Promise<void> {
    return this.step('remove', () => {
      this.keys = this.keys.filter((other) => other.id !== id);
    });
  }

  private async step<T>(name: Step, act: () => T): Promise<T> {
    await Promise.resolve();
    if (this.options.failAt === name) {
      throw new I99dashError('OFFLINE', `${name} failed`);
    }
    const result = act();
    this.done.push(name);
    if (this.options.cancelAfter === name) {
      this.controller.abort();
    }
    return result;
  }
}

async function rotate(account: FakeAccount, rotation = ROTATION) {
  const stages: RotationStage[] = [];
  const { signal } = account.controller;
  const result = await rotateKey(account, rotation, (stage) => stages.push(stage), signal).catch(
    (error: unknown) => error,
  );
  return { stages, result };
}

describe('key replacement', () => {
  it('registers the new key, signs in with it and then removes the old one', async () => {
    const account = new FakeAccount([OLD, key('other')]);
    const { stages, result } = await rotate(account);
    assert.deepEqual(account.done, ['list', 'register', 'signIn', 'remove']);
    assert.deepEqual(stages, ['registered', 'signedIn', 'removed']);
    assert.deepEqual(account.keys, [key('other'), NEW]);
    assert.equal(result, NEW);
  });

  for (const { failAt, stage, keys } of [
    { failAt: 'list', stage: 'nothing', keys: [OLD] },
    { failAt: 'register', stage: 'nothing', keys: [OLD] },
    { failAt: 'signIn', stage: 'registered', keys: [OLD, NEW] },
    { failAt: 'remove', stage: 'signedIn', keys: [OLD, NEW] },
  ] as const) {
    it(`stops when it fails to ${failAt} and keeps the old key`, async () => {
      const account = new FakeAccount([OLD], { failAt });
      const { result } = await rotate(account);
      assert.ok(result instanceof KeyRotationError);
      assert.equal(result.stage, stage);
      assert.equal((result.cause as I99dashError).code, 'OFFLINE');
      assert.deepEqual(account.keys, keys);
    });
  }

  for (const { cancelAfter, stage, keys } of [
    { cancelAfter: 'list', stage: 'nothing', keys: [OLD] },
    { cancelAfter: 'register', stage: 'registered', keys: [OLD, NEW] },
    { cancelAfter: 'signIn', stage: 'signedIn', keys: [OLD, NEW] },
  ] as const) {
    it(`stops when it is cancelled after ${cancelAfter} and keeps the old key`, async () => {
      const account = new FakeAccount([OLD], { cancelAfter });
      const { result } = await rotate(account);
      assert.ok(result instanceof KeyRotationError);
      assert.equal(result.stage, stage);
      assert.ok(result.cause instanceof CancelledError);
      assert.deepEqual(account.keys, keys);
    });
  }

  it('continues with a new key that was registered before', async () => {
    const account = new FakeAccount([OLD, NEW]);
    assert.equal((await rotate(account)).result, NEW);
    assert.deepEqual(account.done, ['list', 'signIn', 'remove']);
  });

  it('succeeds when the old key is already gone', async () => {
    const account = new FakeAccount([]);
    assert.equal((await rotate(account)).result, NEW);
    assert.deepEqual(account.done, ['list', 'register', 'signIn']);
  });

  it('does nothing when the new key cannot sign in', async () => {
    const account = new FakeAccount([OLD, key('new', 'attest')]);
    const { result } = await rotate(account);
    assert.equal((result as KeyRotationError).stage, 'nothing');
    assert.deepEqual(account.done, ['list']);
  });

  it('does nothing when the new key is the old key', async () => {
    const account = new FakeAccount();
    const { result } = await rotate(account, { ...ROTATION, newFingerprint: OLD.fingerprint });
    assert.equal((result as KeyRotationError).stage, 'nothing');
    assert.deepEqual(account.done, []);
  });

  it('removes nothing when the new key belongs to another account', async () => {
    const account = new FakeAccount([OLD], { devId: 'dev_2' });
    const { result } = await rotate(account);
    assert.equal((result as KeyRotationError).stage, 'signedIn');
    assert.deepEqual(account.keys, [OLD, NEW]);
  });
});
