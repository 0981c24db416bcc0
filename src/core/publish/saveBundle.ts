import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { randomUUID } from 'node:crypto';
import { I99dashError, systemErrorCode, throwIfCancelled } from '../errors';
import { t } from '../text/l10n';
import { sanitizeLine } from '../text/sanitizeLine';
import { KINDS } from './kindDefinitions';
import type { Bundle } from './packing/bundle';
import type { PublishableProject } from './project/project';
import type { PublishDeps } from './publish';
import { StageClock } from './stages';

/** A bundle that was saved. */
export interface SavedBundle {
  /** Lower-case hex. */
  sha256: string;
  /** Bytes. */
  size: number;
  fileCount: number;
}

/**
 * Validates, builds and packs a project as publishing does, and saves the bundle. Sends nothing.
 * @param output the absolute path of the file, which is replaced if it exists
 * @throws what `prepare` throws
 * @throws UPLOAD_FAILED if the file cannot be written
 */
export async function saveBundle(
  project: PublishableProject,
  output: string,
  deps: PublishDeps,
): Promise<SavedBundle> {
  const stages = new StageClock(deps);
  await using packed = await KINDS[project.kind.id].prepare(project, deps, stages);
  const { bundle } = packed;
  await writeBundle(bundle, output, deps.signal);
  stages.finish();
  const { sha256, size, fileCount } = bundle;
  return { sha256, size, fileCount };
}

/** Writes the file under another name first, so that it is there as a whole or not at all. */
async function writeBundle(bundle: Bundle, output: string, signal?: AbortSignal): Promise<void> {
  const temporary = join(dirname(output), `.${basename(output)}.${randomUUID()}.tmp`);
  try {
    const file = createWriteStream(temporary, { flags: 'wx', flush: true });
    await pipeline(bundle.open(), file, { signal });
    await rename(temporary, output);
  } catch (cause) {
    await rm(temporary, { force: true });
    throwIfCancelled(signal);
    const message = t(
      '{0} cannot be written ({1}).',
      sanitizeLine(output, Infinity),
      systemErrorCode(cause) ?? 'unknown',
    );
    throw new I99dashError('UPLOAD_FAILED', message, { cause });
  }
}
