/**
 * The editor bench's part inside VS Code: measures the load of publishing on the extension host.
 */
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { measureFloors, type Floors } from './floors';

/** The input of the suite, as JSON in `I99DASH_BENCH_REQUEST`. */
export interface EditorBenchRequest {
  report: string;
  backendUrl: string;
  keyPath: string;
  /** One for each round. */
  largeApps: readonly string[];
  /** Each has an information-level problem in its script. */
  smallApps: readonly string[];
  /** The path of that script relative to the app. */
  script: string;
}

export interface EditorBenchReport {
  /**
   * Milliseconds until problems are shown: for an unopened app since the extension host's start,
   * for an opened one since it was opened.
   */
  problems: { unopened: number; opened: number };
  /** One for each of the large apps. */
  large: { floors: Floors; first: HostCost; again: HostCost }[];
  /** One for each small app, in milliseconds. */
  small: { first: number; again: number }[];
}

/** The cost of an operation for the extension host. */
export interface HostCost {
  /** Duration in milliseconds. */
  duration: number;
  /** Event-loop delay in milliseconds. */
  delayP99: number;
  delayMax: number;
  /**
   * Processor time of the extension host's main thread in milliseconds: in total, and the maximum
   * between two ticks of a timer of 5 ms.
   */
  cpu: number;
  cpuMax: number;
  /** The maximum growth of the process's memory since the start of the bench, in bytes. */
  rssGrowth: number;
}

const RESOLUTION_MS = 5;
/** The minimum time between opening a manifest and publishing, in milliseconds. */
const READING_MS = 1_000;

export async function run(): Promise<void> {
  const request = JSON.parse(process.env['I99DASH_BENCH_REQUEST'] ?? '') as EditorBenchRequest;
  process.env['I99DASH_BACKEND_URL'] = request.backendUrl; // read at every use
  const problems = await measureProblems(request);
  const report: EditorBenchReport = { problems, ...(await measurePublishing(request)) };
  await writeFile(request.report, JSON.stringify(report));
}

/**
 * Opens the first app, as the user does before publishing; code that is preloaded on opening is
 * then available.
 */
async function measureProblems({
  smallApps: [first = '', second = ''],
  script,
}: EditorBenchRequest): Promise<EditorBenchReport['problems']> {
  const start = performance.now();
  await vscode.workspace.openTextDocument(join(first, 'manifest.json'));
  await untilProblems(join(first, script));
  const opened = performance.now() - start;
  await untilProblems(join(second, script));
  const unopened = performance.now();
  await setTimeout(READING_MS);
  return { opened, unopened };
}

async function untilProblems(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  let subscription: vscode.Disposable | undefined;
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (vscode.languages.getDiagnostics(uri).length > 0) resolve();
    };
    subscription = vscode.languages.onDidChangeDiagnostics(look);
    look();
  });
  subscription?.dispose();
}

async function measurePublishing({
  keyPath,
  largeApps,
  smallApps,
}: EditorBenchRequest): Promise<Pick<EditorBenchReport, 'large' | 'small'>> {
  await vscode.workspace
    .getConfiguration()
    .update('i99dash.commands.acceptConfirmed', true, vscode.ConfigurationTarget.Global);
  await vscode.commands.executeCommand('i99dash.signIn', {
    ...{ method: 'ssh', keyPath, confirmed: true },
  });
  const small = [];
  for (const app of smallApps) {
    small.push({ first: await timePublish(app), again: await timePublish(app) });
  }
  const before = process.memoryUsage().rss;
  const large = [];
  for (const app of largeApps) {
    const floors = await measureFloors(join(app, 'src'));
    const first = await costOf(() => timePublish(app), before);
    await appendFile(join(app, 'src/code/0/code-0.js'), '// changed\n');
    const again = await costOf(() => timePublish(app), before);
    large.push({ floors, first, again });
  }
  return { small, large };
}

async function costOf(work: () => Promise<unknown>, rssBefore: number): Promise<HostCost> {
  const cpuNow = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let rss = 0;
  let cpuMax = 0;
  const start = performance.now();
  const cpuStart = cpuNow();
  let cpuLast = cpuStart;
  const sampler = setInterval(() => {
    const cpu = cpuNow();
    cpuMax = Math.max(cpuMax, cpu - cpuLast);
    cpuLast = cpu;
    rss = Math.max(rss, process.memoryUsage.rss());
  }, RESOLUTION_MS);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  try {
    await work();
  } finally {
    delay.disable();
    clearInterval(sampler);
  }
  return {
    duration: performance.now() - start,
    delayP99: delay.percentile(99) / 1e6,
    delayMax: delay.max / 1e6,
    cpu: cpuNow() - cpuStart,
    cpuMax,
    rssGrowth: rss - rssBefore,
  };
}

/** Returns the duration in milliseconds. */
async function timePublish(folder: string): Promise<number> {
  const start = performance.now();
  await vscode.commands.executeCommand('i99dash.publish', {
    folder: vscode.Uri.file(folder),
    confirmed: true,
  });
  return performance.now() - start;
}
