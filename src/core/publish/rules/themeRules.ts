import { PICTURE_EXTENSIONS } from './manifestValues';
import {
  endsWith,
  error,
  hasCharacters,
  OBJECT,
  oneOf,
  PATH,
  REQUIRED,
  TEXT,
  TRUE_OR_FALSE,
  warning,
  type Rule,
} from './rule';
import {
  BRIGHTNESSES,
  OPTIONAL_COLORS,
  RADII,
  REQUIRED_COLORS,
  THEME_CATEGORIES,
  WALLPAPERS,
  type ColorToken,
  type Radius,
  type Wallpaper,
} from './themeValues';
import { t } from '../../text/l10n';

const COLOR = error(() =>
  t('must be a color: {0}, or {1} with the opacity first', '#RRGGBB', '#AARRGGBB'),
);
const RADIUS = error(() => t('must be a number from {0} to {1}', 0, 48));

/** Returns rules with the same text for several fields. */
function forEachField<Id extends string>(
  fields: readonly string[],
  id: (field: string) => Id,
  rule: Rule,
): Record<Id, Rule> {
  return Object.fromEntries(fields.map((field) => [id(field), rule])) as Record<Id, Rule>;
}

const color = (field: string) => `theme.spec.colors.${field as ColorToken}` as const;
const wallpaper = (field: string) => `theme.spec.wallpaper.${field as Wallpaper}` as const;

/**
 * The rules about `theme.json` that a `manifest.json` does not have. Fields that both have share
 * the rules of a manifest.
 */
export const THEME_RULES = {
  'theme.category.value': oneOf(THEME_CATEGORIES),
  'theme.unknown-field': error(() => t('is not a field of a theme')),
  'theme.spec.required': REQUIRED,
  'theme.spec.type': OBJECT,
  'theme.spec.schema.value': error(() => t('must be a whole number of 1 or more')),
  'theme.schema-above': warning(() => t('is above what the cars of today understand')),
  'theme.spec.brightness.required': REQUIRED,
  'theme.spec.brightness.value': oneOf(BRIGHTNESSES),
  'theme.spec.colors.required': REQUIRED,
  'theme.spec.colors.type': OBJECT,
  ...forEachField(REQUIRED_COLORS, (field) => `${color(field)}.required` as const, REQUIRED),
  ...forEachField(
    [...REQUIRED_COLORS, ...OPTIONAL_COLORS],
    (field) => `${color(field)}.value` as const,
    COLOR,
  ),
  'theme.spec.wallpaper.type': OBJECT,
  ...forEachField(WALLPAPERS, (field) => `${wallpaper(field)}.type` as const, PATH.type),
  ...forEachField(WALLPAPERS, (field) => `${wallpaper(field)}.length` as const, PATH.length),
  ...forEachField(WALLPAPERS, (field) => `${wallpaper(field)}.relative` as const, PATH.relative),
  ...forEachField(WALLPAPERS, (field) => `${wallpaper(field)}.parent` as const, PATH.parent),
  ...forEachField(
    WALLPAPERS,
    (field) => `${wallpaper(field)}.extension` as const,
    endsWith(PICTURE_EXTENSIONS),
  ),
  'theme.spec.typography.type': OBJECT,
  'theme.spec.typography.family.type': TEXT,
  'theme.spec.typography.family.length': hasCharacters(1, 64),
  'theme.spec.typography.bundled.type': TRUE_OR_FALSE,
  'theme.bundled-reserved': warning(() => t('may be ignored by the cars of today')),
  'theme.spec.shape.type': OBJECT,
  ...forEachField(RADII, (field) => `theme.spec.shape.${field as Radius}.value` as const, RADIUS),
  'theme.spec.gauge.type': OBJECT,
  'theme.spec.gauge.skin.required': REQUIRED,
  'theme.spec.gauge.skin.type': TEXT,
  'theme.spec.gauge.skin.length': hasCharacters(1, 32),
  'theme.spec.gauge.ringColor.value': COLOR,
} as const satisfies Record<string, Rule>;
