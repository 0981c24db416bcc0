/**
 * One new process that opens a mini-app and edits its manifest like the extension host. Prints a
 * report as JSON.
 */
import type { ProblemModel } from '../../src/core/publish/diagnostics/problemModel';
import { KINDS } from '../../src/core/publish/kindDefinitions';

export interface EditingRequest {
  /** The mini-app's folder. */
  folder: string;
  /** The number of edits. */
  edits: number;
}

/** Durations in milliseconds. */
export interface EditingReport {
  loading: number;
  /** Both are measured from opening. */
  firstText: number;
  firstFiles: number;
  /** A second run without changes. */
  again: number;
  edits: { wall: number[]; cpu: number[] };
}

async function main({ folder, edits }: EditingRequest): Promise<EditingReport> {
  const start = performance.now();
  const since = (from: number): number => performance.now() - from;
  const { ProblemModel } = await import('../../src/core/publish/diagnostics/problemModel');
  const loading = since(start);
  const finder = new ProblemModel(folder, KINDS.miniApp);
  const manifest = await readBoth(finder);
  const firstText = since(start);
  await finder.checkFiles();
  const firstFiles = since(start);
  const saved = performance.now();
  await readBoth(finder);
  await finder.checkFiles();
  const again = since(saved);
  return { loading, firstText, firstFiles, again, edits: typeInto(finder, manifest, edits) };
}

async function readBoth(finder: ProblemModel): Promise<string> {
  const manifest = await finder.readText(finder.manifestFile);
  if (typeof manifest !== 'string') {
    throw new Error('no manifest');
  }
  finder.setManifest(manifest);
  finder.setConfig(await finder.readText(finder.configFile ?? ''));
  return manifest;
}

/**
 * Types one character at a time at positions all over the text: every other edit makes it invalid
 * JSON, and the next one fixes it.
 */
function typeInto(finder: ProblemModel, text: string, edits: number): EditingReport['edits'] {
  const times: EditingReport['edits'] = { wall: [], cpu: [] };
  for (let edit = 0; edit < edits; edit++) {
    const at = (edit * 7919) % text.length;
    const typed =
      edit % 2 === 0 ? `${text.slice(0, at)}x${text.slice(at)}` : `${text}${' '.repeat(edit)}`;
    const start = performance.now();
    const cpu = process.cpuUsage();
    finder.setManifest(typed);
    const { problems } = finder;
    const { user, system } = process.cpuUsage(cpu);
    times.wall.push(performance.now() - start);
    times.cpu.push((user + system) / 1000);
    if (edit % 2 === 1 && problems.length > 0) {
      throw new Error(`the text is sound: ${problems[0]?.message ?? ''}`);
    }
  }
  return times;
}

void main(JSON.parse(process.argv[2] ?? '') as EditingRequest).then((report) => {
  process.stdout.write(JSON.stringify(report));
});
