import * as z from 'zod/mini';
import { isJsonObject, type JsonObject } from '../../platform/json';
import type { Problem } from '../../problem';
import { configFields } from './configFields';
import { addJsonProblems } from './jsonProblems';
import { JsonText } from '../json/jsonText';
import { closestMatch } from '../../text/closestMatch';
import { ProblemList } from '../rules/problemList';
import { didYouMean, isRuleId, toProblem, RULES, sentence, type RuleId } from '../rules/rules';

const optionalText = (rule: RuleId) => z.nullish(z.string(rule));
const PORT: RuleId = 'config.dev.port';
/** The most misspelt fields that get a suggestion. */
const MAX_GUESSES = 20;

/**
 * The schema of `sdk.config.json`. The message of an issue is the ID of the broken rule; null
 * counts as missing.
 */
const configSchema = z.object({
  appRoot: optionalText('config.appRoot.type'),
  distDir: optionalText('config.distDir.type'),
  buildCommand: optionalText('config.buildCommand.type'),
  dev: z.nullish(
    z.object(
      {
        port: z.nullish(z.int(PORT).check(z.gte(0, PORT), z.lte(65_535, PORT))),
        host: optionalText('config.dev.host'),
      },
      'config.dev.type' satisfies RuleId,
    ),
  ),
});

/** The folders and the build of a mini-app, as written by its author. */
export interface Config {
  appRoot: string;
  distDir: string;
  /** Trimmed, not empty. */
  buildCommand?: string;
}

/**
 * Checks the text of `sdk.config.json`. Never throws.
 * @param file absolute path, used in problems
 * @returns `config` if no problem is an error
 */
export function validateConfig(
  json: string,
  file: string,
): { config?: Config; problems: Problem[] } {
  const source = new JsonText(json);
  const problems = new ProblemList(file);
  addJsonProblems(problems, 'config', source, file);
  const value = source.parsed?.value;
  if (!isJsonObject(value)) {
    return { problems: problems.toArray() };
  }
  const result = configSchema.safeParse(value);
  for (const { path, message } of result.error?.issues ?? []) {
    const rule = isRuleId(message) ? message : 'config.object';
    const text = sentence(path.map(String).join('.'), RULES[rule].text);
    problems.add(RULES[rule].severity, () => toProblem(rule, text, file, source.rangeOf(path)));
  }
  addMisspeltFields(problems, value, source, file);
  const told = { problems: problems.toArray() };
  if (!result.success || problems.hasErrors) {
    return told;
  }
  const { appRoot, distDir } = result.data;
  const buildCommand = result.data.buildCommand?.trim() ?? '';
  const config = { appRoot: appRoot ?? './src', distDir: distDir ?? './dist' };
  return { ...told, config: buildCommand === '' ? config : { ...config, buildCommand } };
}

/** Reports unknown fields that look like a misspelt known one. Other unknown fields are ignored. */
function addMisspeltFields(
  problems: ProblemList,
  value: JsonObject,
  source: JsonText,
  file: string,
): void {
  const rule = 'config.unknown-field';
  for (const path of [[], ['dev']]) {
    const object = path.length === 0 ? value : value['dev'];
    const known = configFields(path).map(({ name }) => name);
    const unknown = Object.keys(isJsonObject(object) ? object : {}).filter(
      (name) => !known.includes(name),
    );
    for (const name of unknown.slice(0, MAX_GUESSES)) {
      const meant = closestMatch(name, known);
      if (meant !== undefined) {
        const field = [...path, name];
        problems.add(RULES[rule].severity, () => {
          const message = sentence(field.join('.'), RULES[rule].text);
          return didYouMean(toProblem(rule, message, file, source.keyRangeOf(field)), meant);
        });
      }
    }
  }
}
