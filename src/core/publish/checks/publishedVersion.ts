import { CancelledError, throwIfCancelled } from '../../errors';
import { t } from '../../l10n';
import { oneLine } from '../../oneLine';
import type { Problem } from '../../problem';
import type { Manifest } from '../manifest';
import { nextPatch } from '../semver';
import type { ManifestPlaces } from './manifestPlaces';

/** Asks for the latest published version of an app; undefined when none is. */
export type LatestVersion = (appId: string) => Promise<string | undefined>;

/**
 * Tells when the version is the latest published one: the backend would take it, but devices keep the bytes they have. Without an answer
 * it tells that nothing was compared.
 * @throws CancelledError
 */
export async function checkPublishedVersion(
  { id, version }: Manifest,
  places: ManifestPlaces,
  latestVersion?: LatestVersion,
  signal?: AbortSignal,
): Promise<Problem[]> {
  const latest = await latestVersion?.(id).then(
    (found) => ({ found }),
    (error: unknown) => {
      if (error instanceof CancelledError) {
        throw error;
      }
      return undefined;
    },
  );
  throwIfCancelled(signal);
  const shown = oneLine(version, Infinity);
  if (latest === undefined) {
    const message = t('{0} was not compared with the published version', shown);
    return [places.problem('version.not-compared', message, ['version'])];
  }
  if (latest.found !== version) {
    return [];
  }
  const next = nextPatch(version);
  const message =
    next === undefined
      ? t('{0} is published already, and devices keep the bytes they have', shown)
      : t(
          '{0} is published already, and devices keep the bytes they have. The next one is {1}',
          shown,
          next,
        );
  return [places.problem('version.published', message, ['version'])];
}
