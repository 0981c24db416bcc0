import dns from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { hostname as nameOfThisComputer, networkInterfaces } from 'node:os';
import { I99dashError } from '../errors';
import { t } from '../text/l10n';

/**
 * Checks whether a name or an address refers to this computer, without DNS: loopback, the
 * unspecified addresses (which connect to this computer too), the addresses of its network
 * interfaces, and its host name.
 * @param hostname As in `URL.hostname`: lower case, IPv6 in brackets.
 */
export function isThisComputer(hostname: string): boolean {
  const name = hostname.replace(/^\[(.*)\]$/u, '$1').replace(/\.$/u, '');
  return isIP(name) === 0 ? isOwnName(name) : isOwnAddress(name);
}

/**
 * Resolves names like `dns.lookup`, but fails with BACKEND_REFUSED, before a connection is made,
 * when an address belongs to this computer.
 */
export const lookUpElsewhere: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, options, (error, address, family) => {
    const addresses: readonly (string | dns.LookupAddress)[] = error ? [] : [address].flat();
    const isHere = addresses.some((each) =>
      isOwnAddress(typeof each === 'string' ? each : each.address),
    );
    callback(isHere ? leadsHere(hostname) : error, address, family);
  });
};

/**
 * Creates the error for a URL that leads to this computer.
 * @param origin Origin or host of the URL.
 */
export function leadsHere(origin: string): I99dashError {
  return new I99dashError(
    'BACKEND_REFUSED',
    t('The backend sends us to an address of this computer ({0}). We do not go there.', origin),
  );
}

function isOwnName(name: string): boolean {
  const own = nameOfThisComputer().toLowerCase();
  const [short = own] = own.split('.');
  const names = [own, short, `${short}.local`, 'localhost'];
  return names.includes(name) || name.endsWith('.localhost');
}

function isOwnAddress(address: string): boolean {
  const own = new BlockList();
  // BlockList checks IPv4-mapped IPv6 addresses as IPv4.
  own.addSubnet('127.0.0.0', 8, 'ipv4');
  own.addSubnet('0.0.0.0', 8, 'ipv4');
  own.addAddress('::1', 'ipv6');
  own.addAddress('::', 'ipv6');
  for (const each of Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])) {
    own.addAddress(withoutZone(each.address), each.family === 'IPv4' ? 'ipv4' : 'ipv6');
  }
  const plain = withoutZone(address);
  return own.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6');
}

/** A link-local address may contain the interface: `fe80::1%eth0`. */
function withoutZone(address: string): string {
  return address.split('%', 1).join('');
}
