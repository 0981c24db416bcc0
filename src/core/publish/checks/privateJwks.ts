import { isPlaceholder } from './placeholder';
import { privateKey } from './privateKeys';
import type { FoundSecret } from './secretTexts';

/** No JWK is longer, in characters. */
const MAX_LENGTH = 8 * 1024;
/** The member with the private half (RFC 7518): `d` of an asymmetric key, `k` of a symmetric one. The JSON may be quoted in JSON. */
const PRIVATE_MEMBER =
  /(?<=[{,\s"'])[dk]\\{0,4}["']?\s{0,8}:\s{0,8}\\{0,4}["'](?<value>[\w-]{22,2048})\\{0,4}["']/u;

/** The private keys in a text that are JWKs (RFC 7517), in JSON or in code: a flat object with `kty` and a private member. */
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

/** Where the private member of a JWK is. */
function findPrivateMember(jwk: string): { start: number; end: number } | undefined {
  const member = PRIVATE_MEMBER.exec(jwk);
  return member === null || isPlaceholder(member.groups?.['value'] ?? '')
    ? undefined
    : { start: member.index, end: member.index + member[0].length };
}
