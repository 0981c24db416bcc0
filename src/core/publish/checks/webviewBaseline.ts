import { CancelledError, isI99dashError, throwIfCancelled } from '../../errors';
import type { Problem } from '../../problem';
import type { Finding } from '../baseline/finding';
import type { Scan } from '../baseline/scan';
import type { BundleFile } from '../files';
import type { Project } from '../project';
import { inBatches, runInWorker } from '../publishWorkerClient';

export interface BaselineOptions {
  signal?: AbortSignal | undefined;
  /** Where results are kept for the next time. */
  cacheFile?: string | undefined;
  /** The built worker script: much code is checked there. Without it everything is checked in place. */
  worker?: string | undefined;
  onFile?: ((done: number, total: number) => void) | undefined;
}

const CHECKED = /\.(?:[cm]?js|html?)$/iu;
const PAGE = /\.html?$/iu;
const HIDDEN_FOLDER = /(?:^|\/)\.[^/]*\//u;
/** Up to so many bytes are checked in place, for a worker's start takes longer. */
const SMALL = 300_000;

/**
 * Whether the oldest cars' WebView (Chromium 95, classic scripts only) runs every script of the bundle. In scripts it is an error if
 * not, inline in a page a warning, and for an app that those cars do not get all of it is a note.
 * @throws VALIDATION_FAILED when a file cannot be read, CancelledError
 */
export async function checkBaseline(
  project: Pick<Project, 'manifest'>,
  files: readonly BundleFile[],
  options: BaselineOptions = {},
): Promise<Problem[]> {
  throwIfCancelled(options.signal);
  const checked = files.filter(({ name }) => CHECKED.test(name) && !HIDDEN_FOLDER.test(name));
  const { found, cache } = await scan(checked, options);
  if (cache !== undefined && options.cacheFile !== undefined) {
    const { writeCacheFile } = await import('../baselineCache');
    await writeCacheFile(options.cacheFile, cache);
  }
  throwIfCancelled(options.signal);
  const modern = isModern(project);
  return found.flatMap(({ index, findings }) => {
    const file = checked[index];
    return file === undefined ? [] : findings.map((finding) => problemOf(finding, file, modern));
  });
}

async function scan(
  files: readonly BundleFile[],
  { signal, cacheFile, worker, onFile }: BaselineOptions,
): Promise<Scan> {
  const tell = (done: number): void => onFile?.(done, files.length);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  try {
    if (worker === undefined || bytes <= SMALL) {
      const { scanFiles } = await import('../baseline/scan');
      return await scanFiles(inBatches(files), { cacheFile, signal, onFile: tell });
    }
    const task = { kind: 'baseline', cacheFile } as const;
    const result = await runInWorker(worker, task, inBatches(files), { signal, onFile: tell });
    tell(files.length);
    return result;
  } catch (error) {
    throw signal?.aborted === true && !isI99dashError(error) ? new CancelledError() : error;
  }
}

/** Whether no car with an old WebView gets the app. */
function isModern({ manifest: { requires } }: Pick<Project, 'manifest'>): boolean {
  const dilink: readonly string[] = requires?.dilink ?? ['di5.0'];
  return requires?.modernWebview === true || !dilink.includes('di5.0');
}

function problemOf({ rule, message, range }: Finding, file: BundleFile, modern: boolean): Problem {
  const severity = rule === 'baseline.unchecked' || PAGE.test(file.name) ? 'warning' : 'error';
  return {
    severity: modern ? 'info' : severity,
    rule,
    message: `${file.name}: ${message}.`,
    file: file.path,
    range,
  };
}
