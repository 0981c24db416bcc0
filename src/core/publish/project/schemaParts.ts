import * as z from 'zod/mini';
import { t } from '../../text/l10n';
import { isAppId } from './appId';
import {
  DILINK_VERSIONS,
  PICTURE_EXTENSIONS,
  ICON_EXTENSIONS,
  VEHICLE_CAPABILITIES,
} from '../rules/manifestValues';
import type { RuleId } from '../rules/rules';
import type { Wallpaper } from '../rules/themeValues';

type PictureRules =
  `manifest.${'icon' | 'coverImage' | 'screenshots'}` | `theme.spec.wallpaper.${Wallpaper}`;

/** The description of a schema's field, in the current UI language. */
export const descriptions = new WeakMap<z.core.$ZodType, () => string>();

/** The kind of a field, where its schema alone does not tell it. */
export const fieldKinds = new WeakMap<z.core.$ZodType, 'color'>();

export const described = <T extends z.core.$ZodType>(description: () => string, schema: T): T => {
  descriptions.set(schema, description);
  return schema;
};

// The schema's error messages are the IDs of the rules that are broken.
export const text = (rule: RuleId) => z.string(rule);
export const holds = <T>(test: (value: T) => boolean, rule: RuleId, abort = false) =>
  z.refine<T>(test, { error: rule, abort });
export const flag = (rule: RuleId) => z.boolean(rule);
export const hasLength = (min: number, max: number, rule: RuleId, abort = false) =>
  holds<string>(({ length }) => length >= min && length <= max, rule, abort);

const localized = (field: 'name' | 'description') =>
  z
    .record(
      z.string().check(z.regex(/^[a-z]{2}$/u)),
      text(`manifest.${field}.text`).check(hasLength(1, Infinity, `manifest.${field}.text`)),
      {
        error: ({ code }): RuleId =>
          code === 'invalid_key' ? `manifest.${field}.locale` : `manifest.${field}.type`,
      },
    )
    .check(holds((map) => Object.keys(map).length > 0, `manifest.${field}.empty`));

/** @param field the beginning of the IDs of its rules */
export const picturePath = (
  field: PictureRules,
  extensions: readonly string[],
  type: RuleId = `${field as Exclude<PictureRules, 'manifest.screenshots'>}.type`,
) =>
  text(type).check(
    hasLength(3, 256, `${field}.length`, true),
    holds((path) => path.startsWith('./'), `${field}.relative`),
    holds((path) => !path.split(/[\\/]/u).includes('..'), `${field}.parent`),
    holds(
      (path) => extensions.includes((/\.([a-z0-9]+)$/iu.exec(path)?.[1] ?? '').toLowerCase()),
      `${field}.extension`,
    ),
  );

export const atMost = <T extends z.core.$ZodType>(
  field: 'screenshots' | 'tags' | 'permissions' | 'network',
  max: number,
  item: T,
) =>
  z.array(item, `manifest.${field}.type` satisfies RuleId).check(
    z.refine((entries) => entries.length <= max, {
      error: `manifest.${field}.count` satisfies RuleId,
      // Runs even if an entry is invalid, so that all problems are reported at once.
      when: ({ value }) => Array.isArray(value),
    }),
  );

const someOf = <const T extends readonly string[]>(
  field: 'dilink' | 'vehicleCapabilities',
  values: T,
) =>
  z
    .array(
      z.enum(values, `manifest.requires.${field}.value` satisfies RuleId),
      `manifest.requires.${field}.type` satisfies RuleId,
    )
    .check(z.minLength(1, `manifest.requires.${field}.empty` satisfies RuleId));

/** The known fields of `requires`. Other fields in it are submitted unchanged. */
export const requiresSchema = z.looseObject(
  {
    schema: described(
      () => t('The version of these requirements themselves.'),
      z._default(
        z
          .int('manifest.requires.schema.value' satisfies RuleId)
          .check(z.gte(1, 'manifest.requires.schema.value' satisfies RuleId)),
        1,
      ),
    ),
    dilink: described(
      () => t('The DiLink platforms the app runs on. Cars with another one are not offered it.'),
      z.optional(someOf('dilink', DILINK_VERSIONS)),
    ),
    vehicleCapabilities: described(
      () => t('What the car must be able to do for the app.'),
      z.optional(someOf('vehicleCapabilities', VEHICLE_CAPABILITIES)),
    ),
    modernWebview: described(
      () =>
        t(
          'Whether the app needs a WebView newer than Chromium 95. The oldest cars are then not offered it.',
        ),
      z.optional(flag('manifest.requires.modernWebview.type')),
    ),
    minBridge: described(
      () => t("The oldest version of the car's bridge that the app works with."),
      z.optional(
        text('manifest.requires.minBridge.type').check(
          hasLength(1, 32, 'manifest.requires.minBridge.length'),
        ),
      ),
    ),
  },
  'manifest.requires.type' satisfies RuleId,
);

/**
 * Returns the schemas of the fields that the manifests of several kinds of project have. Each kind
 * describes its own instances.
 */
export const commonFields = () => ({
  id: text('manifest.id.type').check(holds(isAppId, 'manifest.id.format')),
  name: localized('name'),
  description: z.optional(localized('description')),
  icon: picturePath('manifest.icon', ICON_EXTENSIONS),
  coverImage: z.optional(picturePath('manifest.coverImage', PICTURE_EXTENSIONS)),
  screenshots: z.optional(
    atMost(
      'screenshots',
      8,
      picturePath('manifest.screenshots', PICTURE_EXTENSIONS, 'manifest.screenshots.path'),
    ),
  ),
  version: text('manifest.version.type').check(hasLength(1, Infinity, 'manifest.version.empty')),
  minHostVersion: z.optional(text('manifest.minHostVersion.type')),
  tags: z.optional(
    atMost(
      'tags',
      8,
      text('manifest.tags.format').check(
        holds((tag) => /^[a-z0-9-]{1,24}$/u.test(tag), 'manifest.tags.format'),
      ),
    ),
  ),
});
