import { join, posix } from 'node:path';
import { I99dashError } from '../errors';
import { isJsonObject, optionalString, parseJson, type JsonObject } from '../platform/json';
import { CONFIG_FILE, MANIFEST_FILE } from '../miniAppFolder';
import { placeholderIcon } from '../publish/project/placeholderIcon';
import { readTextFile } from '../platform/readTextFile';
import { proposeBuild, type BuildProposal } from './buildProposal';
import { jsonFile, writeNewFiles, type NewFile, type WrittenFiles } from './newFiles';
import { requireCategory } from './newProject';
import { isArabic, suggestId, suggestName, validateName } from './projectName';
import { ICON, miniAppManifest } from './templates/miniAppFiles';

/** The values of a new mini-app that only its author knows. */
export interface NewMiniApp {
  name: string;
  category: string;
}

/** A folder that was made a mini-app. */
export interface MadeMiniApp extends WrittenFiles, BuildProposal {
  id: string;
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
  if (app !== undefined) {
    requireCategory('miniApp', app.category);
    requireName(app.name);
  }
  const proposal = await proposeBuild(folder, root);
  const name = app?.name.trim() ?? suggestName(folder);
  const existing = await readManifest(folder);
  const id = optionalString(existing, 'id') ?? suggestId(name, folder);
  const files: NewFile[] = [
    ...(app === undefined
      ? []
      : [
          miniAppManifest(
            { id, category: app.category },
            { name: { [isArabic(name) ? 'ar' : 'en']: name } },
          ),
        ]),
    jsonFile(CONFIG_FILE, proposal.config),
    ...(Object.hasOwn(existing, 'icon')
      ? []
      : [{ path: posix.join(proposal.pictures, ICON), text: placeholderIcon(name, id) }]),
  ];
  return { id, ...proposal, ...(await writeNewFiles(folder, files)) };
}

/** @throws VALIDATION_FAILED if a text cannot be a name */
function requireName(name: string): void {
  const objection = validateName(name);
  if (objection !== undefined) {
    throw new I99dashError('VALIDATION_FAILED', objection);
  }
}

/** Returns the manifest, or an empty object if it is missing or unreadable. */
async function readManifest(folder: string): Promise<JsonObject> {
  const text = await readTextFile(join(folder, MANIFEST_FILE)).catch(() => '');
  const manifest = parseJson(text)?.value;
  return isJsonObject(manifest) ? manifest : {};
}
