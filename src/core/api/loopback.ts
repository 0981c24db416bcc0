/**
 * True for an address of this computer itself, and for `localhost`. Names below `localhost` are none: a name server may say anything of them.
 * @param hostname as `URL.hostname` has it: lower case, IPv6 in brackets
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/u.test(hostname) ||
    /^\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\]$/u.test(hostname) // 127.0.0.0/8, as IPv6 writes it
  );
}
