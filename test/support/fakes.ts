import type { Clock, Disposable, Logger, SecretStore } from '../../src/core/ports';

/** A clock that moves when it is told to. */
export class FakeClock implements Clock {
  constructor(private time = Date.parse('2026-01-01T09:00:00Z')) {}

  now(): number {
    return this.time;
  }

  advance(ms: number): void {
    this.time += ms;
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
