import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { connect } from 'node:net';
import { isObject } from '../../backend/envelope';
import type { Backend } from '../../backend/server';
import { fingerprintOfLine, toPublicKeyLine } from '../../support/ssh-key';

/** An answer without its envelope. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly data: unknown;
  /** The error code, if any. */
  readonly code: unknown;
}

export interface CallOptions {
  readonly json?: unknown;
  readonly form?: Record<string, string>;
  readonly token?: string;
}

/** Sends one request to the API of the backend. */
export async function call(
  { url }: Pick<Backend, 'url'>,
  route: string,
  { json, form, token }: CallOptions = {},
): Promise<Answer> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const headers: Record<string, string> = {};
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (json !== undefined) headers['content-type'] = 'application/json';
  const body = json === undefined ? form && new URLSearchParams(form) : JSON.stringify(json);
  const response = await fetch(url + path, { method, headers, body: body ?? null });
  const parsed: unknown = JSON.parse(await response.text());
  const envelope = isObject(parsed) ? parsed : {};
  const error = isObject(envelope['error']) ? envelope['error'] : {};
  const { status, headers: received } = response;
  return { status, headers: received, body: parsed, data: envelope['data'], code: error['code'] };
}

/**
 * Returns the text at a path of keys.
 * @throws Error if there is none
 */
export function textAt(value: unknown, ...path: (string | number)[]): string {
  let current = value;
  for (const key of path) {
    current = (current as Record<string | number, unknown>)[key];
  }
  if (typeof current !== 'string') throw new Error(`no text at ${path.join('.')}`);
  return current;
}

/** An ed25519 key that signs challenges. */
export interface SigningKey {
  readonly line: string;
  readonly fingerprint: string;
  sign(nonce: string): string;
}

/** Creates a key without ssh-keygen, or wraps the given one. */
export function signingKey(pair: { publicKey: KeyObject; privateKey: KeyObject } = newPair()) {
  const line = toPublicKeyLine(pair.publicKey);
  const key: SigningKey = {
    line,
    fingerprint: fingerprintOfLine(line),
    sign: (nonce) => sign(null, Buffer.from(nonce, 'utf8'), pair.privateKey).toString('base64'),
  };
  return key;
}

function newPair() {
  return generateKeyPairSync('ed25519');
}

/** Requests a nonce for the key. */
export async function challenge(backend: Backend, { fingerprint }: SigningKey): Promise<string> {
  const answer = await call(backend, 'POST /api/v1/auth/ssh/challenge', { json: { fingerprint } });
  return textAt(answer.data, 'nonce');
}

/** Requests a challenge, signs it, and returns the answer to the verify request. */
export async function verify(
  backend: Backend,
  key: SigningKey,
  extra: Record<string, unknown> = {},
): Promise<Answer> {
  const nonce = await challenge(backend, key);
  const json = { nonce, signature: key.sign(nonce), ...extra };
  return await call(backend, 'POST /api/v1/auth/ssh/verify', { json });
}

/** Returns an access token. */
export async function signIn(backend: Backend, key: SigningKey, scope?: 'publish') {
  const answer = await verify(backend, key, scope === undefined ? {} : { scope });
  return textAt(answer.data, 'access_token');
}

/** A manifest that the backend accepts. */
export function manifest(id = 'trip-log', version = '1.0.0') {
  return {
    id,
    version,
    name: { en: 'Trip log' },
    icon: './icon.png',
    url: `https://miniapps.i99dash.app/${id}/`,
    category: 'vehicle',
  };
}

/** Returns the lower-case hex SHA-256. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Requests an upload URL for the bytes. */
export async function uploadUrl(
  backend: Backend,
  token: string,
  bytes: Buffer,
  appId = 'trip-log',
) {
  const json = { appId, contentLength: bytes.length, sha256: sha256(bytes) };
  const { data } = await call(backend, 'POST /api/v1/mini-apps/upload-url', { json, token });
  return { url: textAt(data, 'uploadUrl'), bundleId: textAt(data, 'bundleId') };
}

/** Uploads the bytes correctly and returns the answer of the storage. */
export async function put(url: string, bytes: Buffer): Promise<Response> {
  const headers = { 'content-type': 'application/gzip' };
  return await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) });
}

/** Announces and uploads a bundle, and returns its ID. */
export async function upload(backend: Backend, token: string, bytes: Buffer, appId?: string) {
  const { url, bundleId } = await uploadUrl(backend, token, bytes, appId);
  const { status } = await put(url, bytes);
  if (status !== 200) throw new Error(`upload: ${status}`);
  return bundleId;
}

/**
 * Sends raw bytes over a socket, as no client library would, and returns the whole answer as text.
 */
export function rawRequest(
  origin: string,
  head: string[],
  body: Buffer | string = '',
): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject);
    socket.on('end', () => resolve(answer));
    socket.write([...head, 'Host: localhost', 'Connection: close', '', ''].join('\r\n'));
    socket.write(body);
  });
}
