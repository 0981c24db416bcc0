/** How often {@link measureCpu} checks that the event loop is running, in milliseconds. */
const LOOK_MS = 5;

export interface Measured<T> {
  readonly result: T;
  /** The processor time of this process, in milliseconds. */
  readonly cpuMs: number;
  /** Like `cpuMs`, for the longest time that the event loop was blocked. */
  readonly blockedMs: number;
}

/**
 * Measures the processor time of a task. Unlike wall-clock time, it hardly grows on a busy machine.
 */
export async function measureCpu<T>(work: () => T | Promise<T>): Promise<Measured<T>> {
  let [turnCpu, turnWall] = [process.cpuUsage(), performance.now()];
  let blockedMs = 0;
  const look = (): void => {
    // Processor time includes other threads, wall-clock time includes other processes; the minimum
    // excludes both.
    const turnMs = Math.min(cpuSince(turnCpu), performance.now() - turnWall);
    blockedMs = Math.max(blockedMs, turnMs);
    [turnCpu, turnWall] = [process.cpuUsage(), performance.now()];
  };
  const before = process.cpuUsage();
  const timer = setInterval(look, LOOK_MS);
  try {
    const result = await work();
    look();
    return { result, cpuMs: cpuSince(before), blockedMs };
  } finally {
    clearInterval(timer);
  }
}

/** Returns the processor time of this process since `before`, in milliseconds. */
export function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
