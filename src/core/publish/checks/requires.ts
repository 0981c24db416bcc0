import { t } from '../../l10n';
import type { Problem } from '../../problem';
import type { ManifestFields } from '../manifest';
import { ProblemList } from '../problemList';
import type { ManifestPlaces } from './manifestPlaces';

/** The platform whose WebView is Chromium 95. */
export const OLDEST_PLATFORM = 'di5.0';
/** What no car of the oldest platform can do. */
export const NOT_ON_OLDEST_PLATFORM: readonly string[] = [
  'surface.write.cluster',
  'pkg.launch.cluster.pixel',
];

/** Requirements that no car satisfies all of: those of newer cars together with the oldest platform alone. */
export function checkRequires(
  { requires }: Pick<ManifestFields, 'requires'>,
  places: ManifestPlaces,
): Problem[] {
  if (requires?.dilink?.every((version) => version === OLDEST_PLATFORM) !== true) {
    return [];
  }
  const problems = new ProblemList(places.file);
  for (const [index, capability] of (requires.vehicleCapabilities ?? []).entries()) {
    if (NOT_ON_OLDEST_PLATFORM.includes(capability)) {
      const message = t(
        'No car has "{0}" when "{1}" is {2} alone',
        capability,
        'requires.dilink',
        OLDEST_PLATFORM,
      );
      const path = ['requires', 'vehicleCapabilities', index];
      const rule = 'requires.cluster-on-di5.0';
      problems.add('warning', () => places.problem(rule, message, path));
    }
  }
  if (requires.modernWebview === true) {
    const message = t(
      'No car has a modern WebView when "{0}" is {1} alone',
      'requires.dilink',
      OLDEST_PLATFORM,
    );
    const rule = 'requires.modern-webview-on-di5.0';
    const path = ['requires', 'modernWebview'];
    problems.add('warning', () => places.problem(rule, message, path));
  }
  return problems.toArray();
}
