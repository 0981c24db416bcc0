const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(?:0|[1-9]\d*|\d*[a-z-][\da-z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-z-][\da-z-]*))*)?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/iu;
/** Longer versions are legal but not used, and matching them is slow. */
const MAX_LENGTH = 256;

/** Checks whether a text is a semantic version (semver.org, 2.0.0). */
export function isSemver(version: string): boolean {
  return version.length <= MAX_LENGTH && SEMVER.test(version);
}

/**
 * Returns the next patch release: `1.4.3` for `1.4.2`, and `1.4.2` for `1.4.2-beta.1`. Undefined if
 * the version is not a semantic one.
 */
export function nextPatch(version: string): string | undefined {
  const [, major, minor, patch, prerelease] = isSemver(version) ? (SEMVER.exec(version) ?? []) : [];
  if (major === undefined || minor === undefined || patch === undefined) {
    return undefined;
  }
  return `${major}.${minor}.${prerelease === undefined ? BigInt(patch) + 1n : patch}`;
}

/**
 * Returns the next minor release: `1.5.0` for `1.4.2`, and `1.4.0` for `1.4.0-beta.1`. Undefined if
 * the version is not a semantic one.
 */
export function nextMinor(version: string): string | undefined {
  const [, major, minor, patch, prerelease] = isSemver(version) ? (SEMVER.exec(version) ?? []) : [];
  if (major === undefined || minor === undefined) {
    return undefined;
  }
  const isNext = prerelease !== undefined && patch === '0';
  return `${major}.${isNext ? minor : BigInt(minor) + 1n}.0`;
}

/** Removes the "v" at the beginning of tags. */
export function withoutLeadingV(version: string): string {
  return version.replace(/^v(?=\d)/iu, '');
}

/**
 * Compares two versions by precedence (semver.org).
 * @returns below 0 if the first one is lower, 0 if they are equal, above 0 if it is higher;
 * undefined if one of them is not a semantic version
 */
export function compareVersions(a: string, b: string): number | undefined {
  if (!isSemver(a) || !isSemver(b)) {
    return undefined;
  }
  const [coreA, preA] = parts(a);
  const [coreB, preB] = parts(b);
  const order = compareIdentifiers(coreA.split('.'), coreB.split('.'));
  if (order !== 0 || preA === preB) {
    return order;
  }
  if (preA === undefined || preB === undefined) {
    return preA === undefined ? 1 : -1; // a prerelease is lower than its release
  }
  return compareIdentifiers(preA.split('.'), preB.split('.'));
}

/** Splits a semantic version into its numbers and its prerelease. */
function parts(version: string): [numbers: string, prerelease: string | undefined] {
  const [, numbers = '', prerelease] = /^([\d.]+)(?:-([^+]+))?/u.exec(version) ?? [];
  return [numbers, prerelease];
}

function compareIdentifiers(a: readonly string[], b: readonly string[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    const order = other === undefined ? 1 : compareIdentifier(one, other);
    if (order !== 0) {
      return order;
    }
  }
  return a.length - b.length;
}

/** Compares prerelease identifiers. Numbers are lower than words. */
function compareIdentifier(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d+$/u.test(a), /^\d+$/u.test(b)];
  if (isNumberA !== isNumberB) {
    return isNumberA ? -1 : 1;
  }
  // Numbers may have any length, and never begin with a zero.
  const order = isNumberA ? a.length - b.length : 0;
  return order !== 0 ? order : a < b ? -1 : Number(a > b);
}
