import { isPlaceholder } from '../placeholder';
import { privateKey } from './privateKeys';
import type { FoundSecret } from './secretTexts';

/** The most characters of a JWK. */
const MAX_LENGTH = 8 * 1024;
/**
 * The member with the private part (RFC 7518): `d` of an asymmetric key, `k` of a symmetric one.
 * The JSON may be inside a JSON string.
 */
const PRIVATE_MEMBER =
  /(?<=[{,\s"'])[dk]\\{0,4}["']?\s{0,8}:\s{0,8}\\{0,4}["'](?<value>[\w-]{22,2048})\\{0,4}["']/u;

/** Finds private JWKs (RFC 7517) in JSON or code: a flat object with `kty` and a private member. */
export function findPrivateJwks(text: string): FoundSecret[] {
  const found: FoundSecret[] = [];
  let previousEnd = 0;
  for (const { index } of text.matchAll(/kty/gu)) {
    if (index >= previousEnd) {
      const from = Math.max(previousEnd, index - MAX_LENGTH);
      const open = text.slice(from, index).lastIndexOf('{');
      const close = text.slice(index, index + MAX_LENGTH).indexOf('}');
      previousEnd = index + (close === -1 ? MAX_LENGTH : close);
      const key = open === -1 ? undefined : findPrivateMember(text.slice(from + open, previousEnd));
      if (key !== undefined) {
        found.push(privateKey(from + open + key.start, from + open + key.end));
      }
    }
  }
  return found;
}

/** Locates the private member of a JWK. */
function findPrivateMember(jwk: string): { start: number; end: number } | undefined {
  const member = PRIVATE_MEMBER.exec(jwk);
  return member === null || isPlaceholder(member.groups?.['value'] ?? '')
    ? undefined
    : { start: member.index, end: member.index + member[0].length };
}
