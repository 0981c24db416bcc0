import type * as z from 'zod/mini';
import type { KindId } from '../../projectKind';
import { manifestSchema } from './manifest';
import { MINI_APP_PICTURES, THEME_PICTURES, type PictureField } from './pictureFields';
import { themeSchema } from './theme/theme';

/** What the manifest of a kind of project may say. */
export interface ManifestType<Shape extends z.core.$ZodShape = z.core.$ZodShape> {
  schema: z.ZodMiniObject<Shape>;
  /** What the IDs of its rules begin with, before the path of a field. */
  rules: readonly string[];
  pictures: readonly PictureField[];
}

/** `manifest.json` of a mini-app. */
export const MINI_APP_MANIFEST = {
  schema: manifestSchema,
  rules: ['manifest'],
  pictures: MINI_APP_PICTURES,
} satisfies ManifestType;

/** `theme.json`. */
const THEME_MANIFEST = {
  schema: themeSchema,
  rules: ['manifest', 'theme'],
  pictures: THEME_PICTURES,
} satisfies ManifestType;

/** The manifest of each kind of project. */
export const MANIFEST_TYPES = {
  miniApp: MINI_APP_MANIFEST,
  theme: THEME_MANIFEST,
} satisfies Record<KindId, ManifestType>;
