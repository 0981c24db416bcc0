import type { Problem } from '../problem';
import { MINI_APP, THEME, type KindId, type ProjectKind } from '../projectKind';
import { pictureRoots } from './editing/pictures';
import { checkContrast } from './checks/contrast';
import { checkRequires } from './checks/requires';
import { checkThemeSpec } from './checks/themeSpec';
import { MiniAppFiles } from './diagnostics/miniAppFiles';
import type { CheckedJson, ProjectFiles, ProjectOptions } from './diagnostics/projectFiles';
import { ThemeFiles } from './diagnostics/themeFiles';
import { MINI_APP_CALLS, THEME_CALLS, type PublishCalls } from '../api/publishing';
import type { PreparedApp } from './prepare';
import { loadProject, loadTheme, type Project, type PublishableProject } from './project/project';
import type { PublishDeps } from './publish';
import type { StageClock } from './stages';
import type { ManifestLocations } from './project/manifestLocations';
import { MANIFEST_TYPES, type ManifestType } from './project/manifestType';

/** What publishing and the editor do with a kind of project. */
export interface KindDefinition {
  kind: ProjectKind;
  manifest: ManifestType;
  /** Checks what depends on several fields of the manifest, or on what cars can do. */
  checkFields: (json: CheckedJson, places: ManifestLocations) => Problem[];
  /** The calls that publish. */
  calls: PublishCalls;
  /** Reads a project for publishing. */
  load: (folder: string) => Promise<PublishableProject>;
  /** Checks a project, builds it if its kind has a build, and packs it. */
  prepare: (
    project: PublishableProject,
    deps: PublishDeps,
    stages: StageClock,
    latestVersion?: Promise<string | null | undefined>,
  ) => Promise<PreparedApp>;
  /**
   * Returns the absolute folders that may hold the pictures that a manifest names.
   * @param configText content of the configuration; undefined without a configuration
   */
  pictureRoots: (folder: string, configText: string | undefined) => string[];
  /** @param folder absolute */
  openFiles: (folder: string, options: ProjectOptions) => ProjectFiles;
}

const checkRequirements = ({ fields }: CheckedJson, places: ManifestLocations): Problem[] =>
  checkRequires(fields, places);

/** Each kind of project. */
export const KINDS: Readonly<Record<KindId, KindDefinition>> = {
  miniApp: {
    kind: MINI_APP,
    manifest: MANIFEST_TYPES.miniApp,
    checkFields: checkRequirements,
    calls: MINI_APP_CALLS,
    load: loadProject,
    prepare: async (project, ...rest) =>
      (await import('./prepare')).prepare(project as Project, ...rest),
    pictureRoots,
    openFiles: (folder, options) => new MiniAppFiles(folder, options),
  },
  theme: {
    kind: THEME,
    manifest: MANIFEST_TYPES.theme,
    checkFields: (json, places) => [
      ...checkRequirements(json, places),
      ...checkThemeSpec(json.sound, places),
      ...checkContrast(json.sound, places),
    ],
    calls: THEME_CALLS,
    load: loadTheme,
    prepare: async (project, deps, stages) =>
      (await import('./prepareTheme')).prepareTheme(KINDS.theme, project, deps, stages),
    pictureRoots: (folder) => [folder],
    openFiles: (folder) => new ThemeFiles(folder),
  },
};
