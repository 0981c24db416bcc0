import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isTokenText } from '../api/bearerToken';
import { homeFolder } from '../platform/homePath';
import { isJsonObject, parseJson } from '../platform/json';

/** A token that the command-line client stores in a file when there is no keyring. */
export interface CommandLineToken {
  path: string;
  token: string;
}

/** Limit for the file, in bytes. */
const MAX_TOKEN_FILE_BYTES = 64 * 1024;
/**
 * Assumed, because the file format is not documented publicly: one of these fields, at the top
 * level or under the account's name.
 */
const TOKEN_FIELDS = ['access_token', 'accessToken', 'token', 'apiKey', 'api_key'];
const ACCOUNT = 'default';

/**
 * Finds the token in the plain-text file of the command-line client. Never changes the file.
 * Returns undefined when there is none.
 */
export async function findCommandLineToken(
  path = join(homeFolder(), '.config', 'i99dash', 'sdk.json'),
): Promise<CommandLineToken | undefined> {
  const text = await readStart(path).catch(() => '');
  const token = readToken(parseJson(text)?.value);
  return token === undefined ? undefined : { path, token };
}

async function readStart(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    if (!(await file.stat()).isFile()) {
      return '';
    }
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(MAX_TOKEN_FILE_BYTES),
      0,
      MAX_TOKEN_FILE_BYTES,
      0,
    );
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function readToken(value: unknown): string | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const found = TOKEN_FIELDS.map((field) => value[field]).find(isTokenText);
  const account = value[ACCOUNT];
  return found ?? (isTokenText(account) ? account : readToken(account));
}
