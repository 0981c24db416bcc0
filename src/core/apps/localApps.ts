import { join } from 'node:path';
import { isJsonObject, optionalString, parseJson, type JsonObject } from '../json';
import { MANIFEST_FILE } from '../miniAppFolder';
import { readTextFile } from '../readTextFile';

/** A mini-app on this computer. Its manifest may be invalid. */
export interface LocalApp {
  /** Absolute. */
  folder: string;
  manifest: JsonObject;
  id: string;
  version: string | null;
}

/** Reads the manifests of mini-apps. Leaves out those without an ID. */
export async function readLocalApps(folders: readonly string[]): Promise<LocalApp[]> {
  const apps = await Promise.all(folders.map(readLocalApp));
  return apps.filter((app) => app !== undefined);
}

async function readLocalApp(folder: string): Promise<LocalApp | undefined> {
  const text = await readTextFile(join(folder, MANIFEST_FILE)).catch(() => '');
  const manifest = parseJson(text)?.value;
  const id = isJsonObject(manifest) ? optionalString(manifest, 'id') : null;
  return id === null || !isJsonObject(manifest)
    ? undefined
    : { folder, manifest, id, version: optionalString(manifest, 'version') };
}
