import {
  CATEGORIES,
  DILINK_VERSIONS,
  ICON_EXTENSIONS,
  PICTURE_EXTENSIONS,
  VEHICLE_CAPABILITIES,
} from './manifestValues';
import { oneLine } from '../oneLine';
import type { Problem, Range } from '../problem';

interface Rule {
  severity: Problem['severity'];
  /** What is so, or has to be so, as a sentence about the field, file or text at fault. */
  text: string;
}

const error = (text: string): Rule => ({ severity: 'error', text });
const warning = (text: string): Rule => ({ severity: 'warning', text });
const info = (text: string): Rule => ({ severity: 'info', text });

const oneOf = (values: readonly string[]): Rule => error(`must be one of ${values.join(', ')}`);
const endsWith = (extensions: readonly string[]): Rule =>
  error(`must end with ${extensions.map((name) => `.${name}`).join(', ')}`);

const TRUE_OR_FALSE = error('must be true or false');
const REQUIRED = error('is required');
const TEXT = error('must be text');
const LIST = error('must be a list');
const EMPTY_LIST = error('must not be an empty list');
const LOCALIZED = {
  type: error('must map locales to texts, such as { "en": "…" }'),
  empty: error('needs at least one locale'),
  locale: error('must be a locale of two lower-case letters'),
  text: error('must be text that is not empty'),
};
const PATH = {
  type: error('must be a path beginning with "./"'),
  length: error('must have 3 to 256 characters'),
  relative: error('must begin with "./"'),
  parent: error('must not contain ".."'),
};

/**
 * Every rule about a mini-app but those on what a WebView understands: its stable id, how much it matters, and its words. A message
 * is the name of what breaks the rule and these words; an editor shows the words of all rules of a field.
 */
