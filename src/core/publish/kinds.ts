import type { Problem } from '../problem';
import { MINI_APP, THEME, type KindId, type ProjectKind } from '../projectKind';
import { pictureRoots } from './editing/pictures';
import { checkContrast } from './checks/contrast';
import { checkRequires } from './checks/requires';
import { checkThemeSpec } from './checks/themeSpec';
import { MiniAppFiles } from './diagnostics/miniAppFiles';
import type { CheckedJson, ProjectFiles, ProjectOptions } from './diagnostics/projectFiles';
import { ThemeFiles } from './diagnostics/themeFiles';
import type { ManifestLocations } from './project/manifestLocations';
import { MANIFEST_TYPES, type ManifestType } from './project/manifestType';

/** What publishing and the editor do with a kind of project. */
export interface KindDefinition {
  kind: ProjectKind;
  manifest: ManifestType;
  /** Checks what depends on several fields of the manifest, or on what cars can do. */
  checkFields: (json: CheckedJson, places: ManifestLocations) => Problem[];
  /**
   * Returns the absolute folders that may hold the pictures that a manifest names.
   * @param configText content of the configuration; undefined if there is none
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
    pictureRoots: (folder) => [folder],
    openFiles: (folder) => new ThemeFiles(folder),
  },
};
