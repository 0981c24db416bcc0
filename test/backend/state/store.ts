import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, parseJson } from '../envelope';
import type { StateData } from './model';

const FILE = 'state.json';

/** Returns an empty state with a new secret. */
export function emptyState(): StateData {
  return {
    version: 1,
    secret: randomBytes(32).toString('hex'),
    accounts: [],
    keys: [],
    tokens: [],
    apiKeys: [],
    bundles: [],
    apps: [],
  };
}

/**
 * Loads the state from `folder`, or an empty one.
 * @throws when the file is not a state file
 */
export function loadState(folder: string): StateData {
  const file = join(folder, FILE);
  if (!existsSync(file)) return emptyState();
  const data = parseJson(readFileSync(file));
  if (!isStateData(data)) throw new Error(`${file} is not a state file of this backend`);
  return data;
}

/** Writes the state to `folder`, readable by the owner only because it holds the signing secret. */
export function saveState(folder: string, data: StateData): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, FILE);
  writeFileSync(`${file}.tmp`, JSON.stringify(data, null, 2), { mode: 0o600 });
  renameSync(`${file}.tmp`, file);
}

function isStateData(value: unknown): value is StateData {
  if (!isObject(value) || value['version'] !== 1 || typeof value['secret'] !== 'string')
    return false;
  return ['accounts', 'keys', 'tokens', 'apiKeys', 'bundles', 'apps'].every((table) =>
    Array.isArray(value[table]),
  );
}
