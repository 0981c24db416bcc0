import { CancelledError, isI99dashError, throwIfCancelled } from '../../errors';
import { t } from '../../text/l10n';
import { sanitizeLine } from '../../text/sanitizeLine';
import { isUnreachable } from '../../http/reachability';
import type { Problem } from '../../problem';
import type { Manifest } from '../project/manifest';
import type { RuleId } from '../rules/rules';
import { compareVersions, nextPatch, withoutLeadingV } from '../project/semver';
import type { ManifestLocations } from '../project/manifestLocations';

/** Requests the latest published version of an app; undefined if there is none. */
export type LatestVersion = (appId: string) => Promise<string | undefined>;

/** The version that a problem suggests instead of the current one. */
const suggestions = new WeakMap<Problem, string>();

/** Returns the version to publish instead of one that is not new; undefined if none is known. */
export function suggestedVersion(problems: readonly Problem[]): string | undefined {
  return problems.map((problem) => suggestions.get(problem)).find((next) => next !== undefined);
}

/**
 * Reports a version that equals the latest published one (devices keep the bytes they have) or is
 * lower. If there is no answer, reports that versions were not compared.
 * @throws OFFLINE, CancelledError
 */
export async function checkPublishedVersion(
  { id, version }: Manifest,
  places: ManifestLocations,
  latestVersion?: LatestVersion,
  signal?: AbortSignal,
): Promise<Problem[]> {
  let found: string | undefined;
  try {
    if (latestVersion === undefined) {
      return [notCompared(version, places)];
    }
    found = await latestVersion(id);
  } catch (error) {
    // Offline: fails now instead of after the build and the confirmation.
    if (error instanceof CancelledError || isI99dashError(error, 'OFFLINE')) {
      throw error;
    }
    return [notCompared(version, places, error)];
  }
  throwIfCancelled(signal);
  const broken = found === undefined ? undefined : brokenRule(version, found);
  if (found === undefined || broken === undefined) {
    return [];
  }
  const { rule, message } = broken;
  const next = nextPatch(withoutLeadingV(found));
  const words = next === undefined ? message : t('{0}. Next version: {1}', message, next);
  const problem = places.problem(rule, words, ['version']);
  if (next !== undefined) {
    suggestions.set(problem, next);
  }
  return [problem];
}

/**
 * Creates the problem for a version that was not compared.
 * @param failure why the backend did not answer; undefined when it was not asked
 */
function notCompared(version: string, places: ManifestLocations, failure?: unknown): Problem {
  const shown = sanitizeLine(version, Infinity);
  const message = isUnreachable(failure)
    ? t("i99dash can't be reached, so we couldn't check whether {0} is already published", shown)
    : t('{0} was not compared with the published version', shown);
  return places.problem('version.not-compared', message, ['version']);
}

/** Checks whether a version is higher than the latest published one. */
export function isNewVersion(version: string, latest: string): boolean {
  return brokenRule(version, latest) === undefined;
}

/** Returns the rule that a version breaks, given the latest published one. */
function brokenRule(
  version: string,
  latest: string,
): { rule: RuleId; message: string } | undefined {
  const [shown, shownLatest] = [sanitizeLine(version, Infinity), sanitizeLine(latest, Infinity)];
  if (version === latest) {
    const message = t("{0} was already submitted. Devices that have it won't update", shown);
    return { rule: 'version.published', message };
  }
  if (withoutLeadingV(version) === withoutLeadingV(latest)) {
    const message = t(
      "{0} was already submitted as {1}. Devices that have it won't update",
      shown,
      shownLatest,
    );
    return { rule: 'version.published', message };
  }
  const order = compareVersions(withoutLeadingV(version), withoutLeadingV(latest));
  if (order !== undefined && order < 0) {
    const message = t('{0} is lower than {1}, the latest published version', shown, shownLatest);
    return { rule: 'version.lower', message };
  }
  return undefined;
}
