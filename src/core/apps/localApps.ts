import { join } from 'node:path';
import { getNodeValue } from 'jsonc-parser/lib/esm/main.js';
import { isJsonObject, optionalString, parseJson, type JsonObject } from '../platform/json';
import { MANIFEST_FILE } from '../miniAppFolder';
import { readTree } from '../publish/json/jsonTree';
import { readTextFile } from '../platform/readTextFile';

/** A project on this computer. Its manifest may be invalid. */
export interface LocalApp {
  /** Absolute. */
  folder: string;
  /** As far as it can be read. */
  manifest: JsonObject;
  /** Null when the manifest has none. */
  id: string | null;
  version: string | null;
  /** Whether the manifest is not a JSON object. */
  isBroken: boolean;
}

/**
 * Reads the manifests of projects as far as possible. Leaves out those that cannot be read.
 * @param file the name of the manifest
 */
export async function readLocalApps(
  folders: readonly string[],
  file = MANIFEST_FILE,
): Promise<LocalApp[]> {
  const apps = await Promise.all(folders.map((folder) => readLocalApp(folder, file)));
  return apps.filter((app) => app !== undefined);
}

async function readLocalApp(folder: string, file: string): Promise<LocalApp | undefined> {
  const text = await readTextFile(join(folder, file)).catch(() => undefined);
  if (text === undefined) {
    return undefined;
  }
  const value = parseJson(text)?.value;
  const isBroken = !isJsonObject(value);
  const manifest = isBroken ? readBroken(text) : value;
  const [id, version] = ['id', 'version'].map((field) => optionalString(manifest, field));
  return { folder, manifest, id: id ?? null, version: version ?? null, isBroken };
}

/** The fields of a manifest that is being edited. */
function readBroken(text: string): JsonObject {
  const tree = readTree(text);
  const value: unknown = tree === undefined ? undefined : getNodeValue(tree);
  return isJsonObject(value) ? value : {};
}
