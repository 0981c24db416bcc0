/*
 * Replaces the native module `@vscode/spdlog`, the log writer of VS Code's server, whose
 * installation would need a C++ compiler. It is compiled into the installed server and follows the
 * server's type declarations.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** The version of spdlog, as a number; nothing depends on it. */
export const version = 0;

/**
 * Sets the level of future loggers; a no-op because VS Code sets the level of each logger itself.
 */
export function setLevel(): void {
  // every logger has its own level
}

/**
 * Sets the level from which the file is flushed; a no-op because every message is written at once.
 */
export function setFlushOn(): void {
  // nothing is buffered
}

/** Closes the log files; a no-op because none is kept open. */
export function shutdown(): void {
  // nothing is held open
}

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'] as const;

/** Appends messages to a file, each with time and level unless the formatters have been cleared. */
export class Logger {
  private level = 2;
  private formatted = true;

  constructor(
    _type: string,
    _name: string,
    private readonly file: string,
  ) {
    mkdirSync(path.dirname(file), { recursive: true });
  }

  trace(message: string): void {
    this.write(0, message);
  }
  debug(message: string): void {
    this.write(1, message);
  }
  info(message: string): void {
    this.write(2, message);
  }
  warn(message: string): void {
    this.write(3, message);
  }
  error(message: string): void {
    this.write(4, message);
  }
  critical(message: string): void {
    this.write(5, message);
  }
  getLevel(): number {
    return this.level;
  }
  setLevel(level: number): void {
    this.level = level;
  }
  setPattern(): void {
    this.formatted = true;
  }
  clearFormatters(): void {
    this.formatted = false;
  }
  flush(): void {
    // nothing is buffered
  }
  drop(): void {
    // nothing is held open
  }

  private write(level: number, message: string): void {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    const line = `${time} [${levels[level] ?? level}] ${message}\n`;
    try {
      appendFileSync(this.file, this.formatted ? line : message);
    } catch {
      // removing the data folder while the server shuts down must not crash it
    }
  }
}

/** Creates a logger that appends to a file; the size of the file is not limited. */
export function createRotatingLogger(name: string, file: string): Promise<Logger> {
  return Promise.resolve(new Logger('rotating', name, file));
}

/** The same as `createRotatingLogger`: messages are written at once. */
export function createAsyncRotatingLogger(name: string, file: string): Promise<Logger> {
  return Promise.resolve(new Logger('rotating_async', name, file));
}
