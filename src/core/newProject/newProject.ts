import { I99dashError } from '../errors';
import type { KindId } from '../projectKind';
import { CATEGORIES } from '../publish/rules/manifestValues';
import { THEME_CATEGORIES } from '../publish/rules/themeValues';
import { t } from '../text/l10n';
import { writeNewFolder, type NewFile } from './newFiles';
import { deriveId, validateNewName } from './projectName';
import { miniAppFiles } from './templates/miniAppFiles';
import { themeFiles } from './templates/themeFiles';
import type { NewProjectValues } from './templates/values';

/** How new projects of a kind are made. */
interface Template {
  categories: readonly string[];
  /** The category of those who choose none; undefined if it must be chosen. */
  defaultCategory?: string;
  files: (values: NewProjectValues) => NewFile[];
}

export const TEMPLATES: Readonly<Record<KindId, Template>> = {
  miniApp: { categories: CATEGORIES, files: miniAppFiles },
  theme: { categories: THEME_CATEGORIES, defaultCategory: 'dark', files: themeFiles },
};

export interface NewProject {
  kind: KindId;
  name: string;
  category: string;
  /** The project's own folder: absolute, missing or empty. */
  folder: string;
}

/**
 * Creates a project that has no problems and can be published as it is. Never changes an existing
 * file, and leaves nothing behind if it fails.
 * @throws VALIDATION_FAILED if a value is invalid, or the folder is not empty or cannot be written
 */
export async function createProject({ kind, name, category, folder }: NewProject): Promise<void> {
  requireCategory(kind, category);
  requireNewName(name, folder);
  const id = deriveId(name, folder) ?? '';
  await writeNewFolder(folder, TEMPLATES[kind].files({ id, name: name.trim(), category }));
}

/** @throws VALIDATION_FAILED if a text cannot be the name of a new project */
export function requireNewName(name: string, folder: string | undefined): void {
  const objection = validateNewName(name, folder);
  if (objection !== undefined) {
    throw new I99dashError('VALIDATION_FAILED', objection);
  }
}

/** @throws VALIDATION_FAILED if a kind has no such category */
export function requireCategory(kind: KindId, category: string): void {
  const { categories } = TEMPLATES[kind];
  if (!categories.includes(category)) {
    const message = t('“{0}” must be one of these: {1}.', 'category', categories.join(', '));
    throw new I99dashError('VALIDATION_FAILED', message);
  }
}
