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
/** For a name and a folder that make no id. */
const FALLBACK_ID = 'my-app';
/** Longer names fit no screen of a car; UTF-16 units. */
const MAX_NAME = 60;

/** What only the author knows of a new mini-app. */
export interface NewMiniApp {
  name: string;
  category: string;
}

/** A folder that was made a mini-app. */
export interface MadeMiniApp extends WrittenFiles, BuildProposal {
  id: string;
}

/** Why a text cannot be the name of a mini-app, in words for people; undefined when it can. */
export function objectionToAppName(name: string): string | undefined {
  if (name.trim() === '') {
    return t('Enter a name.');
  }
  if (/\p{Cc}/u.test(name)) {
    return t('A name has no line breaks or control characters.');
  }
  return name.trim().length > MAX_NAME
    ? t('A name has at most {0} characters.', MAX_NAME)
    : undefined;
}

function objectionTo({ name, category }: NewMiniApp): string | undefined {
  const isKnown = CATEGORIES.some((each) => each === category);
  return isKnown
    ? objectionToAppName(name)
    : t('“{0}” must be one of these: {1}.', 'category', CATEGORIES.join(', '));
}

/** A name to begin with, made of the folder's. */
export function suggestAppName(folder: string): string {
  return appNameFromId(appIdFromName(basename(folder)) ?? FALLBACK_ID);
}

/** The id of a new mini-app: of its name, or else of its folder's. */
export function suggestAppId(name: string, folder: string): string {
  return appIdFromName(name) ?? appIdFromName(basename(folder)) ?? FALLBACK_ID;
}

/**
 * Makes a folder a mini-app: writes `manifest.json`, `sdk.config.json` and an icon, as far as they
 * are missing.
 * @param app undefined when the folder has a manifest, which is never changed
 * @param root at or above the folder: where the lock file of a monorepo lies
 * @throws VALIDATION_FAILED when name or category will not do, or a file cannot be written
 */
export async function makeMiniApp(
  folder: string,
  app: NewMiniApp | undefined,
  root = folder,
): Promise<MadeMiniApp> {
  const objection = app === undefined ? undefined : objectionTo(app);
  if (objection !== undefined) {
    throw new I99dashError('VALIDATION_FAILED', objection);
  }
  const proposal = await proposeBuild(folder, root);
  const name = app?.name.trim() ?? suggestAppName(folder);
  const existing = await readManifest(folder);
  const id = optionalString(existing, 'id') ?? suggestAppId(name, folder);
  const files: NewFile[] = [
    ...(app === undefined ? [] : [manifestFile(id, name, app.category)]),
    { path: CONFIG_FILE, text: json(proposal.config) },
    ...(Object.hasOwn(existing, 'icon')
      ? []
      : [{ path: posix.join(proposal.pictures, ICON), text: placeholderIcon(name, id) }]),
  ];
  return { id, ...proposal, ...(await writeNewFiles(folder, files)) };
}

function manifestFile(id: string, name: string, category: string): NewFile {
  const manifest = {
    ...{ id, name: { [/[\u0600-\u06FF]/u.test(name) ? 'ar' : 'en']: name }, icon: ICON },
    ...{ url: hostedUrl(id), version: FIRST_VERSION, category },
  };
  return { path: MANIFEST_FILE, text: json(manifest) };
}

/** Empty where there is none, or none that can be read. */
async function readManifest(folder: string): Promise<JsonObject> {
  const text = await readTextFile(join(folder, MANIFEST_FILE)).catch(() => '');
  const manifest = parseJson(text)?.value;
  return isJsonObject(manifest) ? manifest : {};
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
