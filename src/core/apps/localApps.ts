import { join } from 'node:path';
import { getNodeValue } from 'jsonc-parser/lib/esm/main.js';
import { isJsonObject, optionalString, parseJson, type JsonObject } from '../platform/json';
import { readTree } from '../publish/json/jsonTree';
import { readTextFile } from '../platform/readTextFile';
import type { FoundProject } from '../projectFolders';
import type { ProjectKind } from '../projectKind';
import type { PastSubmission, PublishHistory } from '../publish/publishHistory';

/** A project on this computer. Its manifest may be invalid. */
export interface LocalApp {
  kind: ProjectKind;
  /** Absolute. */
  folder: string;
  /** As far as it can be read. */
  manifest: JsonObject;
  /** Null when the manifest has none. */
  id: string | null;
  version: string | null;
  /** Whether the manifest is not a JSON object. */
  isBroken: boolean;
  /** The last submission from this computer, if the backend does not list such projects. */
  lastSubmission?: PastSubmission;
}

/** Reads the manifests of projects as far as possible. Leaves out those that cannot be read. */
export async function readLocalApps(projects: readonly FoundProject[]): Promise<LocalApp[]> {
  const apps = await Promise.all(projects.map(readLocalApp));
  return apps.filter((app) => app !== undefined);
}

/** Adds the last submissions, for projects that the backend does not list. */
export async function addLastSubmissions(
  apps: readonly LocalApp[],
  history: PublishHistory,
  backendUrl: string,
): Promise<LocalApp[]> {
  return Promise.all(
    apps.map(async (app) => {
      const { kind, id } = app;
      const lastSubmission =
        kind.isListed || id === null
          ? undefined
          : await history.findLast({ kind: kind.id, appId: id }, backendUrl);
      return lastSubmission === undefined ? app : { ...app, lastSubmission };
    }),
  );
}

async function readLocalApp({ folder, kind }: FoundProject): Promise<LocalApp | undefined> {
  const text = await readTextFile(join(folder, kind.manifestFile)).catch(() => undefined);
  if (text === undefined) {
    return undefined;
  }
  const value = parseJson(text)?.value;
  const isBroken = !isJsonObject(value);
  const manifest = isBroken ? readBroken(text) : value;
  const [id, version] = ['id', 'version'].map((field) => optionalString(manifest, field));
  return { kind, folder, manifest, id: id ?? null, version: version ?? null, isBroken };
}

/** The fields of a manifest that is being edited. */
function readBroken(text: string): JsonObject {
  const tree = readTree(text);
  const value: unknown = tree === undefined ? undefined : getNodeValue(tree);
  return isJsonObject(value) ? value : {};
}
