import * as z from 'zod/mini';
import { t } from '../../text/l10n';
import { isAppId } from './appId';
import { canonicalOrigin } from './origin';
import {
  CATEGORIES,
  DILINK_VERSIONS,
  ICON_EXTENSIONS,
  PICTURE_EXTENSIONS,
  VEHICLE_CAPABILITIES,
} from '../rules/manifestValues';
import type { RuleId } from '../rules/rules';

/** The description of a schema's field, in the current UI language. */
export const descriptions = new WeakMap<z.core.$ZodType, () => string>();

const described = <T extends z.core.$ZodType>(description: () => string, schema: T): T => {
  descriptions.set(schema, description);
  return schema;
};

// The schema's error messages are the IDs of the rules that are broken.
const text = (rule: RuleId) => z.string(rule);
const holds = <T>(test: (value: T) => boolean, rule: RuleId, abort = false) =>
  z.refine<T>(test, { error: rule, abort });
const flag = (rule: RuleId) => z.boolean(rule);
const hasLength = (min: number, max: number, rule: RuleId, abort = false) =>
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

const picturePath = (
  field: 'icon' | 'coverImage' | 'screenshots',
  extensions: readonly string[],
  type: RuleId,
) =>
  text(type).check(
    hasLength(3, 256, `manifest.${field}.length`, true),
    holds((path) => path.startsWith('./'), `manifest.${field}.relative`),
    holds((path) => !path.split(/[\\/]/u).includes('..'), `manifest.${field}.parent`),
    holds(
      (path) => extensions.includes((/\.([a-z0-9]+)$/iu.exec(path)?.[1] ?? '').toLowerCase()),
      `manifest.${field}.extension`,
    ),
  );

const atMost = <T extends z.core.$ZodType>(
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

const origin = z.pipe(
  text('manifest.network.scheme'),
  z.transform((value, context) => {
    const result = canonicalOrigin(value);
    if ('origin' in result) {
      return result.origin;
    }
    context.issues.push({ code: 'custom', message: result.rule, input: value });
    return z.NEVER;
  }),
);

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
 * The schema of `manifest.json`, the only place that defines its fields. The parsed value is what
 * is submitted: defaults filled in, unknown top-level fields dropped, origins canonical. The
 * message of an issue is the ID of the broken rule.
 */
export const manifestSchema = z.object({
  id: described(
    () =>
      t(
        'The name of the app for machines. It never changes after publishing: it lives in pinned shortcuts.',
      ),
    text('manifest.id.type').check(holds(isAppId, 'manifest.id.format')),
  ),
  name: described(() => t('The name of the app for people, by language.'), localized('name')),
  description: described(
    () => t('What the app does, by language.'),
    z.optional(localized('description')),
  ),
  icon: described(
    () =>
      t(
        'The icon, relative to the folder that is published: {0} pixels, at most {1} KiB.',
        '256×256',
        100,
      ),
    picturePath('icon', ICON_EXTENSIONS, 'manifest.icon.type'),
  ),
  coverImage: described(
    () =>
      t('The picture above the app in the store: {0} pixels, at most {1} KiB.', '1280×720', 500),
    z.optional(picturePath('coverImage', PICTURE_EXTENSIONS, 'manifest.coverImage.type')),
  ),
  screenshots: described(
    () => t('Pictures of the app at work: at most {0} pixels and {1} KiB each.', '1920×1080', 800),
    z.optional(
      atMost(
        'screenshots',
        8,
        picturePath('screenshots', PICTURE_EXTENSIONS, 'manifest.screenshots.path'),
      ),
    ),
  ),
  url: described(
    () => t('Where the app is served.'),
    text('manifest.url.type').check(holds(isHttpsUrl, 'manifest.url.https')),
  ),
  version: described(
    () =>
      t('The version. A new one with each publish: devices keep the bytes of a version they have.'),
    text('manifest.version.type').check(hasLength(1, Infinity, 'manifest.version.empty')),
  ),
  minHostVersion: described(
    () => t('The oldest version of the host app that the app works with.'),
    z.optional(text('manifest.minHostVersion.type')),
  ),
  category: described(
    () => t('Where the store lists the app.'),
    z.enum(CATEGORIES, 'manifest.category.value' satisfies RuleId),
  ),
  tags: described(
    () => t('Words that the store finds the app by.'),
    z.optional(
      atMost(
        'tags',
        8,
        text('manifest.tags.format').check(
          holds((tag) => /^[a-z0-9-]{1,24}$/u.test(tag), 'manifest.tags.format'),
        ),
      ),
    ),
  ),
  safeWhileDriving: described(
    () => t('Whether the app may be used while the car moves.'),
    z._default(flag('manifest.safeWhileDriving.type'), false),
  ),
  requires: described(() => t('What the car must have for the app.'), z.optional(requiresSchema)),
  permissions: described(
    () => t('What the app asks to be allowed.'),
    z.optional(
      atMost(
        'permissions',
        32,
        text('manifest.permissions.length').check(hasLength(1, 64, 'manifest.permissions.length')),
      ),
    ),
  ),
  network: described(
    () => t('The origins the app may talk to.'),
    z.optional(
      z.pipe(
        atMost('network', 10, origin),
        z.transform((origins: string[]) => [...new Set(origins)]),
      ),
    ),
  ),
  privileged: described(
    () => t('Whether the app asks for the rights of a system app.'),
    z._default(flag('manifest.privileged.type'), false),
  ),
  requiredEntitlement: described(
    () => t('What a user must have bought or been given to use the app.'),
    z.optional(
      text('manifest.requiredEntitlement.type').check(
        hasLength(1, 64, 'manifest.requiredEntitlement.length'),
      ),
    ),
  ),
});

/** A valid manifest, in the form in which it is submitted. */
export type Manifest = z.output<typeof manifestSchema>;

/** The same schema for an incomplete manifest. */
export const manifestFieldsSchema = z.partial(manifestSchema);
export type ManifestFields = z.output<typeof manifestFieldsSchema>;

/**
 * Checks the text itself as well, because `URL` accepts `https:host`, backslashes, spaces and line
 * ends.
 */
function isHttpsUrl(url: string): boolean {
  const isAsWritten = /^https:\/\/[^/?#][^\\\p{Cc}]*$/u.test(url) && url === url.trim();
  return isAsWritten && URL.canParse(url);
}
