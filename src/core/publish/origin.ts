const MAX_HOST = 253;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u;

/**
 * The canonical form of a `network` entry: trimmed, lower-cased, `https://host[:port]` without the default port.
 * Rules: wire-protocol, manifest table, row `network`.
 */
export function canonicalOrigin(text: string): { origin: string } | { reason: string } {
  const trimmed = text.trim().toLowerCase();
  const match = /^https:\/\/([^/?#]*)(.*)$/su.exec(trimmed);
  if (match?.[1] === undefined) {
    return { reason: 'must begin with https://' };
  }
  const rest = match[2] ?? '';
  if (rest !== '' && rest !== '/') {
    return { reason: 'must be an origin alone: no path, query or fragment' };
  }
  if (match[1].includes('@')) {
    return { reason: 'must not hold credentials' };
  }
  const [, host = '', port] = /^(.*?)(?::(\d{1,5}))?$/su.exec(match[1]) ?? [];
  const reason = hostProblem(host);
  if (reason !== undefined) {
    return { reason };
  }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) {
    return { reason: 'has a port out of range' };
  }
  return {
    origin: `https://${host}${port === undefined || Number(port) === 443 ? '' : `:${Number(port)}`}`,
  };
}

function hostProblem(host: string): string | undefined {
  if (host.includes('*')) {
    return 'must not hold a wildcard';
  }
  // As browsers do: a host whose last label is a number, 0x… too, is an IPv4 address in one of its many spellings.
  if (host.startsWith('[') || /(^|\.)(\d+|0x[\da-f]*)$/u.test(host)) {
    return 'must name a host, not an IP address';
  }
  const labels = host.split('.');
  if (host.length > MAX_HOST || labels.some((label) => !LABEL.test(label))) {
    return 'has a host name that is not letters, digits and hyphens between dots';
  }
  return labels.length < 2 ? 'must name a host with a domain' : undefined;
}
