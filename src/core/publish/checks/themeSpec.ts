import { isJsonObject, type JsonObject } from '../../platform/json';
import { t } from '../../text/l10n';
import type { Problem } from '../../problem';
import type { ManifestLocations } from '../project/manifestLocations';

/** The version of `spec` that the cars of today understand. */
const UNDERSTOOD_SCHEMA = 1;

/**
 * Warns of what a theme may say but the cars of today do not do.
 * @param theme `theme.json` without values that break a rule
 */
export function checkThemeSpec({ spec }: JsonObject, places: ManifestLocations): Problem[] {
  if (!isJsonObject(spec)) {
    return [];
  }
  const problems: Problem[] = [];
  const { schema, typography } = spec;
  if (typeof schema === 'number' && schema > UNDERSTOOD_SCHEMA) {
    const message = t(
      'No car of today understands "{0}" above {1}',
      'spec.schema',
      UNDERSTOOD_SCHEMA,
    );
    problems.push(places.problem('theme.schema-above', message, ['spec', 'schema']));
  }
  if (isJsonObject(typography) && typography['bundled'] === true) {
    const message = t('The cars of today may ignore "{0}"', 'spec.typography.bundled');
    const path = ['spec', 'typography', 'bundled'];
    problems.push(places.problem('theme.bundled-reserved', message, path));
  }
  return problems;
}
