/**
 * Checks for a loopback address or `localhost`. Subdomains of `localhost` do not count, because DNS
 * may resolve them to any address.
 * @param hostname As in `URL.hostname`: lower case, IPv6 in brackets.
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/u.test(hostname) ||
    /^\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\]$/u.test(hostname) // 127.0.0.0/8 mapped to IPv6
  );
}
