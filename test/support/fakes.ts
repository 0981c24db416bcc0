import type { KeyUseGuard } from '../../src/core/auth/knownBackends';
import type { MachineStore } from '../../src/core/auth/machineStore';
import type { Clock, Disposable, Logger, SecretStore, StateStore } from '../../src/core/ports';

/** Every key may sign for every backend. */
export const anyKeyUse: KeyUseGuard = { assertKnown: () => Promise.resolve() };

interface FakeTimer {
  at: number;
  callback: () => void;
}

/** A clock that moves when it is told to, and fires its timers on the way. */
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

  /** Moves the time and fires nothing: a sleep, or a clock that is set. */
  jump(ms: number): void {
    this.time += ms;
  }

  /** Moves the time and fires the timers that become due, in their order. What they start runs on afterwards. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (let timer = this.next(end); timer !== undefined; timer = this.next(end)) {
      this.timers.delete(timer);
      this.time = Math.max(this.time, timer.at);
      timer.callback();
    }
    this.time = end;
  }

  /** The number of timers that wait. */
  get pending(): number {
    return this.timers.size;
  }

  /** When the next timer is due; undefined when none waits. */
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

/** A clock whose timers fire as soon as everything else has had its turn: waits take no time, and the time they would take passes. */
export class HastyClock extends FakeClock {
  override setTimer(ms: number, callback: () => void): Disposable {
    const immediate = setImmediate(() => {
      this.jump(ms);
      callback();
    });
    return { dispose: () => clearImmediate(immediate) };
  }
}

/** Plain state in memory, shared by as many windows as hold it. */
export class FakeStateStore implements StateStore {
  readonly values = new Map<string, unknown>();
  /** Whether it takes nothing, as on a full disk. */
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

/** What one machine keeps, in memory, shared by as many windows as run on it. */
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

/** A secret store in memory, shared by as many windows as hold it. */
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

/** Keeps every line, for tests that search them. */
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
