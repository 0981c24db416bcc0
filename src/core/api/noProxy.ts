import { BlockList, isIP } from 'node:net';

/**
 * Whether a list of exceptions takes a URL out of the proxy's reach. Rules are those of curl's and VS Code's `no_proxy`: a domain stands for
 * itself and everything below it, with or without a leading dot or `*.`; `*` alone for every host; `:port` narrows an entry down; addresses
 * stand for themselves, IPv6 with or without brackets; `address/bits` for a network (CIDR). Names are never looked up.
 * @param entries one exception each
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

/** @param network an address, or an address and the number of bits that count, as `10.0.0.0/8` */
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

/** A host without the brackets that an IPv6 address has in a URL. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
