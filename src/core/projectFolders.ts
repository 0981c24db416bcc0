import { opendir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseJson } from './platform/json';
import { readTextFile } from './platform/readTextFile';
import { MINI_APP, PROJECT_KINDS, type ProjectKind } from './projectKind';

/** Folders that are not searched for projects. */
const SKIPPED_FOLDERS = /^(\..*|node_modules|dist|build|out|vendor)$/u;
const MAX_FOLDER_DEPTH = 3;
/** Limit for the search. Workspaces with more folders near the top are searched in part. */
const MAX_SEARCHED_FOLDERS = 2_000;
/** Limit for the entries read per folder. Folders with more entries hold data. */
const MAX_FOLDER_ENTRIES = 20_000;
/** Number of folders checked concurrently. Each may hold a large manifest. */
const FOLDERS_AT_ONCE = 32;

/** A project on disk. */
export interface FoundProject {
  /** Absolute. */
  folder: string;
  kind: ProjectKind;
}

/** Returns the kind of project in a folder; undefined if the folder is no project. */
export async function findKind(folder: string): Promise<ProjectKind | undefined> {
  for (const kind of PROJECT_KINDS) {
    if (await isKind(folder, kind)) {
      return kind;
    }
  }
  return undefined;
}

async function isKind(folder: string, kind: ProjectKind): Promise<boolean> {
  const text = await readTextFile(join(folder, kind.manifestFile)).catch(() => undefined);
  if (text === undefined) {
    return false;
  }
  const { configFile } = kind;
  const config =
    configFile === undefined
      ? undefined
      : await stat(join(folder, configFile)).catch(() => undefined);
  return config?.isFile() === true || kind.isManifest(parseJson(text)?.value);
}

/** Checks whether a folder is a mini-app. */
export function isMiniApp(folder: string): Promise<boolean> {
  return isKind(folder, MINI_APP);
}

/**
 * Returns the project that contains a file or folder: the path itself or its nearest ancestor;
 * undefined outside a project.
 */
export async function findProject(path: string): Promise<FoundProject | undefined> {
  for (let folder = path; ; folder = dirname(folder)) {
    const kind = await findKind(folder);
    if (kind !== undefined) {
      return { folder, kind };
    }
    if (folder === dirname(folder)) {
      return undefined;
    }
  }
}

/** Returns the kind of a folder, even if its manifest is invalid JSON; undefined if it has none. */
export async function findStillKind(folder: string): Promise<ProjectKind | undefined> {
  const found = await findKind(folder);
  if (found !== undefined) {
    return found;
  }
  for (const kind of PROJECT_KINDS) {
    if (await isStillProject({ folder, kind })) {
      return kind;
    }
  }
  return undefined;
}

/**
 * Checks whether the folder of a known project still counts as one. A manifest with invalid JSON
 * does, because that happens while it is edited.
 */
export async function isStillProject({
  folder,
  kind,
}: Pick<FoundProject, 'folder' | 'kind'>): Promise<boolean> {
  const text = await readTextFile(join(folder, kind.manifestFile)).catch(() => undefined);
  return text !== undefined && (parseJson(text) === undefined || isKind(folder, kind));
}

/**
 * Finds the projects at or below the given folders, breadth first. Returns each once, although
 * roots may be nested. Symbolic links are not followed.
 */
export async function findProjects(roots: readonly string[]): Promise<FoundProject[]> {
  const found: FoundProject[] = [];
  const seen = new Set<string>();
  let level = [...roots];
  for (let depth = 0; depth <= MAX_FOLDER_DEPTH && level.length > 0; depth++) {
    const unseen = [...new Set(level)].filter((folder) => !seen.has(folder));
    const visited = unseen.slice(0, MAX_SEARCHED_FOLDERS - seen.size);
    visited.forEach((folder) => seen.add(folder));
    level = [];
    for (let from = 0; from < visited.length; from += FOLDERS_AT_ONCE) {
      const visits = await Promise.all(visited.slice(from, from + FOLDERS_AT_ONCE).map(visit));
      for (const { project, below } of visits) {
        if (project !== undefined) {
          found.push(project);
        }
        level = level.concat(below);
      }
    }
  }
  return found;
}

/** Does not descend into projects, which may hold very many files. */
async function visit(folder: string): Promise<{ project?: FoundProject; below: string[] }> {
  const kind = await findKind(folder);
  return kind === undefined
    ? { below: await subfolders(folder) }
    : { project: { folder, kind }, below: [] };
}

async function subfolders(folder: string): Promise<string[]> {
  const found: string[] = [];
  let seen = 0;
  try {
    for await (const entry of await opendir(folder, { bufferSize: 256 })) {
      if (entry.isDirectory() && !SKIPPED_FOLDERS.test(entry.name)) {
        found.push(join(folder, entry.name));
      }
      if (++seen >= MAX_FOLDER_ENTRIES) {
        break;
      }
    }
  } catch {
    // The folder is not readable, or was deleted in the meantime.
  }
  return found.sort();
}
