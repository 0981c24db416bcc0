import * as z from 'zod/mini';
import { I99dashError } from '../errors';
import { isJsonObject, parseJson } from '../json';
import { canonicalOrigin } from './origin';
import type { Problem } from './problem';

export const CATEGORIES = [
  'navigation',
  'media',
  'vehicle',
  'productivity',
  'communication',
  'entertainment',
  'services',
  'lifestyle',
  'developer',
  'other',
] as const;

export const DILINK_VERSIONS = ['di5.0', 'di5.1', 'unknown'] as const;

export const VEHICLE_CAPABILITIES = [
  'display.read',
  'pkg.read',
  'pkg.launch.ivi',
  'pkg.launch.passenger',
  'pkg.launch.cluster.pixel',
  'pkg.launch.cluster.icons',
  'pkg.launch.dishare',
  'surface.write.ivi',
  'surface.write.passenger',
  'surface.write.cluster',
  'cursor.write',
  'gesture.dispatch',
  'ac.get',
  'ac.set',
  'door.set',
  'window.set',
] as const;

const RASTER = ['png', 'jpg', 'jpeg', 'webp', 'svg'];

const text = (min: number, max: number) =>
  z
    .string('must be text')
    .check(
      z.refine(
        (value) => value.length >= min && value.length <= max,
        `must have ${min} to ${max} characters`,
      ),
    );

const localizedText = z
  .record(
    z.string().check(z.regex(/^[a-z]{2}$/u)),
    z.string('must be text').check(z.minLength(1, 'must not be empty')),
    {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'must be a locale of two lower-case letters'
          : 'must map locales to texts, such as { "en": "…" }',
    },
  )
  .check(z.refine((map) => Object.keys(map).length > 0, 'needs at least one locale'));

const assetPath = (extensions: string[]) =>
  z.string('must be a path beginning with "./"').check(
    z.refine((path) => path.length >= 3 && path.length <= 256, 'must have 3 to 256 characters'),
    z.refine((path) => path.startsWith('./'), 'must begin with "./"'),
    z.refine((path) => !path.split(/[\\/]/u).includes('..'), 'must not contain ".."'),
    z.refine(
      (path) => extensions.includes((/\.([a-z0-9]+)$/iu.exec(path)?.[1] ?? '').toLowerCase()),
      `must end with ${extensions.map((name) => `.${name}`).join(', ')}`,
    ),
  );

const list = <T extends z.core.$ZodType>(item: T, max: number, what: string) =>
  z
    .array(item, `must be a list of ${what}`)
    .check(z.maxLength(max, `must have at most ${max} entries`));

const nonEmptyList = <const T extends readonly string[]>(values: T) =>
  z
    .array(z.enum(values, `must be one of ${values.join(', ')}`), 'must be a list')
    .check(z.minLength(1, 'must not be empty'));

const flag = z._default(z.boolean('must be true or false'), false);

const origin = z.pipe(
  z.string('must be text'),
  z.transform((value, context) => {
    const result = canonicalOrigin(value);
    if ('reason' in result) {
      context.issues.push({ code: 'custom', message: result.reason, input: value });
      return z.NEVER;
    }
    return result.origin;
  }),
);

/** The rules of `manifest.json`. What it parses to is what is submitted: defaults filled in, unknown top-level fields dropped. */
export const manifestSchema = z.object({
  id: z
    .string('must be text')
    .check(
      z.regex(
        /^[a-z0-9][a-z0-9_-]{1,63}$/u,
        'must be 2 to 64 of a-z, 0-9, "_" and "-", beginning with a letter or digit',
      ),
    ),
  name: localizedText,
  description: z.optional(localizedText),
  icon: assetPath(['png', 'svg']),
  coverImage: z.optional(assetPath(RASTER)),
  screenshots: z.optional(list(assetPath(RASTER), 8, 'paths')),
  url: z
    .string('must be an https URL')
    .check(
      z.refine(
        (url) => URL.canParse(url) && new URL(url).protocol === 'https:',
        'must be an https URL',
      ),
    ),
  version: z.string('must be text').check(z.minLength(1, 'must not be empty')),
  minHostVersion: z.optional(z.string('must be text')),
  category: z.enum(CATEGORIES, `must be one of ${CATEGORIES.join(', ')}`),
  tags: z.optional(
    list(
      z
        .string('must be text')
        .check(z.regex(/^[a-z0-9-]{1,24}$/u, 'must be 1 to 24 of a-z, 0-9 and "-"')),
      8,
      'tags',
    ),
  ),
  safeWhileDriving: flag,
  requires: z.optional(
    z.looseObject(
      {
        schema: z._default(
          z.int('must be a whole number').check(z.gte(1, 'must be at least 1')),
          1,
        ),
        dilink: z.optional(nonEmptyList(DILINK_VERSIONS)),
        vehicleCapabilities: z.optional(nonEmptyList(VEHICLE_CAPABILITIES)),
        modernWebview: z.optional(z.boolean('must be true or false')),
        minBridge: z.optional(text(1, 32)),
      },
      'must be an object',
    ),
  ),
  permissions: z.optional(list(text(1, 64), 32, 'permissions')),
  network: z.optional(
    z.pipe(
      list(origin, 10, 'origins'),
      z.transform((origins: string[]) => [...new Set(origins)]),
    ),
  ),
  privileged: flag,
  requiredEntitlement: z.optional(text(1, 64)),
});

/** A manifest that keeps every rule. */
export type Manifest = z.output<typeof manifestSchema>;

/**
 * Checks a manifest's text against every rule at once.
 * @returns the manifest as it is submitted, or all its problems
 * @throws MANIFEST_INVALID when the text is no JSON object
 */
export function validateManifest(
  json: string,
  file: string,
): { manifest: Manifest; problems: [] } | { manifest?: never; problems: Problem[] } {
  const value = parseJson(json.replace(/^\uFEFF/u, ''))?.value;
  if (!isJsonObject(value)) {
    throw new I99dashError('MANIFEST_INVALID', 'manifest.json is not a JSON object.', { file });
  }
  const result = manifestSchema.safeParse(value);
  if (result.success) {
    return { manifest: result.data, problems: [] };
  }
  return { problems: result.error.issues.map((issue) => toProblem(issue, value, file)) };
}

function toProblem(issue: z.core.$ZodIssue, value: Record<string, unknown>, file: string): Problem {
  const field = String(issue.path[0] ?? '');
  const missing = issue.path.length === 1 && !(field in value);
  const path = issue.path.map(String).join('.');
  return {
    severity: 'error',
    rule: `manifest.${field}`,
    message: missing ? `"${field}" is required` : `"${path}" ${issue.message}`,
    file,
  };
}
