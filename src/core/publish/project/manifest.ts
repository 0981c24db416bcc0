import * as z from 'zod/mini';
import { t } from '../../text/l10n';
import { canonicalOrigin } from './origin';
import { CATEGORIES } from '../rules/manifestValues';
import type { RuleId } from '../rules/rules';
import {
  atMost,
  commonFields,
  described,
  flag,
  hasLength,
  holds,
  requiresSchema,
  text,
} from './schemaParts';

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

const COMMON = commonFields();

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
    COMMON.id,
  ),
  name: described(() => t('The name of the app for people, by language.'), COMMON.name),
  description: described(() => t('What the app does, by language.'), COMMON.description),
  icon: described(
    () =>
      t(
        'The icon, relative to the folder that is published: {0} pixels, at most {1} KiB.',
        '256×256',
        100,
      ),
    COMMON.icon,
  ),
  coverImage: described(
    () =>
      t('The picture above the app in the store: {0} pixels, at most {1} KiB.', '1280×720', 500),
    COMMON.coverImage,
  ),
  screenshots: described(
    () => t('Pictures of the app at work: at most {0} pixels and {1} KiB each.', '1920×1080', 800),
    COMMON.screenshots,
  ),
  url: described(
    () => t('Where the app is served.'),
    text('manifest.url.type').check(holds(isHttpsUrl, 'manifest.url.https')),
  ),
  version: described(
    () =>
      t('The version. A new one with each publish: devices keep the bytes of a version they have.'),
    COMMON.version,
  ),
  minHostVersion: described(
    () => t('The oldest version of the host app that the app works with.'),
    COMMON.minHostVersion,
  ),
  category: described(
    () => t('Where the store lists the app.'),
    z.enum(CATEGORIES, 'manifest.category.value' satisfies RuleId),
  ),
  tags: described(() => t('Words that the store finds the app by.'), COMMON.tags),
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

/** The valid fields of a manifest that may be incomplete. */
export type ManifestFields = Partial<Manifest>;

/**
 * Checks the text itself as well, because `URL` accepts `https:host`, backslashes, spaces and line
 * ends.
 */
function isHttpsUrl(url: string): boolean {
  const isAsWritten = /^https:\/\/[^/?#][^\\\p{Cc}]*$/u.test(url) && url === url.trim();
  return isAsWritten && URL.canParse(url);
}
