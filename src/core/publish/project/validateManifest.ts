import { isJsonObject, parseJson, type JsonObject } from '../../platform/json';
import { t } from '../../text/l10n';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem, Range } from '../../problem';
import { addJsonProblems } from './jsonProblems';
import { isKeptNumber } from '../json/jsonNumber';
import { JsonText, type JsonPath } from '../json/jsonText';
import {
  manifestFieldsSchema,
  manifestSchema,
  requiresSchema,
  type Manifest,
  type ManifestFields,
} from './manifest';
import { manifestField } from './manifestFields';
import { meantValue } from './meantValue';
import { closestMatch } from '../../text/closestMatch';
import { ProblemList } from '../rules/problemList';
import { didYouMean, isRuleId, toProblem, RULES, sentence, type RuleId } from '../rules/rules';
import { isSemver } from './semver';

/** A field for editors, which is not meant to be submitted. */
const EDITOR_FIELD = '$schema';
/** The most misspelt fields that get a suggestion. */
const MAX_GUESSES = 20;

/** The result of checking a manifest's text. */
export interface CheckedManifest {
  /** The manifest in the form in which it is submitted; set if no problem is an error. */
  manifest?: Manifest;
  /** In text order; see {@link ProblemList}. */
  problems: Problem[];
  /**
   * The valid fields, in the form in which they are submitted; empty if the text is not a JSON
   * object.
   */
  fields: ManifestFields;
  /** The text, which locates the fields. */
  source: JsonText;
}

/**
 * Checks a manifest's text against all rules. Never throws.
 * @param file absolute path, used in problems
 */
export function validateManifest(json: string, file: string): CheckedManifest {
  const source = new JsonText(json);
  const problems = new ProblemList(file);
  addJsonProblems(problems, 'manifest', source, file);
  const value = source.parsed?.value;
  if (!isJsonObject(value)) {
    return { fields: {}, problems: problems.toArray(), source };
  }
  const result = manifestSchema.safeParse(value);
  for (const { code, path, message } of result.error?.issues ?? []) {
    const rule = brokenRule(value, path, message);
    problems.add(RULES[rule].severity, () => {
      const range = code === 'invalid_key' ? source.keyRangeOf(path) : source.rangeOf(path);
      const problem = toProblem(rule, describeBroken(rule, code, path), file, range);
      return didYouMean(problem, suggestValue(rule, path, source));
    });
  }
  addLostValues(problems, source, file);
  addVersionProblem(problems, value, source, file);
  addUnknownFields(problems, value, source, file);
  const told = { problems: problems.toArray(byPosition), source };
  return result.success && !problems.hasErrors
    ? { ...told, manifest: result.data, fields: result.data }
    : { ...told, fields: readFields(value) };
}

function readFields(value: JsonObject): ManifestFields {
  const { error } = manifestFieldsSchema.safeParse(value);
  const broken = new Set(error?.issues.map(({ path }) => path[0]));
  const sound = Object.entries(value).filter(([field]) => !broken.has(field));
  return manifestFieldsSchema.safeParse(Object.fromEntries(sound)).data ?? {};
}

function describeBroken(rule: RuleId, code: string | undefined, path: JsonPath): string {
  if (code === 'invalid_key') {
    return t(
      '"{0}" is not a language code; use two lower-case letters, such as {1}',
      sanitizeLine(String(path.at(-1)), Infinity),
      '"en"',
    );
  }
  const isNoText = rule.endsWith('.text') && code === 'invalid_type';
  return sentence(path.map(String).join('.'), isNoText ? t('must be text') : RULES[rule].text);
}

function brokenRule(value: JsonObject, path: JsonPath, message: string): RuleId {
  const field = String(path[0] ?? '');
  const rule =
    path.length === 1 && !Object.hasOwn(value, field) ? `manifest.${field}.required` : message;
  return isRuleId(rule) ? rule : 'manifest.object';
}

/** Returns the closest allowed value of a field with a fixed list of values. */
function suggestValue(rule: RuleId, path: JsonPath, source: JsonText): string | undefined {
  const text = rule.endsWith('.value') ? parseJson(source.textAt(path) ?? '')?.value : undefined;
  const { values = [] } = manifestField(path) ?? {};
  return typeof text === 'string' ? meantValue(text, values) : undefined;
}

/**
 * Reports values in unknown fields of `requires` that JSON does not preserve, because these fields
 * are submitted unchanged.
 */
function addLostValues(problems: ProblemList, source: JsonText, file: string): void {
  const known = Object.keys(requiresSchema.shape);
  source.visitValues((path, { isNumber, text, range, keyRange }) => {
    const [field = '', inner = ''] = path;
    const told = (rule: RuleId, place: () => Range): void => {
      problems.add(RULES[rule].severity, () =>
        toProblem(rule, sentence(path.join('.'), RULES[rule].text), file, place()),
      );
    };
    if (
      path.length > 1 &&
      path.at(-1) === '__proto__' &&
      Object.hasOwn(manifestSchema.shape, field)
    ) {
      told('manifest.proto', keyRange);
    }
    const isPassedThrough = field === 'requires' && path.length > 1 && !known.includes(inner);
    if (isPassedThrough && isNumber && !isKeptNumber(text())) {
      told('manifest.number', range);
    }
  });
}

function addVersionProblem(
  problems: ProblemList,
  { version }: JsonObject,
  source: JsonText,
  file: string,
): void {
  if (typeof version !== 'string' || version === '' || isSemver(version)) {
    return;
  }
  const rule = 'manifest.version.semver';
  const message = sentence('version', RULES[rule].text);
  const range = source.rangeOf(['version']);
  problems.add(RULES[rule].severity, () => toProblem(rule, message, file, range));
}

/**
 * Reports unknown fields, which are not submitted. One that looks like a misspelt known field is a
 * warning, because it was meant to have an effect.
 */
function addUnknownFields(
  problems: ProblemList,
  value: JsonObject,
  source: JsonText,
  file: string,
): void {
  const known = Object.keys(manifestSchema.shape);
  const rule = 'manifest.unknown-field';
  const unknown = Object.keys(value).filter(
    (field) => !known.includes(field) && field !== EDITOR_FIELD,
  );
  for (const [index, field] of unknown.entries()) {
    const meant = index < MAX_GUESSES ? closestMatch(field, known) : undefined;
    const severity = meant === undefined ? RULES[rule].severity : 'warning';
    problems.add(severity, () => {
      const message = sentence(field, RULES[rule].text);
      const told = toProblem(rule, message, file, source.keyRangeOf([field]));
      return { ...didYouMean(told, meant), severity };
    });
  }
}

function byPosition({ range: a }: Problem, { range: b }: Problem): number {
  return (
    (a?.start.line ?? 0) - (b?.start.line ?? 0) ||
    (a?.start.character ?? 0) - (b?.start.character ?? 0)
  );
}
