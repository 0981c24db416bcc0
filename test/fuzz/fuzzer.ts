import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProgress, type Order, type Report } from './protocol';

/** After this time an input counts as hanging, in milliseconds. */
const HANGS_MS = 30_000;
const LOOK_MS = 1_000;

/**
 * Tries inputs in a separate process, so that an input that hangs, crashes or exhausts the memory
 * is detected.
 */
export class Fuzzer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'i99dash-fuzz-'));
  private child: ChildProcess | undefined;
  private children = 0;

  /**
   * Tries a number of mutated inputs, or as many as fit into a number of milliseconds. Never
   * rejects because of an input.
   */
  explore(order: { parser: string; seed: number; runs?: number; ms?: number }): Promise<Report> {
    return this.order({ kind: 'explore', ...order });
  }

  /** Tries one input. Never rejects because of it. */
  replay(parser: string, input: Uint8Array): Promise<Report> {
    return this.order({ kind: 'replay', parser, input });
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async order(order: Order): Promise<Report> {
    const child = (this.child ??= await this.start());
    const watch = new AbortController();
    const { signal } = watch;
    try {
      child.send(order);
      return await Promise.race([
        once(child, 'message', { signal }).then(([report]) => report as Report),
        once(child, 'exit', { signal }).then(() => this.lost('The process has died')),
        this.untilItHangs(signal),
      ]);
    } finally {
      watch.abort();
    }
  }

  private async start(): Promise<ChildProcess> {
    this.children += 1;
    const folder = mkdtempSync(join(this.folder, 'run-'));
    const child = fork(join(__dirname, 'worker.ts'), [folder, this.progressFile], {
      execArgv: ['--import', 'tsx', '--max-old-space-size=1024'],
      serialization: 'advanced',
    });
    await once(child, 'spawn');
    return child;
  }

  private get progressFile(): string {
    return join(this.folder, `progress-${this.children}`);
  }

  /** Resolves once the process has been busy with the same input for too long. */
  private untilItHangs(signal: AbortSignal): Promise<Report> {
    return new Promise((resolve) => {
      let before = -1;
      let since = performance.now();
      const timer = setInterval(() => {
        const { tried } = this.progress();
        if (tried !== before) {
          before = tried;
          since = performance.now();
        } else if (performance.now() - since > HANGS_MS) {
          resolve(this.lost(`It has not come back after ${HANGS_MS / 1_000} s`));
        }
      }, LOOK_MS);
      signal.addEventListener('abort', () => clearInterval(timer));
    });
  }

  private progress(): ReturnType<typeof decodeProgress> {
    try {
      return decodeProgress(readFileSync(this.progressFile));
    } catch {
      return decodeProgress(Buffer.alloc(0)); // not started
    }
  }

  /** Returns the input that the process was trying last. */
  private async lost(message: string): Promise<Report> {
    const { tried, input } = this.progress();
    await this.kill();
    return { runs: tried, accepted: 0, slowestMs: HANGS_MS, failure: { message, input } };
  }

  private async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
