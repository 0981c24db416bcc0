import type { KeyUseGuard } from '../../src/core/signIn/approvedBackends';
import type { MachineStore } from '../../src/core/platform/machineStore';
import type {
  Clock,
  Disposable,
  Logger,
  SecretStore,
  StateStore,
} from '../../src/core/platform/interfaces';

/** Allows every key to sign for every backend. */
export const anyKeyUse: KeyUseGuard = { assertKnown: () => Promise.resolve() };

interface FakeTimer {
  at: number;
  callback: () => void;
}

/** A clock that moves only on demand and fires its timers on the way. */
export class FakeClock implements Clock {
  private readonly timers = new Set<FakeTimer>();

  constructor(private time = Date.parse('2026-01-01T09:00:00Z')) {}

  now(): number {
    return this.time;
  }

  setTimer(ms: number, callback: () => void): Disposable {
    const timer = { at: this.time + ms, callback };
    this.timers.add(timer);
    return { dispose: () => void this.timers.delete(timer) };
  }

  /** Moves the time without firing timers: a sleep, or a clock that is set. */
  jump(ms: number): void {
    this.time += ms;
  }

  /** Moves the time and fires the due timers in order. The work they start continues afterwards. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (let timer = this.next(end); timer !== undefined; timer = this.next(end)) {
      this.timers.delete(timer);
      this.time = Math.max(this.time, timer.at);
      timer.callback();
    }
    this.time = end;
  }

  /** The number of pending timers. */
  get pending(): number {
    return this.timers.size;
  }

  /** When the next timer is due; undefined when none is pending. */
  get nextAt(): number | undefined {
    return this.next(Infinity)?.at;
  }

  private next(end: number): FakeTimer | undefined {
    let first: FakeTimer | undefined;
    for (const timer of this.timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) {
        first = timer;
      }
    }
    return first;
  }
}

/**
 * A clock whose timers fire after all other pending work: waits take no real time, but the clock
 * moves by their length.
 */
export class HastyClock extends FakeClock {
  override setTimer(ms: number, callback: () => void): Disposable {
    const immediate = setImmediate(() => {
      this.jump(ms);
      callback();
    });
    return { dispose: () => clearImmediate(immediate) };
  }
}

/** A state store in memory, shared by the windows that use it. */
export class FakeStateStore implements StateStore {
  readonly values = new Map<string, unknown>();
  /** True: every write fails, as on a full disk. */
  fails = false;

  get(key: string): unknown {
    return this.values.get(key);
  }

  update(key: string, value: unknown): Promise<void> {
    if (this.fails) return Promise.reject(new Error('The disk is full.'));
    this.values.set(key, value);
    return Promise.resolve();
  }
}

/** A machine's store in memory, shared by the windows on that machine. */
export class FakeMachineStore implements MachineStore {
  readonly values = new Map<string, unknown>();

  get(key: string): Promise<unknown> {
    return Promise.resolve(this.values.get(key));
  }

  set(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
    return Promise.resolve();
  }

  add(key: string, value: unknown): Promise<boolean> {
    const isFree = !this.values.has(key);
    if (isFree) this.values.set(key, value);
    return Promise.resolve(isFree);
  }
}

/** A secret store in memory, shared by the windows that use it. */
export class FakeSecretStore implements SecretStore {
  readonly values = new Map<string, string>();
  private readonly listeners = new Set<(key: string) => void>();

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.values.get(key));
  }

  store(key: string, value: string): Promise<void> {
    this.values.set(key, value);
    this.tell(key);
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.values.delete(key);
    this.tell(key);
    return Promise.resolve();
  }

  onDidChange(listener: (key: string) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  private tell(key: string): void {
    for (const listener of this.listeners) {
      listener(key);
    }
  }
}

/** Keeps every log line for tests that search them. */
export class MemoryLogger implements Logger {
  readonly lines: string[] = [];

  debug = (message: string): void => this.add('debug', message);
  info = (message: string): void => this.add('info', message);
  warn = (message: string): void => this.add('warn', message);
  error = (message: string): void => this.add('error', message);

  private add(level: string, message: string): void {
    this.lines.push(`[${level}] ${message}`);
  }
}
