import * as z from 'zod/mini';
import { t } from '../../../text/l10n';
import { isColor } from './color';
import { PICTURE_EXTENSIONS } from '../../rules/manifestValues';
import type { RuleId } from '../../rules/rules';
import {
  BRIGHTNESSES,
  THEME_CATEGORIES,
  type ColorToken,
  type Radius,
  type Wallpaper,
} from '../../rules/themeValues';
import {
  commonFields,
  described,
  fieldKinds,
  flag,
  hasLength,
  holds,
  picturePath,
  requiresSchema,
  text,
} from '../schemaParts';

const color = (rule: RuleId) => {
  const schema = text(rule).check(holds(isColor, rule));
  fieldKinds.set(schema, 'color');
  return schema;
};

const token = (field: ColorToken, description: () => string) =>
  described(description, color(`theme.spec.colors.${field}.value`));

const optionalToken = (field: ColorToken, description: () => string) =>
  described(description, z.optional(color(`theme.spec.colors.${field}.value`)));

const wallpaper = (field: Wallpaper, description: () => string) =>
  described(
    description,
    z.optional(picturePath(`theme.spec.wallpaper.${field}`, PICTURE_EXTENSIONS)),
  );

const radius = (field: Radius, standard: number, description: () => string) => {
  const rule: RuleId = `theme.spec.shape.${field}.value`;
  const schema = z.number(rule).check(z.gte(0, rule), z.lte(48, rule));
  return described(description, z._default(schema, standard));
};

const colors = z.strictObject(
  {
    background: token('background', () => t('The surface behind everything.')),
    surfaceLow: token('surfaceLow', () => t('The surface of bars and quiet areas.')),
    surfaceContainer: token('surfaceContainer', () => t('The surface of cards.')),
    surfaceHigh: token('surfaceHigh', () =>
      t('The surface of what lies on cards, such as inputs and buttons.'),
    ),
    outline: token('outline', () => t('The outline of controls.')),
    outlineVariant: token('outlineVariant', () => t('Quiet lines, such as those between rows.')),
    onSurface: token('onSurface', () => t('Text on every surface.')),
    onSurfaceVariant: token('onSurfaceVariant', () => t('Less important text on every surface.')),
    accent: token('accent', () => t('What stands out: main buttons, progress, selection.')),
    secondary: token('secondary', () => t('A second color that stands out.')),
    error: token('error', () => t('Errors.')),
    warning: optionalToken('warning', () => t('Warnings.')),
    neutral: optionalToken('neutral', () => t('Neutral states.')),
  },
  'theme.spec.colors.type' satisfies RuleId,
);

const spec = z.strictObject(
  {
    schema: described(
      () => t('The version of this description itself.'),
      z._default(
        z
          .int('theme.spec.schema.value' satisfies RuleId)
          .check(z.gte(1, 'theme.spec.schema.value' satisfies RuleId)),
        1,
      ),
    ),
    brightness: described(
      () => t('Whether the theme is light or dark.'),
      z.enum(BRIGHTNESSES, 'theme.spec.brightness.value' satisfies RuleId),
    ),
    colors: described(() => t('The colors of the theme.'), colors),
    wallpaper: described(
      () => t('Pictures behind the dashboard: at most {0} pixels and {1} KiB each.', ...WALLPAPER),
      z.optional(
        z.strictObject(
          {
            home: wallpaper('home', () => t('The wallpaper of the home screen.')),
            homeDark: wallpaper('homeDark', () => t('The wallpaper of the home screen at night.')),
            cluster: wallpaper('cluster', () => t('The wallpaper of the instrument cluster.')),
          },
          'theme.spec.wallpaper.type' satisfies RuleId,
        ),
      ),
    ),
    typography: described(
      () => t('The font of the theme.'),
      z.optional(
        z.strictObject(
          {
            family: described(
              () => t('The name of the font.'),
              z._default(
                text('theme.spec.typography.family.type').check(
                  hasLength(1, 64, 'theme.spec.typography.family.length'),
                ),
                'Inter',
              ),
            ),
            bundled: described(
              () => t('Reserved: the cars of today may ignore it.'),
              z._default(flag('theme.spec.typography.bundled.type'), false),
            ),
          },
          'theme.spec.typography.type' satisfies RuleId,
        ),
      ),
    ),
    shape: described(
      () => t('The radius of corners, in pixels.'),
      z.optional(
        z.strictObject(
          {
            cardRadius: radius('cardRadius', 24, () => t('The radius of the corners of cards.')),
            buttonRadius: radius('buttonRadius', 14, () =>
              t('The radius of the corners of buttons.'),
            ),
            inputRadius: radius('inputRadius', 14, () => t('The radius of the corners of inputs.')),
          },
          'theme.spec.shape.type' satisfies RuleId,
        ),
      ),
    ),
    gauge: described(
      () => t('The gauges of the instrument cluster.'),
      z.optional(
        z.strictObject(
          {
            skin: described(
              () => t('The name of the look of the gauges.'),
              text('theme.spec.gauge.skin.type').check(
                hasLength(1, 32, 'theme.spec.gauge.skin.length'),
              ),
            ),
            ringColor: described(
              () => t('The color of the ring of a gauge.'),
              z.optional(color('theme.spec.gauge.ringColor.value')),
            ),
          },
          'theme.spec.gauge.type' satisfies RuleId,
        ),
      ),
    ),
  },
  'theme.spec.type' satisfies RuleId,
);

/** What the description of wallpapers names: the largest dimensions, and KiB. */
const WALLPAPER = ['2560×1440', 2048] as const;

const COMMON = commonFields();

/**
 * The schema of `theme.json`, the only place that defines its fields. The parsed value is what is
 * submitted; the message of an issue is the ID of the broken rule. Fields that a mini-app's
 * manifest has too share its schemas and rules.
 */
export const themeSchema = z.object({
  id: described(
    () => t('The name of the theme for machines. It never changes after publishing.'),
    COMMON.id,
  ),
  name: described(() => t('The name of the theme for people, by language.'), COMMON.name),
  description: described(() => t('What the theme looks like, by language.'), COMMON.description),
  icon: described(() => t('The icon: {0} pixels, at most {1} KiB.', '256×256', 100), COMMON.icon),
  coverImage: described(
    () =>
      t('The picture above the theme in the store: {0} pixels, at most {1} KiB.', '1280×720', 500),
    COMMON.coverImage,
  ),
  screenshots: described(
    () => t('Pictures of the theme: at most {0} pixels and {1} KiB each.', '1920×1080', 800),
    COMMON.screenshots,
  ),
  version: described(() => t('The version. A new one with each publish.'), COMMON.version),
  minHostVersion: described(
    () => t('The oldest version of the host app that the theme works with.'),
    COMMON.minHostVersion,
  ),
  category: described(
    () => t('Where the store lists the theme.'),
    z.enum(THEME_CATEGORIES, 'theme.category.value' satisfies RuleId),
  ),
  tags: described(() => t('Words that the store finds the theme by.'), COMMON.tags),
  requires: described(() => t('What the car must have for the theme.'), z.optional(requiresSchema)),
  spec: described(() => t('The look of the theme. Unknown fields in it are errors.'), spec),
});

/** A valid theme, in the form in which it is submitted. */
export type Theme = z.output<typeof themeSchema>;
