import { canonicalOrigin } from '../project/origin';

/**
 * Returns the canonical origin that a text stands for: an address with a path or credentials, one
 * over http, or a bare host. Returns undefined if that would be a guess, as with a wildcard.
 */
export function nearOrigin(text: string): string | undefined {
  const [, scheme = 'https', authority = ''] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)/iu.exec(text.trim()) ?? [];
  if (!/^https?$/iu.test(scheme)) {
    return undefined;
  }
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  // A server on port 80 serves plain http, so https needs the default port.
  const canonical = canonicalOrigin(`https://${host.replace(/:80$/u, '')}`);
  return 'origin' in canonical ? canonical.origin : undefined;
}
