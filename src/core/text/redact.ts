/**
 * Length of the prefix that is searched first, in UTF-16 units. Short enough for the built-in
 * search to be fast in any text.
 */
const PROBE = 32;

/**
 * Replaces each secret in a text by `…`. Runs in linear time: the built-in search takes seconds
 * when a server chooses both the token and the text to be slow.
 */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => replaceSecret(rest, secret), text);
}

function replaceSecret(text: string, secret: string): string {
  if (secret.length <= PROBE) {
    return text.replaceAll(secret, '…');
  }
  const first = text.indexOf(secret.slice(0, PROBE));
  return first === -1 ? text : replaceFrom(text, secret, first);
}

/** Knuth–Morris–Pratt search: reads each character of the text once. */
function replaceFrom(text: string, secret: string, from: number): string {
  const borders = findBorders(secret);
  const parts: string[] = [];
  let copied = 0;
  let matched = 0;
  for (let at = from; at < text.length; at++) {
    matched = nextMatched(secret, borders, matched, text.charCodeAt(at));
    if (matched === secret.length) {
      parts.push(text.slice(copied, at + 1 - matched), '…');
      copied = at + 1;
      matched = 0;
    }
  }
  return copied === 0 ? text : parts.join('') + text.slice(copied);
}

/**
 * Computes the failure table: for each prefix, the length of its longest proper prefix that is also
 * its suffix.
 */
function findBorders(secret: string): Uint32Array {
  const borders = new Uint32Array(secret.length + 1);
  let border = 0;
  for (let at = 1; at < secret.length; at++) {
    border = nextMatched(secret, borders, border, secret.charCodeAt(at));
    borders[at + 1] = border;
  }
  return borders;
}

function nextMatched(secret: string, borders: Uint32Array, matched: number, unit: number): number {
  let length = matched;
  while (length > 0 && secret.charCodeAt(length) !== unit) {
    length = borders[length] ?? 0;
  }
  return secret.charCodeAt(length) === unit ? length + 1 : 0;
}
