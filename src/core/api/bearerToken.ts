/**
 * Checks whether a value is valid in an Authorization header: 1 to 8,192 visible ASCII characters.
 */
export function isTokenText(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]{1,8192}$/u.test(token);
}
