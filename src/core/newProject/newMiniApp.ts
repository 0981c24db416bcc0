import { basename, join, posix } from 'node:path';
import { I99dashError } from '../errors';
import { isJsonObject, optionalString, parseJson, type JsonObject } from '../platform/json';
import { t } from '../text/l10n';
import { CONFIG_FILE, MANIFEST_FILE } from '../miniAppFolder';
import { appIdFromName, appNameFromId, hostedUrl } from '../publish/project/appNames';
import { CATEGORIES } from '../publish/rules/manifestValues';
import { placeholderIcon } from '../publish/project/placeholderIcon';
import { readTextFile } from '../platform/readTextFile';
import { proposeBuild, type BuildProposal } from './buildProposal';
import { writeNewFiles, type NewFile, type WrittenFiles } from './newFiles';

const ICON = './icon.svg';
const FIRST_VERSION = '1.0.0';
/** The ID if neither the name nor the folder results in one. */
const FALLBACK_ID = 'my-app';
/** The maximum length of a name, in UTF-16 units. Longer names do not fit on a car's screen. */
const MAX_APP_NAME = 60;

/** The values of a new mini-app that only its author knows. */
export interface NewMiniApp {
  name: string;
  category: string;
}

/** A folder that was made a mini-app. */
export interface MadeMiniApp extends WrittenFiles, BuildProposal {
  id: string;
}

/** Returns why a text cannot be the name of a mini-app, as text to display; undefined if it can. */
export function validateAppName(name: string): string | undefined {
  if (name.trim() === '') {
    return t('Enter a name.');
  }
  if (/\p{Cc}/u.test(name)) {
    return t('A name has no line breaks or control characters.');
  }
  return name.trim().length > MAX_APP_NAME
    ? t('A name has at most {0} characters.', MAX_APP_NAME)
    : undefined;
}

function validateAnswers({ name, category }: NewMiniApp): string | undefined {
  const isKnown = CATEGORIES.some((each) => each === category);
  return isKnown
    ? validateAppName(name)
    : t('“{0}” must be one of these: {1}.', 'category', CATEGORIES.join(', '));
}

/** Suggests a name, derived from the folder's name. */
export function suggestAppName(folder: string): string {
  return appNameFromId(appIdFromName(basename(folder)) ?? FALLBACK_ID);
}

/** Suggests an ID, derived from the name or else from the folder's name. */
export function suggestAppId(name: string, folder: string): string {
  return appIdFromName(name) ?? appIdFromName(basename(folder)) ?? FALLBACK_ID;
}

/**
 * Makes a folder a mini-app: writes `manifest.json`, `sdk.config.json` and an icon if they are
 * missing.
 * @param app undefined if the folder has a manifest, which is never changed
 * @param root the folder or an ancestor that contains the lock file of a monorepo
 * @throws VALIDATION_FAILED if the name or category is invalid, or a file cannot be written
 */
export async function makeMiniApp(
  folder: string,
  app: NewMiniApp | undefined,
  root = folder,
): Promise<MadeMiniApp> {
  const objection = app === undefined ? undefined : validateAnswers(app);
  if (objection !== undefined) {
    throw new I99dashError('VALIDATION_FAILED', objection);
  }
  const proposal = await proposeBuild(folder, root);
  const name = app?.name.trim() ?? suggestAppName(folder);
  const existing = await readManifest(folder);
  const id = optionalString(existing, 'id') ?? suggestAppId(name, folder);
  const files: NewFile[] = [
    ...(app === undefined ? [] : [newManifest(id, name, app.category)]),
    { path: CONFIG_FILE, text: json(proposal.config) },
    ...(Object.hasOwn(existing, 'icon')
      ? []
      : [{ path: posix.join(proposal.pictures, ICON), text: placeholderIcon(name, id) }]),
  ];
  return { id, ...proposal, ...(await writeNewFiles(folder, files)) };
}

function newManifest(id: string, name: string, category: string): NewFile {
  const manifest = {
    ...{ id, name: { [/[\u0600-\u06FF]/u.test(name) ? 'ar' : 'en']: name }, icon: ICON },
    ...{ url: hostedUrl(id), version: FIRST_VERSION, category },
  };
  return { path: MANIFEST_FILE, text: json(manifest) };
}

/** Returns the manifest, or an empty object if it is missing or unreadable. */
async function readManifest(folder: string): Promise<JsonObject> {
  const text = await readTextFile(join(folder, MANIFEST_FILE)).catch(() => '');
  const manifest = parseJson(text)?.value;
  return isJsonObject(manifest) ? manifest : {};
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
