import { canonicalOrigin } from '../origin';

/**
 * The canonical origin that a text stands for: of an address with a path or credentials, of one over http, or of a host alone. Undefined
 * where it would take a guess, as with a wildcard.
 */
export function nearOrigin(text: string): string | undefined {
  const [, scheme = 'https', authority = ''] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)/iu.exec(text.trim()) ?? [];
  if (!/^https?$/iu.test(scheme)) {
    return undefined;
  }
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  // What listens on http's own port does not speak https there.
  const canonical = canonicalOrigin(`https://${host.replace(/:80$/u, '')}`);
  return 'origin' in canonical ? canonical.origin : undefined;
}
