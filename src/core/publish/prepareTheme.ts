import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { THEME } from '../projectKind';
import { changedWhilePacked } from './bundle/files';
import { collectThemeFiles } from './bundle/themeFiles';
import { ProblemModel } from './diagnostics/problemModel';
import type { KindDefinition } from './kindDefinitions';
import { packBundle } from './packing/bundle';
import { assertNoErrors, toPrepared, type PreparedApp } from './prepare';
import { loadTheme, type PublishableProject } from './project/project';
import type { PublishDeps } from './publish';
import type { StageClock } from './stages';

/**
 * Checks and packs a theme. What is checked is what is packed: a file that changes in between ends
 * the publish.
 * @throws NOTHING_TO_PUBLISH, MANIFEST_INVALID, VALIDATION_FAILED
 * @throws UPLOAD_FAILED if the bundle cannot be written
 * @throws CancelledError
 */
export async function prepareTheme(
  definition: KindDefinition,
  project: PublishableProject,
  deps: PublishDeps,
  stages: StageClock,
): Promise<PreparedApp> {
  const { signal, logger } = deps;
  const { folder, manifest } = project;
  stages.enter('validate');
  // Before the checks, so that packing notices a file that changes after its check.
  const collected = await collectThemeFiles(folder, manifest, signal);
  const model = new ProblemModel(folder, definition, { logger });
  model.setManifest(await model.readText(model.manifestFile));
  await model.checkFiles(signal);
  const { problems } = model;
  assertNoErrors(problems, project);
  stages.enter('pack');
  const total = collected.files.length;
  const bundle = await packBundle(collected, {
    ...{ signal, isPlain: true },
    onFile: (done) => deps.onProgress({ stage: 'pack', done, total }),
  });
  return toPrepared(bundle, project, deps, async () => {
    await assertPacked(project);
    return problems;
  });
}

/** @throws VALIDATION_FAILED if `theme.json` on disk is not the one about to be submitted */
async function assertPacked({ folder, manifest }: PublishableProject): Promise<void> {
  const { manifest: now } = await loadTheme(folder);
  if (!isDeepStrictEqual(now, manifest)) {
    const { manifestFile: name } = THEME;
    throw changedWhilePacked({ name, path: join(folder, name) });
  }
}
