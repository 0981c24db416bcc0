import * as z from 'zod/mini';
import { isJsonObject, parseJson, type JsonObject } from '../../platform/json';
import { t } from '../../text/l10n';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem, Range } from '../../problem';
import { addJsonProblems } from './jsonProblems';
import { isKeptNumber } from '../json/jsonNumber';
import { JsonText, type JsonPath } from '../json/jsonText';
import type { Manifest, ManifestFields } from './manifest';
import { manifestField, manifestFields } from './manifestFields';
import { MINI_APP_MANIFEST, type ManifestType } from './manifestType';
import { requiresSchema } from './schemaParts';
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
export interface Checked<Submitted, Fields> {
  /** The manifest in the form in which it is submitted; set if no problem is an error. */
  manifest?: Submitted;
  /** In text order; see {@link ProblemList}. */
  problems: Problem[];
  /**
   * The valid fields, in the form in which they are submitted; empty if the text is not a JSON
   * object.
   */
  fields: Fields;
  /** What the text says, without the innermost values that break a rule. */
  sound: JsonObject;
  /** The text, which locates the fields. */
  source: JsonText;
}

/** The result of checking a mini-app's manifest. */
export type CheckedManifest = Checked<Manifest, ManifestFields>;

/**
 * Checks the text of a mini-app's manifest against all rules. Never throws.
 * @param file absolute path, used in problems
 */
export function validateManifest(json: string, file: string): CheckedManifest {
  return checkManifest(MINI_APP_MANIFEST, json, file);
}

/**
 * Checks the text of a manifest against all rules. Never throws.
 * @param file absolute path, used in problems
 */
export function checkManifest<Shape extends z.core.$ZodShape>(
  type: ManifestType<Shape>,
  json: string,
  file: string,
): Checked<SubmittedBy<Shape>, Partial<SubmittedBy<Shape>>> {
  const source = new JsonText(json);
  const problems = new ProblemList(file);
  addJsonProblems(problems, 'manifest', source, file);
  const value = source.parsed?.value;
  if (!isJsonObject(value)) {
    return { fields: {}, sound: {}, problems: problems.toArray(), source };
  }
  const result = type.schema.safeParse(value);
  const issues = result.error?.issues ?? [];
  for (const issue of issues) {
    addIssue(problems, type, issue, value, source, file);
  }
  addLostValues(problems, type, source, file);
  addVersionProblem(problems, value, source, file);
  addUnknownFields(problems, [], Object.keys(value), type, source, file);
  const sound = withoutBroken(value, issues);
  const told = { problems: problems.toArray(byPosition), sound, source };
  return result.success && !problems.hasErrors
    ? { ...told, manifest: result.data, fields: result.data }
    : { ...told, fields: readFields(type, value) };
}

type SubmittedBy<Shape extends z.core.$ZodShape> = z.output<z.ZodMiniObject<Shape>>;

function addIssue(
  problems: ProblemList,
  type: ManifestType,
  issue: z.core.$ZodIssue,
  value: JsonObject,
  source: JsonText,
  file: string,
): void {
  const { code, path, message } = issue;
  if (code === 'unrecognized_keys') {
    addUnknownFields(problems, path, issue.keys, type, source, file);
    return;
  }
  const rule = brokenRule(type, value, path, message);
  problems.add(RULES[rule].severity, () => {
    const range = code === 'invalid_key' ? source.keyRangeOf(path) : source.rangeOf(path);
    const problem = toProblem(rule, describeBroken(rule, code, path), file, range);
    return didYouMean(problem, suggestValue(type, rule, path, source));
  });
}

function readFields<Shape extends z.core.$ZodShape>(
  { schema }: ManifestType<Shape>,
  value: JsonObject,
): Partial<SubmittedBy<Shape>> {
  const partial = z.partial(schema);
  const { error } = partial.safeParse(value);
  const broken = new Set(error?.issues.map(({ path }) => path[0]));
  const sound = Object.entries(value).filter(([field]) => !broken.has(field));
  return (partial.safeParse(Object.fromEntries(sound)).data ?? {}) as Partial<SubmittedBy<Shape>>;
}

