/** As Telegram allows. */
const USERNAME = /^[A-Za-z0-9_]{5,32}$/u;

/**
 * Splits a list of Telegram names as people paste it: one or many, with or without `@`, separated
 * by blanks, line breaks, commas or semicolons. Drops repetitions.
 */
export function splitUsernames(text: string): string[] {
  return normalizeUsernames(text.split(/[\s,;]+|(?=@)/u));
}

/** Removes blanks and the leading `@` of each name, and drops repetitions. */
export function normalizeUsernames(names: readonly string[]): string[] {
  const bare = names.map((name) => name.trim().replace(/^@\s*/u, '')).filter((name) => name !== '');
  const known = new Set<string>();
  return bare.filter((name) => {
    const isNew = !known.has(usernameKey(name));
    known.add(usernameKey(name));
    return isNew;
  });
}

/** Returns the same text for all spellings of a name, because Telegram ignores the case. */
export function usernameKey(name: string): string {
  return name.toLowerCase();
}

/** Checks whether Telegram allows a name, given without `@`. */
export function isUsername(name: string): boolean {
  return USERNAME.test(name);
}
