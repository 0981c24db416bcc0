import { isJsonObject, parseJson, type JsonObject } from '../../../platform/json';
import { t } from '../../../text/l10n';
import type { FoundSecret } from './secretTexts';

const JWT = /(?<![\w-])(eyJ[\w-]{8,2048})\.(eyJ[\w-]{8,8192})\.[\w-]{16,2048}(?![\w-])/gu;

/**
 * Finds access tokens in a text: signed JWTs (`alg` is not `none`), whatever their lifetime. Skips
 * Supabase's anonymous key, a JWT that is meant to be public.
 */
export function findAccessTokens(text: string): FoundSecret[] {
  return [...text.matchAll(JWT)]
    .filter(([, header, payload]) => isAccessToken(decode(header), decode(payload)))
    .map(({ 0: token, index }) => ({
      rule: 'secret.access-token',
      text: t('holds an access token'),
      start: index,
      end: index + token.length,
    }));
}

function isAccessToken(header?: JsonObject, payload?: JsonObject): boolean {
  const alg = header?.['alg'];
  const isPublic = payload?.['iss'] === 'supabase' && payload['role'] === 'anon';
  return (
    typeof alg === 'string' && alg.toLowerCase() !== 'none' && payload !== undefined && !isPublic
  );
}

function decode(part = ''): JsonObject | undefined {
  const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'))?.value;
  return isJsonObject(value) ? value : undefined;
}