/** Copies a value without the innermost values that have an issue. */
function withoutBroken(value: JsonObject, issues: readonly z.core.$ZodIssue[]): JsonObject {
  const broken = new Set(issues.map(({ path }) => JSON.stringify(path)));
  const copy = (inner: unknown, path: readonly PropertyKey[]): unknown => {
    if (Array.isArray(inner)) {
      // Entries keep their index, which is part of their place.
      return inner.map((entry, index) => {
        const at = [...path, index];
        return broken.has(JSON.stringify(at)) ? undefined : copy(entry, at);
      });
    }
    if (!isJsonObject(inner)) {
      return inner;
    }
    const entries = Object.entries(inner)
      .map(([name, each]) => ({ name, each, at: [...path, name] }))
      .filter(({ each, at }) => isJsonObject(each) || !broken.has(JSON.stringify(at)))
      .map(({ name, each, at }) => [name, copy(each, at)] as const);
    return Object.fromEntries(entries);
  };
  return copy(value, []) as JsonObject;
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

function brokenRule(
  { rules }: ManifestType,
  value: JsonObject,
  path: JsonPath,
  message: string,
): RuleId {
  const [missing] = isMissing(value, path)
    ? rules.map((start) => `${start}.${path.map(String).join('.')}.required`).filter(isRuleId)
    : [];
  return missing ?? (isRuleId(message) ? message : 'manifest.object');
}

/** Checks whether an object has no field at a path. */
function isMissing(value: JsonObject, path: JsonPath): boolean {
  const [name, ...rest] = path.map(String);
  const inner = name !== undefined && Object.hasOwn(value, name) ? value[name] : undefined;
  return isJsonObject(inner) && rest.length > 0
    ? isMissing(inner, rest)
    : name !== undefined && rest.length === 0 && !Object.hasOwn(value, name);
}

/** Returns the closest allowed value of a field with a fixed list of values. */
function suggestValue(
  type: ManifestType,
  rule: RuleId,
  path: JsonPath,
  source: JsonText,
): string | undefined {
  const text = rule.endsWith('.value') ? parseJson(source.textAt(path) ?? '')?.value : undefined;
  const { values = [] } = manifestField(path, type) ?? {};
  return typeof text === 'string' ? meantValue(text, values) : undefined;
}

/**
 * Reports values in unknown fields of `requires` that JSON does not preserve, because these fields
 * are submitted unchanged.
 */
function addLostValues(
  problems: ProblemList,
  { schema }: ManifestType,
  source: JsonText,
  file: string,
): void {
  const known = Object.keys(requiresSchema.shape);
  source.visitValues((path, { isNumber, text, range, keyRange }) => {
    const [field = '', inner = ''] = path;
    const told = (rule: RuleId, place: () => Range): void => {
      problems.add(RULES[rule].severity, () =>
        toProblem(rule, sentence(path.join('.'), RULES[rule].text), file, place()),
      );
    };
    if (path.length > 1 && path.at(-1) === '__proto__' && Object.hasOwn(schema.shape, field)) {
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
 * Reports unknown fields. At the top they are not submitted; one that looks like a misspelt known
 * field is a warning there, because it was meant to have an effect. Elsewhere they are errors.
 * @param path of the object that has the fields
 */
function addUnknownFields(
  problems: ProblemList,
  path: JsonPath,
  fields: readonly string[],
  type: ManifestType,
  source: JsonText,
  file: string,
): void {
  const known = manifestFields(path, type).map(({ name }) => name);
  const isTop = path.length === 0;
  const rule: RuleId = isTop ? 'manifest.unknown-field' : 'theme.unknown-field';
  const unknown = fields.filter(
    (field) => !known.includes(field) && !(isTop && field === EDITOR_FIELD),
  );
  for (const [index, field] of unknown.entries()) {
    const meant = index < MAX_GUESSES ? closestMatch(field, known) : undefined;
    const severity = isTop && meant !== undefined ? 'warning' : RULES[rule].severity;
    problems.add(severity, () => {
      const at = [...path, field];
      const message = sentence(at.map(String).join('.'), RULES[rule].text);
      const told = toProblem(rule, message, file, source.keyRangeOf(at));
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
