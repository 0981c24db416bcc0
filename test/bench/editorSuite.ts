/**
 * What the editor's bench runs inside VS Code: what publishing does to the extension host.
 */
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';

/** What the outer process gives the suite, as JSON in `I99DASH_BENCH_REQUEST`. */
export interface EditorBenchRequest {
  report: string;
  backendUrl: string;
  keyPath: string;
  largeApp: string;
  smallApps: readonly string[];
}

export interface EditorBenchReport {
  large: PublishFigures;
  /** One for each small app, in milliseconds. */
  small: { first: number; again: number }[];
}

export interface PublishFigures {
  /** Milliseconds. */
  first: number;
  again: number;
  /** Event-loop delay of the extension host in milliseconds. */
  delayP99: number;
  delayMax: number;
  /** The most the extension host grew, in bytes. */
  rssGrowth: number;
}

const RESOLUTION_MS = 5;
const SAMPLE_MS = 10;

export async function run(): Promise<void> {
  const request = JSON.parse(process.env['I99DASH_BENCH_REQUEST'] ?? '') as EditorBenchRequest;
  process.env['I99DASH_BACKEND_URL'] = request.backendUrl; // read at every use
  const report: EditorBenchReport = await measurePublishing(request);
  await writeFile(request.report, JSON.stringify(report));
}

async function measurePublishing({
  keyPath,
  largeApp,
  smallApps,
}: EditorBenchRequest): Promise<EditorBenchReport> {
  await vscode.commands.executeCommand('i99dash.signIn', { method: 'ssh', keyPath });
  const small = [];
  for (const app of smallApps) {
    small.push({ first: await timePublish(app), again: await timePublish(app) });
  }
  const before = process.memoryUsage().rss;
  let most = before;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, SAMPLE_MS);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const first = await timePublish(largeApp);
  await appendFile(join(largeApp, 'src/code/0/code-0.js'), '// changed\n');
  const again = await timePublish(largeApp);
  delay.disable();
  clearInterval(sampler);
  return {
    small,
    large: {
      first,
      again,
      delayP99: delay.percentile(99) / 1e6,
      delayMax: delay.max / 1e6,
      rssGrowth: most - before,
    },
  };
}

/** Milliseconds. */
async function timePublish(folder: string): Promise<number> {
  const start = performance.now();
  await vscode.commands.executeCommand('i99dash.publish', {
    folder: vscode.Uri.file(folder),
    confirmed: true,
  });
  return performance.now() - start;
}
