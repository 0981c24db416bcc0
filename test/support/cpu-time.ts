/** How often {@link measureCpu} looks whether the event loop still turns, in milliseconds. */
const LOOK_MS = 5;

export interface Measured<T> {
  readonly result: T;
  /** The processor time that this process took, in milliseconds. */
  readonly cpuMs: number;
  /** As `cpuMs`, for the longest time that the event loop stood still. */
  readonly blockedMs: number;
}

/**
 * Does some work and measures the processor time it takes: other than time on the wall, that hardly grows when the machine has much else to
 * do.
 */
export async function measureCpu<T>(work: () => T | Promise<T>): Promise<Measured<T>> {
  let [turnCpu, turnWall] = [process.cpuUsage(), performance.now()];
  let blockedMs = 0;
  const look = (): void => {
    // Threads add to the one, other processes to the other.
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

/** The processor time of this process since then, in milliseconds. */
export function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
