import { throwIfCancelled } from '../../errors';
import { t } from '../../text/l10n';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem } from '../../problem';
import { codeKind, isCode, isPage } from '../checks/baseline/codeFiles';
import { MAX_FINDINGS } from '../checks/baseline/checkContent';
import type { Finding } from '../checks/baseline/finding';
import { LoadOrder } from '../checks/baseline/loadOrder';
import type { BundleFile } from '../bundle/files';
import type { ManifestFields } from '../project/manifest';
import { inBatches, runInWorker } from '../worker/publishWorkerClient';
import { MAX_MESSAGE, toProblem, sentence } from '../rules/rules';
import type { FileFindings, Inspection, OpenInspector } from './contentInspector';
import { OLDEST_PLATFORM } from '../checks/requires';

export interface ContentsOptions {
  signal?: AbortSignal | undefined;
  /** The file that caches script results between inspections. */
  cacheFile?: string | undefined;
  /**
   * Path of the built worker script, which runs large checks. Without it, everything is checked on
   * this thread.
   */
  worker?: string | undefined;
  /** Whether the check runs in the background. */
  isIdle?: boolean | undefined;
  /** The inspector to use instead of one on the calling thread. */
  openInspector?: OpenInspector | undefined;
}

/**
 * Limits for checking on the calling thread, where it blocks all extensions: bytes of scripts and
 * pages, bytes of all files, and number of files. Measured for scripts: the worst known script of
 * 12,000 bytes (`\p{L}` repeated in a regular expression) takes the parser a fifth of a second, one
 * of 280,000 bytes nine seconds.
 */
const SMALL = { code: 12_000, bytes: 1_000_000, files: 200 };

/**
 * Checks whether the files are small enough for the calling thread, because starting a worker takes
 * longer.
 */
export function isSmall(files: readonly BundleFile[]): boolean {
  const bytesOf = (some: readonly BundleFile[]): number =>
    some.reduce((sum, { size }) => sum + size, 0);
  return (
    files.length <= SMALL.files &&
    bytesOf(files) <= SMALL.bytes &&
    bytesOf(files.filter(({ name }) => isCode(name) && codeKind(name) !== 'style')) <= SMALL.code
  );
}

/**
 * Checks the contents of files without packing them; {@link toProblems} turns the result into
 * problems.
 * @throws VALIDATION_FAILED if a file cannot be read
 * @throws CancelledError
 */
export async function inspectContents(
  files: readonly BundleFile[],
  options: ContentsOptions = {},
): Promise<Inspection> {
  throwIfCancelled(options.signal);
  const inspection = await inspect(files, options);
  await keepCache(options.cacheFile, inspection);
  throwIfCancelled(options.signal);
  return inspection;
}

/** Writes the cache file if its content has changed. */
export async function keepCache(
  cacheFile: string | undefined,
  { cache }: Inspection,
): Promise<void> {
  if (cacheFile !== undefined && cache !== undefined) {
    const { writeCacheFile } = await import('../checks/baseline/baselineCache');
    await writeCacheFile(cacheFile, cache);
  }
}

/**
 * Returns the problems in the contents of files. Secrets are errors. Other findings are about the
 * oldest cars' WebView (Chromium 95, classic scripts only): in script files they are errors if the
 * backend rejects them too; others, and those inline in a page, are warnings. For an app that these
 * cars do not get, all of them are notes.
 */
export function toProblems(
  { found }: Pick<Inspection, 'found'>,
  project: { manifest: ManifestFields },
  files: readonly BundleFile[],
): Problem[] {
  const names = new Set(found.map(({ name }) => name));
  const byName = new Map(
    files.filter(({ name }) => names.has(name)).map((file) => [file.name, file]),
  );
  const modern = isModern(project);
  const order = new LoadOrder(found);
  return found.flatMap((findings) => {
    const { name, secrets } = findings;
    const file = byName.get(name);
    return file === undefined
      ? []
      : [
          ...secrets.map(({ rule, text, range }) =>
            toProblem(rule, sentence(name, text), file.path, range),
          ),
          ...baselineFindings(findings, order).map((finding) =>
            baselineProblem(finding, file, modern),
          ),
        ];
  });
}

async function inspect(
  files: readonly BundleFile[],
  { signal, cacheFile, worker, isIdle, openInspector }: ContentsOptions,
): Promise<Inspection> {
  if (worker === undefined || isSmall(files)) {
    const { inspectFiles } = await import('./inspectFiles');
    return inspectFiles(inBatches(files), { cacheFile, signal }, openInspector);
  }
  const task = { kind: 'inspect', cacheFile } as const;
  return runInWorker(worker, task, inBatches(files), { signal, isIdle });
}

/** Checks whether no car with an old WebView gets the app. */
function isModern({ manifest: { requires } }: { manifest: ManifestFields }): boolean {
  const isOnOldest = requires?.dilink?.includes(OLDEST_PLATFORM) ?? true;
  return requires?.modernWebview === true || !isOnOldest;
}

/**
 * Returns the findings that earlier scripts do not resolve. Errors come first if there are too
 * many.
 */
function baselineFindings({ name, baseline }: FileFindings, order: LoadOrder): Finding[] {
  const open = baseline.filter(({ unless, step }) => {
    const brought = unless && order.findBrought(name, step);
    return unless?.some((each) => brought?.has(each)) !== true;
  });
  const isError = ({ rule }: Finding): boolean => rule !== 'baseline.feature';
  const kept = new Set([...open.filter(isError), ...open].slice(0, MAX_FINDINGS));
  const shown = open.filter((finding) => kept.has(finding));
  const more = open.reduce((sum, each) => sum + (each.more ?? 0), open.length - shown.length);
  return shown.map((finding, index) =>
    more > 0 && index === shown.length - 1
      ? {
          ...finding,
          message: t('{0} (and {1} more like this in this file)', finding.message, more),
        }
      : finding,
  );
}

function baselineProblem(
  { rule, message, range }: Finding,
  file: BundleFile,
  modern: boolean,
): Problem {
  const isWarning = rule === 'baseline.unchecked' || rule === 'baseline.feature';
  const severity = isWarning || isPage(file.name) ? 'warning' : 'error';
  return {
    severity: modern ? 'info' : severity,
    rule,
    message: sanitizeLine(t('{0}.', message), MAX_MESSAGE),
    file: file.path,
    range,
  };
}
