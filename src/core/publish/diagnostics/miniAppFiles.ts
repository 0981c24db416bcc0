import { join } from 'node:path';
import { MANIFEST_FILE, PACKAGE_FILE } from '../../miniAppFolder';
import { isInside } from '../../platform/paths';
import type { Problem } from '../../problem';
import { ManifestLocations } from '../project/manifestLocations';
import type { Config } from '../project/config';
import { ownBuild, resolvePaths } from '../project/project';
import { CachedFileChecker } from './cachedFileChecker';
import type { CheckedJson, FileCheckRun, ProjectFiles, ProjectOptions } from './projectFiles';

/** Checks the files of a mini-app that do not need a build. */
export class MiniAppFiles implements ProjectFiles {
  private readonly search = new CachedFileChecker();

  /** @param folder absolute path */
  constructor(
    private readonly folder: string,
    private readonly options: ProjectOptions,
  ) {}

  async find({ source, fields, config }: CheckedJson, run: FileCheckRun): Promise<Problem[]> {
    if (config === undefined) {
      return [];
    }
    const build = await ownBuild(this.folder, config);
    const draft = { ...resolvePaths(this.folder, config), ...build, manifest: fields };
    const inManifest = new ManifestLocations(join(this.folder, MANIFEST_FILE), source);
    return this.search.find(draft, inManifest, { ...this.options, ...run });
  }

  /** A build's output has no problems of its own. */
  affects(path: string, config: Config | undefined): boolean {
    if (path === join(this.folder, PACKAGE_FILE)) {
      return true;
    }
    if (config === undefined) {
      return false;
    }
    const { appRoot, distDir, buildCommand } = resolvePaths(this.folder, config);
    const isOutput = buildCommand !== undefined && isInside(path, distDir);
    // If a parent folder is removed or created, the watcher reports only that folder.
    return !isOutput && (isInside(path, appRoot) || isInside(appRoot, path));
  }
}
