import { CONFIG_FILE, isMiniAppManifest, MANIFEST_FILE } from './miniAppFolder';
import { isJsonObject } from './platform/json';
import { t, textLanguage } from './text/l10n';

export type KindId = 'miniApp' | 'theme';

type Lens = 'i99dash.publish' | 'i99dash.dryRun' | 'i99dash.validate' | 'i99dash.previewTheme';

/**
 * A kind of project: what is known of it before its code is loaded. `publish/kindDefinitions.ts`
 * has the rest.
 */
export interface ProjectKind {
  id: KindId;
  /** The file that makes a folder a project of this kind. Its content is what is submitted. */
  manifestFile: string;
  /** Another JSON file at the project's root, which makes it one of this kind, too. */
  configFile?: string;
  /** Checks whether the parsed manifest file belongs to this kind. Other tools use its name too. */
  isManifest: (value: unknown) => boolean;
  tracks: readonly ('production' | 'beta')[];
  /** The commands above the first line of the manifest, in their order. */
  lenses: readonly Lens[];
  /** Whether the backend lists the projects of this kind and tells their state. */
  isListed: boolean;
  /** What a project of this kind is called. */
  name: () => string;
  /** The context key that lists the folders of such projects in the workspace. */
  foldersKey: string;
  /** The context key that lists the folders of open editors inside such projects. */
  editorFoldersKey: string;
  /** A product icon of VS Code. */
  icon: string;
}

export const MINI_APP: ProjectKind = {
  id: 'miniApp',
  manifestFile: MANIFEST_FILE,
  configFile: CONFIG_FILE,
  isManifest: isMiniAppManifest,
  tracks: ['production', 'beta'],
  lenses: ['i99dash.publish', 'i99dash.dryRun', 'i99dash.validate'],
  isListed: true,
  name: () => t('mini-app'),
  foldersKey: 'i99dash.miniAppFolders',
  editorFoldersKey: 'i99dash.editorFolders',
  icon: 'package',
};

export const THEME: ProjectKind = {
  id: 'theme',
  manifestFile: 'theme.json',
  isManifest: (value) => isJsonObject(value) && value['spec'] !== undefined,
  tracks: ['production'],
  lenses: ['i99dash.previewTheme', 'i99dash.publish', 'i99dash.dryRun', 'i99dash.validate'],
  isListed: false,
  name: () => t('theme'),
  foldersKey: 'i99dash.themeFolders',
  editorFoldersKey: 'i99dash.themeEditorFolders',
  icon: 'symbol-color',
};

/** All kinds. A folder that could be of several is of the first. */
export const PROJECT_KINDS: readonly ProjectKind[] = [MINI_APP, THEME];

const KINDS_BY_ID: Readonly<Record<KindId, ProjectKind>> = { miniApp: MINI_APP, theme: THEME };

/** Returns a kind by its ID. */
export function getKind(id: KindId): ProjectKind {
  return KINDS_BY_ID[id];
}

/** Lists the manifest files of some kinds, such as `manifest.json or theme.json`. */
export function listManifestFiles(kinds: readonly ProjectKind[]): string {
  const names = kinds.map(({ manifestFile }) => manifestFile);
  return new Intl.ListFormat(textLanguage(), { type: 'disjunction' }).format(names);
}
