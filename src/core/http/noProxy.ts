import { BlockList, isIP } from 'node:net';

/**
 * Checks whether a URL matches a `no_proxy` list. The rules are those of curl and VS Code: a domain
 * matches itself and its subdomains, with or without a leading dot or `*.`; `*` alone matches all
 * hosts; `:port` restricts an entry; addresses match literally, IPv6 with or without brackets;
 * `address/bits` matches a network (CIDR). Names are never resolved.
 * @param entries One exception each.
 */
export function isExempt(url: URL, entries: readonly string[]): boolean {
  const host = withoutBrackets(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return entries.some((entry) => matches(entry.trim().toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '') {
    return false;
  }
  if (entry === '*') {
    return true;
  }
  if (isIP(withoutBrackets(entry)) !== 0 || entry.includes('/')) {
    return isInNetwork(host, entry);
  }
  const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/u.exec(entry) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) {
    return false;
  }
  if (isIP(withoutBrackets(name)) !== 0) {
    return isInNetwork(host, name);
  }
  const domain = name.replace(/^\*?\.?/u, '').replace(/\.$/u, '');
  return domain !== '' && `.${host.replace(/\.$/u, '')}`.endsWith(`.${domain}`);
}

/**
 * Checks whether an address is in a network.
 * @param network An address, optionally with a prefix length, such as `10.0.0.0/8`.
 */
function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits] = network.split('/').map(withoutBrackets);
  const version = isIP(address);
  if (version === 0 || isIP(host) !== version) {
    return false;
  }
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const most = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  if (!Number.isInteger(prefix) || bits === '' || prefix < 0 || prefix > most) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return list.check(host, family);
}

/** Removes the brackets of an IPv6 address. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
