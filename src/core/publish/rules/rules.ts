import {
  CATEGORIES,
  DILINK_VERSIONS,
  ICON_EXTENSIONS,
  PICTURE_EXTENSIONS,
  VEHICLE_CAPABILITIES,
} from './manifestValues';
import {
  DUPLICATE,
  EMPTY_LIST,
  endsWith,
  error,
  hasAtMost,
  hasCharacters,
  info,
  JSON_OBJECT,
  LIST,
  LOCALIZED,
  OBJECT,
  oneOf,
  PATH,
  REQUIRED,
  SYNTAX,
  TEXT,
  TRUE_OR_FALSE,
  UNREADABLE,
  warning,
  type Rule,
} from './rule';
import { THEME_RULES } from './themeRules';
import { plural, t } from '../../text/l10n';
import { CONFIG_FILE } from '../../miniAppFolder';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem, Range } from '../../problem';

/**
 * All rules about a project except those about WebView support: stable ID, severity and text. A
 * message consists of the name of the offending thing and this text; an editor shows the texts of
 * all rules of a field.
 */
export const RULES = {
  'manifest.unreadable': UNREADABLE,
  'manifest.syntax': SYNTAX,
  'manifest.duplicate-key': DUPLICATE,
  'manifest.object': JSON_OBJECT,
  'manifest.unknown-field': info(() => t('is no field of a manifest: it is not submitted')),
  'manifest.number': error(() => t('is a number that JSON cannot keep; write it as text')),
  'manifest.proto': error(() => t('has a name that is lost when the manifest is submitted')),
  'manifest.id.required': REQUIRED,
  'manifest.id.type': TEXT,
  'manifest.id.format': error(() =>
    t('must be 2 to 64 of a-z, 0-9, "_" and "-", beginning with a letter or digit'),
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
  'manifest.screenshots.count': hasAtMost(8),
  'manifest.screenshots.path': PATH.type,
  'manifest.screenshots.length': PATH.length,
  'manifest.screenshots.relative': PATH.relative,
  'manifest.screenshots.parent': PATH.parent,
  'manifest.screenshots.extension': endsWith(PICTURE_EXTENSIONS),
  'manifest.url.required': REQUIRED,
  'manifest.url.type': TEXT,
  'manifest.url.https': error(() => t('must be a URL that begins with {0}', 'https://')),
  'manifest.version.required': REQUIRED,
  'manifest.version.type': TEXT,
  'manifest.version.empty': error(() => t('must not be empty')),
  'manifest.version.semver': warning(() => t('should be a semantic version, such as {0}', '1.4.2')),
  'manifest.minHostVersion.type': TEXT,
  'manifest.category.required': REQUIRED,
  'manifest.category.value': oneOf(CATEGORIES),
  'manifest.tags.type': LIST,
  'manifest.tags.count': hasAtMost(8),
  'manifest.tags.format': error(() => t('must be 1 to 24 of a-z, 0-9 and "-"')),
  'manifest.safeWhileDriving.type': TRUE_OR_FALSE,
  'manifest.requires.type': OBJECT,
  'manifest.requires.schema.value': error(() => t('must be a whole number of 1 or more')),
  'manifest.requires.dilink.type': LIST,
  'manifest.requires.dilink.empty': EMPTY_LIST,
  'manifest.requires.dilink.value': oneOf(DILINK_VERSIONS),
  'manifest.requires.vehicleCapabilities.type': LIST,
  'manifest.requires.vehicleCapabilities.empty': EMPTY_LIST,
  'manifest.requires.vehicleCapabilities.value': oneOf(VEHICLE_CAPABILITIES),
  'manifest.requires.modernWebview.type': TRUE_OR_FALSE,
  'manifest.requires.minBridge.type': TEXT,
  'manifest.requires.minBridge.length': hasCharacters(1, 32),
  'manifest.permissions.type': LIST,
  'manifest.permissions.count': hasAtMost(32),
  'manifest.permissions.length': error(() => t('must be text of 1 to 64 characters')),
  'manifest.network.type': LIST,
  'manifest.network.count': hasAtMost(10),
  'manifest.network.scheme': error(() => t('must begin with {0}', 'https://')),
  'manifest.network.path': error(() => t('must be an origin alone: no path, query or fragment')),
  'manifest.network.credentials': error(() => t('must not hold credentials')),
  'manifest.network.wildcard': error(() => t('must not hold a wildcard')),
  'manifest.network.ip': error(() => t('must name a host, not an IP address')),
  'manifest.network.length': error(() => t('must have at most {0} characters', 253)),
  'manifest.network.host': error(() =>
    t('has a host name that is not letters, digits and hyphens between dots'),
  ),
  'manifest.network.domain': error(() => t('must name a host with a domain')),
  'manifest.network.port': error(() => t('has a port out of range')),
  'manifest.privileged.type': TRUE_OR_FALSE,
  'manifest.requiredEntitlement.type': TEXT,
  'manifest.requiredEntitlement.length': hasCharacters(1, 64),

  ...THEME_RULES,

  'config.unreadable': UNREADABLE,
  'config.syntax': SYNTAX,
  'config.duplicate-key': DUPLICATE,
  'config.object': JSON_OBJECT,
  'config.appRoot.type': TEXT,
  'config.distDir.type': TEXT,
  'config.buildCommand.type': TEXT,
  'config.dev.type': OBJECT,
  'config.dev.port': error(() => t('must be a whole number from 0 to 65535')),
  'config.dev.host': TEXT,
  'config.unknown-field': warning(() => t('is not a field of {0}', CONFIG_FILE)),

  'requires.schema': warning(() => t('is above what the cars of today understand')),
  'requires.no-platform': warning(() => t('names no platform that a car has')),
  'requires.min-bridge': warning(() => t('is not a version')),
  'backend.refused': error(() => t('was refused by the backend')),

  'requires.cluster-on-di5.0': warning(() => t('is on no car that is di5.0 only')),
  'requires.modern-webview-on-di5.0': warning(() => t('is true of no car that is di5.0 only')),
  'version.app-version': warning(() => t('must be the version in manifest.json')),
  'version.published': warning(() => t("was already submitted: devices that have it won't update")),
  'version.lower': warning(() => t('is lower than the latest published version')),
  'version.not-compared': info(() => t('was not compared with the published version')),

  'contrast.text': warning(() => t('is hard to read')),
  'contrast.accent': warning(() => t('is hard to see')),

  'asset.missing': error(() => t('is missing')),
  'asset.name': warning(() => t('must be the name of the file, with its upper and lower case')),
  'asset.placeholder': warning(() => t('is the placeholder icon')),
  'asset.size': error(() => t('has too many bytes')),
  'asset.format': error(() => t('is not a picture of the kind that its name tells')),
  'asset.dimensions': error(() => t('has the wrong dimensions')),

  'page.missing': error(() => t('needs a page at its root')),
  'page.index': warning(() => t('should have a page {0} at its root', 'index.html')),
  'page.reference': warning(() => t('is not in the bundle')),

  'output.elsewhere': warning(() => t('must be the folder that the build writes')),
  'output.unbuilt': warning(() => t('should be the folder that a build writes')),
  'output.stale': warning(() => t('should be written by the build')),

  'files.unfit': error(() => t('cannot be published')),

  'problems.more': info(() => t('has more problems than are listed')),
  'problems.unchecked': error(() => t('could not be checked')),

  'secret.private-key': error(() => t('holds a private key')),
  'secret.key-file': error(() => t('has the name of a private key file')),
  'secret.env-file': error(() => t('is a file for secrets of the environment')),
  'secret.npm-token': error(() => t('holds a credential for a package registry')),
  'secret.access-token': error(() => t('holds an access token')),
  'secret.api-key': error(() => t('holds an API key of i99dash')),
  'secret.service-token': error(() => t('holds a token or key of a service')),
  // Such a key is public in pages that use Google services: Firebase and Maps require it.
  'secret.google-api-key': warning(() => t('holds an API key of Google')),
  'secret.credentials-file': error(() => t('is a file in which programs keep credentials')),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;

/** Checks whether a text is the ID of a rule. */
export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(RULES, text);
}

/** The longest message of a problem, in UTF-16 units. Names in it may be of any length. */
export const MAX_MESSAGE = 500;

/**
 * Builds a message: `"icon" is required`.
 * @param name name of a field, a value or a file; untrusted text
 * @param words our text, which follows the name
 */
export function sentence(name: string, words: string): string {
  return t('"{0}" {1}', sanitizeLine(name, Infinity), words);
}

/** Builds a message about a file, whose name needs no quotes: `manifest.json is empty`. */
export function fileSentence(name: string, words: string): string {
  const args = [sanitizeLine(name, Infinity), words];
  return t({ message: '{0} {1}', args, comment: 'A file, and what is wrong with it' });
}

/** Appends a suggestion to a problem. */
export function didYouMean(problem: Problem, meant: string | undefined): Problem {
  return meant === undefined
    ? problem
    : { ...problem, message: t('{0}; did you mean "{1}"?', problem.message, meant) };
}

/**
 * Returns how many problems an app has, and the first one.
 * @param message a whole sentence
 */
export function countProblems(count: number, app: string, message: string): string {
  return plural(
    count,
    { one: '{0} problem in {1}: {2}', other: '{0} problems in {1}: {2}' },
    app,
    message,
  );
}

/**
 * Creates a problem of a rule.
 * @param message a whole sentence for the user; untrusted text in it has been sanitized by
 * {@link sanitizeLine}. It is reduced to one line
 */
export function toProblem(id: RuleId, message: string, file: string, range?: Range): Problem {
  const { severity } = RULES[id];
  const words = sanitizeLine(message, MAX_MESSAGE);
  return { severity, rule: id, message: words, file, ...(range === undefined ? {} : { range }) };
}
