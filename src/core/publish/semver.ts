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
