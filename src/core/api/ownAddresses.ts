import dns from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { hostname as nameOfThisComputer, networkInterfaces } from 'node:os';
import { I99dashError } from '../errors';
import { t } from '../l10n';

/**
 * True for a name or an address of this computer, as far as that can be told without a name server: loopback, the unspecified addresses, which
 * lead here too, those of its network interfaces, and its own name.
 * @param hostname as `URL.hostname` has it: lower case, IPv6 in brackets
 */
export function isThisComputer(hostname: string): boolean {
  const name = hostname.replace(/^\[(.*)\]$/u, '$1').replace(/\.$/u, '');
  return isIP(name) === 0 ? isOwnName(name) : isOwnAddress(name);
}

/** A look-up of names that gives no address of this computer; fails with BACKEND_REFUSED instead, before anything is connected. */
export const lookUpElsewhere: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, options, (error, address, family) => {
    const addresses: readonly (string | dns.LookupAddress)[] = error ? [] : [address].flat();
    const isHere = addresses.some((each) =>
      isOwnAddress(typeof each === 'string' ? each : each.address),
    );
    callback(isHere ? leadsHere(hostname) : error, address, family);
  });
};

/** @param origin of the URL, or its host */
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
  // An IPv6 address that stands for one of IPv4 is taken for that.
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

/** A link-local address may name its interface: `fe80::1%eth0`. */
function withoutZone(address: string): string {
  return address.split('%', 1).join('');
}