export const RULES = {
  'manifest.unreadable': error('cannot be read'),
  'manifest.syntax': error('must be plain JSON, without comments and trailing commas'),
  'manifest.duplicate-key': error('is there more than once'),
  'manifest.object': error('must be a JSON object'),
  'manifest.unknown-field': info('is no field of a manifest: it is not submitted'),
  'manifest.id.required': REQUIRED,
  'manifest.id.type': TEXT,
  'manifest.id.format': error(
    'must be 2 to 64 of a-z, 0-9, "_" and "-", beginning with a letter or digit',
  ),
  'manifest.name.required': REQUIRED,
  'manifest.name.type': LOCALIZED.type,
  'manifest.name.empty': LOCALIZED.empty,
  'manifest.name.locale': LOCALIZED.locale,
  'manifest.name.text': LOCALIZED.text,
  'manifest.description.type': LOCALIZED.type,
  'manifest.description.empty': LOCALIZED.empty,
  'manifest.description.locale': LOCALIZED.locale,
  'manifest.description.text': LOCALIZED.text,
  'manifest.icon.required': REQUIRED,
  'manifest.icon.type': PATH.type,
  'manifest.icon.length': PATH.length,
  'manifest.icon.relative': PATH.relative,
  'manifest.icon.parent': PATH.parent,
  'manifest.icon.extension': endsWith(ICON_EXTENSIONS),
  'manifest.coverImage.type': PATH.type,
  'manifest.coverImage.length': PATH.length,
  'manifest.coverImage.relative': PATH.relative,
  'manifest.coverImage.parent': PATH.parent,
  'manifest.coverImage.extension': endsWith(PICTURE_EXTENSIONS),
  'manifest.screenshots.type': LIST,
  'manifest.screenshots.count': error('must have at most 8 entries'),
  'manifest.screenshots.path': PATH.type,
  'manifest.screenshots.length': PATH.length,
  'manifest.screenshots.relative': PATH.relative,
  'manifest.screenshots.parent': PATH.parent,
  'manifest.screenshots.extension': endsWith(PICTURE_EXTENSIONS),
  'manifest.url.required': REQUIRED,
  'manifest.url.type': TEXT,
  'manifest.url.https': error('must be an https URL'),
  'manifest.version.required': REQUIRED,
  'manifest.version.type': TEXT,
  'manifest.version.empty': error('must not be empty'),
  'manifest.version.semver': warning('should be a semantic version, such as 1.4.2'),
  'manifest.minHostVersion.type': TEXT,
  'manifest.category.required': REQUIRED,
  'manifest.category.value': oneOf(CATEGORIES),
  'manifest.tags.type': LIST,
  'manifest.tags.count': error('must have at most 8 entries'),
  'manifest.tags.format': error('must be 1 to 24 of a-z, 0-9 and "-"'),
  'manifest.safeWhileDriving.type': TRUE_OR_FALSE,
  'manifest.requires.type': error('must be an object'),
  'manifest.requires.schema.value': error('must be a whole number of 1 or more'),
  'manifest.requires.dilink.type': LIST,
  'manifest.requires.dilink.empty': EMPTY_LIST,
  'manifest.requires.dilink.value': oneOf(DILINK_VERSIONS),
  'manifest.requires.vehicleCapabilities.type': LIST,
  'manifest.requires.vehicleCapabilities.empty': EMPTY_LIST,
  'manifest.requires.vehicleCapabilities.value': oneOf(VEHICLE_CAPABILITIES),
  'manifest.requires.modernWebview.type': TRUE_OR_FALSE,
  'manifest.requires.minBridge.type': TEXT,
  'manifest.requires.minBridge.length': error('must have 1 to 32 characters'),
  'manifest.permissions.type': LIST,
  'manifest.permissions.count': error('must have at most 32 entries'),
  'manifest.permissions.length': error('must be text of 1 to 64 characters'),
  'manifest.network.type': LIST,
  'manifest.network.count': error('must have at most 10 entries'),
  'manifest.network.scheme': error('must begin with https://'),
  'manifest.network.path': error('must be an origin alone: no path, query or fragment'),
  'manifest.network.credentials': error('must not hold credentials'),
  'manifest.network.wildcard': error('must not hold a wildcard'),
  'manifest.network.ip': error('must name a host, not an IP address'),
  'manifest.network.host': error(
    'has a host name that is not letters, digits and hyphens between dots',
  ),
  'manifest.network.domain': error('must name a host with a domain'),
  'manifest.network.port': error('has a port out of range'),
  'manifest.privileged.type': TRUE_OR_FALSE,
  'manifest.requiredEntitlement.type': TEXT,
  'manifest.requiredEntitlement.length': error('must have 1 to 64 characters'),

  'config.unreadable': error('cannot be read'),
  'config.syntax': error('must be plain JSON, without comments and trailing commas'),
  'config.duplicate-key': error('is there more than once'),
  'config.object': error('must be a JSON object'),
  'config.appRoot.type': TEXT,
  'config.distDir.type': TEXT,
  'config.buildCommand.type': TEXT,
  'config.dev.type': warning('should be an object'),
  'config.dev.port': warning('should be a whole number from 0 to 65535'),
  'config.dev.host': warning('should be text'),

  'requires.cluster-on-di5.0': warning('is on no car that is di5.0 only'),
  'requires.modern-webview-on-di5.0': warning('is true of no car that is di5.0 only'),
  'version.app-version': warning('must be the version in manifest.json'),
  'version.published': warning('is published already: devices keep the old bytes'),
  'version.not-compared': info('was not compared with the published version'),

  'asset.missing': error('is missing'),
  'asset.size': error('has too many bytes'),
  'asset.format': error('is not a picture of the kind that its name tells'),
  'asset.dimensions': error('has the wrong dimensions'),

  'files.unfit': error('cannot be published'),

  'secret.private-key': error('holds a private key'),
  'secret.key-file': error('has the name of a private key file'),
  'secret.env-file': error('is a file for secrets of the environment'),
  'secret.npm-token': error('holds a credential for a package registry'),
  'secret.access-token': error('holds an access token'),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;

export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(RULES, text);
}

/** The longest sentence about a problem, in UTF-16 units: a name in it may be of any length. */
const MAX_MESSAGE = 500;

/**
 * A finding of a rule.
 * @param message a whole sentence for the person at the editor; made one line, as {@link oneLine} does
 */
export function problemOf(rule: RuleId, message: string, file: string, range?: Range): Problem {
  const { severity } = RULES[rule];
  const words = oneLine(message, MAX_MESSAGE);
  return { severity, rule, message: words, file, ...(range === undefined ? {} : { range }) };
}
