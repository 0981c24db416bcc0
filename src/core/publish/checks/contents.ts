import { throwIfCancelled } from '../../errors';
import { t } from '../../l10n';
import { oneLine } from '../../oneLine';
import type { Problem } from '../../problem';
import { codeKind, isCode, isPage } from '../baseline/codeFiles';
import { MAX_FINDINGS } from '../baseline/checkContent';
import type { Finding } from '../baseline/finding';
import { LoadOrder } from '../baseline/loadOrder';
import type { BundleFile } from '../files';
import type { ManifestFields } from '../manifest';
import { inBatches, runInWorker } from '../publishWorkerClient';
import { MAX_MESSAGE, problemOf, sentence } from '../rules';
import type { FileFindings, Inspection, OpenInspector } from './contentInspector';
import { OLDEST_PLATFORM } from './requires';

export interface ContentsOptions {
  signal?: AbortSignal | undefined;
  /** Where what is known of scripts is kept for the next time. */
  cacheFile?: string | undefined;
  /** The built worker script: much is checked there. Without it everything is checked in place. */
  worker?: string | undefined;
  /** What looks at the contents in place, if not the caller's own thread. */
  openInspector?: OpenInspector | undefined;
}

/**
 * What is looked at in place, where it holds up all extensions: bytes of scripts and pages, bytes of all, and files. Measured for scripts: the worst script of
 * 12,000 bytes that was found (`\p{L}` again and again in a regular expression) takes the parser a fifth of a second; one of 280,000 took nine.
 */
const SMALL = { code: 12_000, bytes: 1_000_000, files: 200 };

/** Whether files are looked at in place, whatever is in them: a worker's start takes longer. */
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
 * Looks into files without packing them; {@link problemsOf} tells what that means.
 * @throws VALIDATION_FAILED when a file cannot be read, CancelledError
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

/** Writes down what is known of scripts, if that is new. */
export async function keepCache(
  cacheFile: string | undefined,
  { cache }: Inspection,
): Promise<void> {
  if (cacheFile !== undefined && cache !== undefined) {
    const { writeCacheFile } = await import('../baselineCache');
    await writeCacheFile(cacheFile, cache);
  }
}

/**
 * What the contents of files break. Secrets are errors. Whether the oldest cars' WebView (Chromium 95, classic scripts only) runs every script: in
 * scripts it is an error if the backend refuses it too, all else and inline in a page a warning, and for an app that those cars do not get all
 * of it is a note.
 */
export function problemsOf(
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
            problemOf(rule, sentence(name, text), file.path, range),
          ),
          ...baselineFindings(findings, order).map((finding) =>
            baselineProblem(finding, file, modern),
          ),
        ];
  });
}

async function inspect(
  files: readonly BundleFile[],
  { signal, cacheFile, worker, openInspector }: ContentsOptions,
): Promise<Inspection> {
  if (worker === undefined || isSmall(files)) {
    const { inspectFiles } = await import('./inspectFiles');
    return inspectFiles(inBatches(files), { cacheFile, signal }, openInspector);
  }
  return runInWorker(worker, { kind: 'inspect', cacheFile }, inBatches(files), { signal });
}

/** Whether no car with an old WebView gets the app. */
function isModern({ manifest: { requires } }: { manifest: ManifestFields }): boolean {
  const isOnOldest = requires?.dilink?.includes(OLDEST_PLATFORM) ?? true;
  return requires?.modernWebview === true || !isOnOldest;
}

/** The findings that nothing loaded before makes up for, errors first where there are too many. */
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
    message: oneLine(t('{0}.', message), MAX_MESSAGE),
    file: file.path,
    range,
  };
}
