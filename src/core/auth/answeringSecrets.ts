import { setImmediate as turn } from 'node:timers/promises';
import { Emitter } from '../events';
import type { Clock, Disposable, SecretStore } from '../ports';

/** How long an answer is waited for, in milliseconds. */
const PATIENCE_MS = 5_000;
/** A keyring that did not answer is asked again after so long, in milliseconds, or as soon as it answers after all. */
const REST_MS = 60_000;

/** What a keyring that does not answer rejects with. */
export class KeyringSilent extends Error {
  override readonly name = 'KeyringSilent';

  constructor() {
    super('The keyring did not answer in time.');
  }
}

/**
 * A secret store that always answers, for the one behind it may wait for somebody to unlock a keyring, or for ever. While it is silent it is
 * not read, and what is written is handed over without waiting.
 */
export class AnsweringSecrets implements SecretStore {
  private rest: Disposable | undefined;
  private readonly answers = new Emitter<void>();
  /** Fires when a keyring that was silent answers after all: what it holds can be read now. */
  readonly onDidAnswer = this.answers.event;

  constructor(
    private readonly inner: SecretStore,
    private readonly clock: Clock,
  ) {}

  /** @throws KeyringSilent, and what the keyring throws */
  async get(key: string): Promise<string | undefined> {
    if (this.rest !== undefined) {
      throw new KeyringSilent();
    }
    return this.await(this.inner.get(key));
  }

  /** @throws KeyringSilent (it may be stored later), and what the keyring throws */
  store(key: string, value: string): Promise<void> {
    return this.await(this.inner.store(key, value));
  }

  /** @throws KeyringSilent (it may be deleted later), and what the keyring throws */
  delete(key: string): Promise<void> {
    return this.await(this.inner.delete(key));
  }

  onDidChange(listener: (key: string) => void): Disposable {
    return this.inner.onDidChange(listener);
  }

  private async await<T>(answer: Promise<T>): Promise<T> {
    const settle = (): true => true;
    const settled = answer.then(settle, settle);
    // Most answer at once, and need no timer.
    if (await Promise.race([settled, turn(false)])) {
      return answer;
    }
    if (this.rest !== undefined || !(await this.isInTime(settled))) {
      this.wait(settled);
      throw new KeyringSilent();
    }
    return answer;
  }

  private async isInTime(settled: Promise<true>): Promise<boolean> {
    let timer: Disposable | undefined;
    const late = new Promise<false>((resolve) => {
      timer = this.clock.setTimer(PATIENCE_MS, () => resolve(false));
    });
    return Promise.race([settled, late]).finally(() => timer?.dispose());
  }

  private wait(settled: Promise<true>): void {
    this.rest ??= this.clock.setTimer(REST_MS, () => (this.rest = undefined));
    void settled.then(() => {
      if (this.rest !== undefined) {
        this.rest.dispose();
        this.rest = undefined;
        this.answers.fire();
      }
    });
  }
}
