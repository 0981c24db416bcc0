import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { PublicKeyError } from './keys';
import { profileNamed } from './profiles';
import type { LoggedRequest } from './request-log';
import { type Backend, startBackend } from './server';
import { DuplicateKeyError } from './state/accounts';
import type { Account } from './state/model';

const USAGE = `usage: npm run backend -- [--port N] [--state DIR] [--key PATH.pub …] [--token-life SECONDS]
                          [--review pending|auto-approved] [--profile developer|operator|older]
                          [--device-code] [--no-ssh]`;
const DEFAULT_PORT = 4799;

function readArguments() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: String(DEFAULT_PORT) },
      state: { type: 'string' },
      key: { type: 'string', multiple: true, default: [] },
      'token-life': { type: 'string', default: '900' },
      review: { type: 'string', default: 'pending' },
      profile: { type: 'string', default: 'developer' },
      'device-code': { type: 'boolean', default: false },
      'no-ssh': { type: 'boolean', default: false },
    },
  });
  return {
    port: wholeNumber(values.port),
    life: wholeNumber(values['token-life']),
    review: reviewStatusOf(values.review),
    folder: values.state,
    keys: values.key,
    profile: profileNamed(values.profile),
    deviceCode: values['device-code'],
    sshEnabled: !values['no-ssh'],
  };
}

function reviewStatusOf(text: string): 'pending' | 'auto-approved' {
  if (text !== 'pending' && text !== 'auto-approved') throw new Error(`--review: not ${text}`);
  return text;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${text} is not a whole number`);
  return Number(text);
}

/** Prints one line per request without the query, because a presigned query is a credential. */
function logRequest(entry: LoggedRequest): void {
  const { method, path, bodyBytes } = entry;
  const time = new Date(entry.at).toISOString().slice(11, 19);
  const bearer = entry.hasAuthorization ? ' with a credential' : '';
  const status = entry.status ?? 'no answer';
  console.log(`${time} ${method} ${path} → ${status} (${bodyBytes} bytes${bearer})`);
}

function registerKeys(backend: Backend, { devId }: Account, paths: readonly string[]): void {
  for (const path of paths) {
    const line = readFileSync(path, 'utf8');
    try {
      const name = basename(path).slice(0, 80);
      const key = backend.state.addKey(devId, line, { name });
      console.log(`Registered ${key.fingerprint} (${path}).`);
    } catch (error) {
      if (error instanceof PublicKeyError)
        throw new Error(`${path}: ${error.message}`, { cause: error });
      if (!(error instanceof DuplicateKeyError)) throw error;
      console.log(`${path} is registered already.`);
    }
  }
}

function explain({ url, state, settings }: Backend, { devId, email }: Account): void {
  console.log(`i99dash development backend at ${url}, account ${email ?? devId}.`);
  console.log(
    settings.wallet
      ? `Use it: set "i99op.enabled", and "i99op.backendUrl" to ${url}`
      : `Use it: set "i99dash.backendUrl" and "i99dash.webConsoleUrl" to ${url}, or I99DASH_BACKEND_URL=${url}`,
  );
  if (!settings.sshKeys || state.accounts.keysOf(devId).length > 0) return;
  console.log(`No key is registered: open ${url}/account/ssh-keys, or start with --key PATH.pub.`);
}

async function main(): Promise<void> {
  const { port, life, review, folder, keys, profile, deviceCode, sshEnabled } = readArguments();
  const [account] = profile.accounts;
  const backend = await startBackend({
    ...profile,
    port,
    tokenLifeSeconds: life,
    reviewStatus: review,
    ...(deviceCode ? { deviceCode } : {}),
    sshEnabled,
    onRequest: logRequest,
    ...(folder === undefined ? {} : { stateDir: folder }),
  });
  try {
    registerKeys(backend, account, keys);
    explain(backend, account);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  } finally {
    await backend.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 1;
});
