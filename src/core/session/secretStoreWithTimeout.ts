import { setImmediate as turn } from 'node:timers/promises';
import { Emitter } from '../platform/events';
import type { Clock, Disposable, SecretStore } from '../platform/interfaces';

/** Timeout for a keyring operation, in milliseconds. */
const PATIENCE_MS = 5_000;
/**
 * How long an unresponsive keyring is not accessed, in milliseconds, unless it responds earlier.
 */
const REST_MS = 60_000;

/** The error when the keyring does not respond in time. */
export class SecretStoreTimeoutError extends Error {
  override readonly name = 'KeyringSilent';

  constructor() {
    super('The keyring did not answer in time.');
  }
}

/**
 * A secret store with a timeout, because the keyring behind it may wait for the user to unlock it,
 * or hang. While the keyring is unresponsive, reads fail immediately and writes are not awaited.
 */
export class SecretStoreWithTimeout implements SecretStore {
  private rest: Disposable | undefined;
  private readonly answers = new Emitter<void>();
  /** Fires when an unresponsive keyring responds: its content can be read now. */
  readonly onDidAnswer = this.answers.event;

  constructor(
    private readonly inner: SecretStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads a secret.
   * @throws SecretStoreTimeoutError, and the errors of the keyring
   */
  async get(key: string): Promise<string | undefined> {
    if (this.rest !== undefined) {
      throw new SecretStoreTimeoutError();
    }
    return this.await(this.inner.get(key));
  }

  /**
   * Stores a secret.
   * @throws SecretStoreTimeoutError (the write may still complete later), and the errors of the
   *   keyring
   */
  store(key: string, value: string): Promise<void> {
    return this.await(this.inner.store(key, value));
  }

  /**
   * Deletes a secret.
   * @throws SecretStoreTimeoutError (the deletion may still complete later), and the errors of the
   *   keyring
   */
  delete(key: string): Promise<void> {
    return this.await(this.inner.delete(key));
  }

  onDidChange(listener: (key: string) => void): Disposable {
    return this.inner.onDidChange(listener);
  }

  private async await<T>(answer: Promise<T>): Promise<T> {
    const settle = (): true => true;
    const settled = answer.then(settle, settle);
    // Most operations complete at once and need no timer.
    if (await Promise.race([settled, turn(false)])) {
      return answer;
    }
    if (this.rest !== undefined || !(await this.isInTime(settled))) {
      this.wait(settled);
      throw new SecretStoreTimeoutError();
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
