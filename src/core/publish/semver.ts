const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(?:0|[1-9]\d*|\d*[a-z-][\da-z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-z-][\da-z-]*))*)?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/iu;
/** Longer ones are legal and nobody's: not looked at, for patterns are slow on them. */
const MAX_LENGTH = 256;

/** Whether a text is a semantic version (semver.org, 2.0.0). */
export function isSemver(version: string): boolean {
  return version.length <= MAX_LENGTH && SEMVER.test(version);
}

/** The next patch release: `1.4.3` for `1.4.2`, and `1.4.2` for `1.4.2-beta.1`. Undefined for what is no semantic version. */
export function nextPatch(version: string): string | undefined {
  const [, major, minor, patch, prerelease] = isSemver(version) ? (SEMVER.exec(version) ?? []) : [];
  if (major === undefined || minor === undefined || patch === undefined) {
    return undefined;
  }
  return `${major}.${minor}.${prerelease === undefined ? BigInt(patch) + 1n : patch}`;
}

/** The next minor release: `1.5.0` for `1.4.2`, and `1.4.0` for `1.4.0-beta.1`. Undefined for what is no semantic version. */
export function nextMinor(version: string): string | undefined {
  const [, major, minor, patch, prerelease] = isSemver(version) ? (SEMVER.exec(version) ?? []) : [];
  if (major === undefined || minor === undefined) {
    return undefined;
  }
  const isNext = prerelease !== undefined && patch === '0';
  return `${major}.${isNext ? minor : BigInt(minor) + 1n}.0`;
}

/** A version without the "v" that tags begin with. */
export function withoutLeadingV(version: string): string {
  return version.replace(/^v(?=\d)/iu, '');
}

/**
 * Below 0 when the first of two versions comes before the second, 0 when neither does (semver.org).
 * @returns undefined when one of them is no semantic version
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
    return preA === undefined ? 1 : -1; // a prerelease comes before its release
  }
  return compareIdentifiers(preA.split('.'), preB.split('.'));
}

/** The numbers of a semantic version, and its prerelease. */
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

/** Numbers come before words. */
function compareIdentifier(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d+$/u.test(a), /^\d+$/u.test(b)];
  if (isNumberA !== isNumberB) {
    return isNumberA ? -1 : 1;
  }
  // Numbers may have any length, and never begin with a zero.
  const order = isNumberA ? a.length - b.length : 0;
  return order !== 0 ? order : a < b ? -1 : Number(a > b);
}
