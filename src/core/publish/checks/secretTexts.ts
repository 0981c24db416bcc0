import { t } from '../../l10n';
import type { RuleId } from '../rules';
import { findAccessTokens } from './accessTokens';
import { findPrivateJwks } from './privateJwks';
import { findPrivateKeys } from './privateKeys';
import { findServiceTokens } from './serviceTokens';

/** A secret in a text; offsets count UTF-16 characters. */
export interface FoundSecret {
  rule: RuleId;
  /** What the file holds, without any of it. */
  text: string;
  start: number;
  end: number;
}

/** More in one file tell nothing new. */
export const MAX_FOUND = 20;
/** Characters that every finding fits into with what tells that it is one. */
export const LONGEST_SECRET = 16 * 1024;

const NPM_CREDENTIAL =
  /(?<=^|[\r\n])[^\S\r\n]*((?:[^\s=#;][^=\r\n]*)?_(?:authToken|auth|password)[^\S\r\n]*=[^\S\r\n]*["']?(?!\$\{)[^\s"'][^\r\n]*)/gu;

/** The private keys and the tokens in a text, in their order. */
export function secretsIn(text: string): FoundSecret[] {
  return [
    ...findPrivateKeys(text),
    ...findPrivateJwks(text),
    ...findAccessTokens(text),
    ...findServiceTokens(text),
  ].sort((a, b) => a.start - b.start);
}

/** The credentials in the text of an `.npmrc`: those written out, not those taken from the environment (`${NPM_TOKEN}`). */
export function npmCredentialsIn(text: string): FoundSecret[] {
  return Array.from(text.matchAll(NPM_CREDENTIAL), ({ 0: line, 1: setting = '', index }) => ({
    rule: 'secret.npm-token',
    text: t('holds a credential for a package registry'),
    start: index + line.length - setting.length,
    end: index + line.trimEnd().length,
  }));
}
