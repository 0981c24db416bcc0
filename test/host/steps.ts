/** Reports the current step, so that a long-running step is visible. */
export type ReportStep = (text: string) => void;

/**
 * Returns a reporter that prints each step with the seconds since the first one.
 * @param title the subject of the steps, such as `VS Code 1.139.1`
 */
export function printSteps(title: string): ReportStep {
  const start = performance.now();
  return (text) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`[${title}] ${seconds} s  ${text}\n`);
  };
}
