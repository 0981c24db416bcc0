import { pathInManifest, type RefusedField } from '../api/refusedFields';
import { isI99dashError, restate, type I99dashError } from '../errors';
import { t } from '../text/l10n';
import { sanitizeLine } from '../text/sanitizeLine';
import type { Problem } from '../problem';
import { ManifestLocations } from './project/manifestLocations';
import { isNewVersion } from './checks/publishedVersion';
import { MANIFEST_TYPES } from './project/manifestType';
import type { PublishableProject } from './project/project';
import { RULES, sentence } from './rules/rules';
import { nextPatch, withoutLeadingV } from './project/semver';

/** Statuses that are about the caller, the path, the size or the time, not about the submission. */
const NOT_ABOUT_MANIFEST: ReadonlySet<number> = new Set([401, 403, 404, 408, 413, 429]);

/**
 * Turns a rejected submission into an error that the user can act on: the manifest fields that the
 * backend names become problems, and a version that is not new gets a suggestion.
 * @param latest the latest version submitted before; undefined if it is unknown
 * @returns the error to throw
 */
export async function explainRefusal(
  error: unknown,
  { kind, folder, manifest: { id, version } }: PublishableProject,
  latest: string | null | undefined,
): Promise<unknown> {
  if (!isRefusal(error)) {
    return error;
  }
  const fields = (error.fields ?? []).map((field) => ({
    ...field,
    path: pathInManifest(field.path),
  }));
  const places = await ManifestLocations.read(folder, kind.manifestFile);
  const { shape } = MANIFEST_TYPES[kind.id].schema;
  const problems = fields
    .filter(({ path }) => Object.hasOwn(shape, path[0] ?? ''))
    .map((field) => createProblem(field, places));
  const isOld = typeof latest === 'string' && !isNewVersion(version, latest);
  const isVersionNamed =
    /version/iu.test(error.serverCode ?? '') || fields.some(({ path }) => path[0] === 'version');
  const last = isOld ? latest : isVersionNamed ? version : undefined;
  const nextVersion = last === undefined ? undefined : nextPatch(withoutLeadingV(last));
  const message = isOld
    ? t(
        '{0} {1} is not newer than {2}, which was submitted before. {3}',
        id,
        sanitizeLine(version),
        sanitizeLine(latest),
        error.message,
      )
    : error.message;
  return restate(error, message, {
    ...(problems.length === 0 ? {} : { problems, file: places.file }),
    ...(nextVersion === undefined ? {} : { nextVersion }),
  });
}

function isRefusal(error: unknown): error is I99dashError {
  return (
    isI99dashError(error, 'SERVER') &&
    error.status !== undefined &&
    error.status < 500 &&
    !NOT_ABOUT_MANIFEST.has(error.status)
  );
}

function createProblem({ path, message }: RefusedField, places: ManifestLocations): Problem {
  const rule = 'backend.refused';
  const words = t('{0}: {1}', sentence(path.join('.'), RULES[rule].text), message);
  return places.problem(rule, words, path);
}
