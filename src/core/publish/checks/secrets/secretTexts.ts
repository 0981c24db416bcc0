import { t } from '../../../text/l10n';
import type { RuleId } from '../../rules/rules';
import { findAccessTokens } from './accessTokens';
import { findPrivateJwks } from './privateJwks';
import { findPrivateKeys } from './privateKeys';
import { findServiceTokens } from './serviceTokens';

/** A secret in a text. Offsets count UTF-16 characters. */
export interface FoundSecret {
  rule: RuleId;
  /** What the file holds, without the secret itself. */
  text: string;
  start: number;
  end: number;
}

/** The most findings per file. More add no information. */
export const MAX_FOUND = 20;
/** Characters. Every finding, with its context, is shorter. */
export const LONGEST_SECRET = 16 * 1024;

const NPM_CREDENTIAL =
  /(?<=^|[\r\n])[^\S\r\n]*((?:[^\s=#;][^=\r\n]*)?_(?:authToken|auth|password)[^\S\r\n]*=[^\S\r\n]*["']?(?!\$\{)[^\s"'][^\r\n]*)/gu;

/** Finds the private keys and tokens in a text, in ascending order. */
export function findSecrets(text: string): FoundSecret[] {
  return [
    ...findPrivateKeys(text),
    ...findPrivateJwks(text),
    ...findAccessTokens(text),
    ...findServiceTokens(text),
  ].sort((a, b) => a.start - b.start);
}

/**
 * Finds the credentials in the text of an `.npmrc`: literal ones, not those from the environment
 * (`${NPM_TOKEN}`).
 */
export function findNpmCredentials(text: string): FoundSecret[] {
  return Array.from(text.matchAll(NPM_CREDENTIAL), ({ 0: line, 1: setting = '', index }) => ({
    rule: 'secret.npm-token',
    text: t('holds a credential for a package registry'),
    start: index + line.length - setting.length,
    end: index + line.trimEnd().length,
  }));
}
