import { t } from '../../text/l10n';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem } from '../../problem';
import type { JsonPath } from '../json/jsonText';
import type { ManifestFields } from '../project/manifest';
import { ProblemList } from '../rules/problemList';
import type { RuleId } from '../rules/rules';
import type { ManifestLocations } from '../project/manifestLocations';

/** The platform whose WebView is Chromium 95. */
export const OLDEST_PLATFORM = 'di5.0';
/** Capabilities that no car of the oldest platform has. */
export const NOT_ON_OLDEST_PLATFORM: readonly string[] = [
  'surface.write.cluster',
  'pkg.launch.cluster.pixel',
];
/** The one value of `dilink` that is not a platform. */
const NO_PLATFORM = 'unknown';
/** The version of `requires` that current cars understand. */
const UNDERSTOOD_SCHEMA = 1;
const BRIDGE_VERSION = /^\d+(?:\.\d+)*(?:[-+][\da-z.+-]+)?$/iu;

type Warn = (rule: RuleId, message: string, path: JsonPath) => void;
type Requires = NonNullable<ManifestFields['requires']>;

/** Finds requirements that no car meets, alone or in combination. */
export function checkRequires(
  { requires }: Pick<ManifestFields, 'requires'>,
  places: ManifestLocations,
): Problem[] {
  if (requires === undefined) {
    return [];
  }
  const problems = new ProblemList(places.file);
  const warn: Warn = (rule, message, path) => {
    problems.add('warning', () => places.problem(rule, message, ['requires', ...path]));
  };
  checkVersions(requires, warn);
  const platforms = requires.dilink?.filter((platform) => platform !== NO_PLATFORM);
  if (platforms?.length === 0) {
    const message = t('No car is "{0}": name a platform in "{1}"', NO_PLATFORM, 'requires.dilink');
    warn('requires.no-platform', message, ['dilink']);
  } else if (platforms?.every((platform) => platform === OLDEST_PLATFORM) === true) {
    checkOldestPlatform(requires, warn);
  }
  return problems.toArray();
}

function checkVersions({ schema, minBridge }: Requires, warn: Warn): void {
  if (schema > UNDERSTOOD_SCHEMA) {
    const message = t(
      'No car of today understands "{0}" above {1}',
      'requires.schema',
      UNDERSTOOD_SCHEMA,
    );
    warn('requires.schema', message, ['schema']);
  }
  if (minBridge !== undefined && !BRIDGE_VERSION.test(minBridge)) {
    const message = t(
      'No car meets "{0}": {1} is not a version, such as {2}',
      'requires.minBridge',
      sanitizeLine(minBridge),
      '1.4.0',
    );
    warn('requires.min-bridge', message, ['minBridge']);
  }
}

/** Finds features of newer cars that an app for the oldest platform alone requires. */
function checkOldestPlatform(
  { vehicleCapabilities = [], modernWebview }: Requires,
  warn: Warn,
): void {
  for (const [index, capability] of vehicleCapabilities.entries()) {
    if (NOT_ON_OLDEST_PLATFORM.includes(capability)) {
      const message = t(
        'No car has "{0}" when the only platform in "{1}" is {2}',
        capability,
        'requires.dilink',
        OLDEST_PLATFORM,
      );
      warn('requires.cluster-on-di5.0', message, ['vehicleCapabilities', index]);
    }
  }
  if (modernWebview === true) {
    const message = t(
      'No car has a modern WebView when the only platform in "{0}" is {1}',
      'requires.dilink',
      OLDEST_PLATFORM,
    );
    warn('requires.modern-webview-on-di5.0', message, ['modernWebview']);
  }
}
