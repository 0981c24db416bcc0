import type { Disposable, SecretStore } from '../../src/core/platform/interfaces';

/** An operation that is paused half-way. */
export interface Held {
  /** Resolves once the operation has started. */
  readonly reached: Promise<void>;
  release(): void;
}

/** A secret store that fails, delays or sends wrong change events on demand. */
export class UnreliableSecretStore implements SecretStore {
  readonly fails = { get: false, store: false };
  /** How many events each change fires. */
  events = 1;
  private readonly gates: Record<'get' | 'store', ((pass: () => void) => void)[]> = {
    get: [],
    store: [],
  };
  private silence: Promise<void> | undefined;
  private readonly listeners = new Set<(key: string) => void>();

  constructor(private readonly inner: SecretStore) {
    inner.onDidChange((key) => {
      for (let time = 0; time < this.events; time++) this.tell(key);
    });
  }

  /** Pauses the next operation of this kind before it takes effect. */
  hold(operation: 'get' | 'store'): Held {
    let release = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      this.gates[operation].push((pass) => {
        release = pass;
        resolve();
      });
    });
    return { reached, release: () => release() };
  }

  /** Stops answering until the returned function is called. */
  fallSilent(): () => void {
    let speak = (): void => undefined;
    this.silence = new Promise((resolve) => (speak = resolve));
    return () => {
      this.silence = undefined;
      speak();
    };
  }

  async get(key: string): Promise<string | undefined> {
    await this.enter('get');
    return this.inner.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    await this.enter('store');
    return this.inner.store(key, value);
  }

  delete(key: string): Promise<void> {
    return this.inner.delete(key);
  }

  onDidChange(listener: (key: string) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  /** Fires a change event even if there was no change. */
  tell(key: string): void {
    for (const listener of this.listeners) listener(key);
  }

  private async enter(operation: 'get' | 'store'): Promise<void> {
    await this.silence;
    const gate = this.gates[operation].shift();
    if (gate !== undefined) await new Promise<void>(gate);
    if (this.fails[operation]) throw new Error('The keyring is locked.');
  }
}
