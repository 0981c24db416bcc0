import * as z from 'zod/mini';
import { isJsonObject } from '../json';
import type { Problem } from '../problem';
import { addJsonProblems } from './jsonProblems';
import { JsonText } from './jsonText';
import { ProblemList } from './problemList';
import { isRuleId, problemOf, RULES, sentence, type RuleId } from './rules';

const optionalText = (rule: RuleId) => z.nullish(z.string(rule));
const PORT: RuleId = 'config.dev.port';

/** The fields of `sdk.config.json`. The message of an issue is the id of the rule that is broken; null is as good as nothing. */
const configSchema = z.object({
  appRoot: optionalText('config.appRoot.type'),
  distDir: optionalText('config.distDir.type'),
  buildCommand: optionalText('config.buildCommand.type'),
});

/** For a server on the developer's machine, not for what is published: wrong ones are warnings. */
const devSchema = z.object({
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

/** Where a mini-app's parts are, as its author wrote it. */
export interface Config {
  appRoot: string;
  distDir: string;
  /** Trimmed, not empty. */
  buildCommand?: string;
}

/**
 * Checks the text of `sdk.config.json`. Never throws.
 * @param file the absolute path that problems are told with
 * @returns `config` when no problem is an error
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
  const issues = [
    ...(result.error?.issues ?? []),
    ...(devSchema.safeParse(value).error?.issues ?? []),
  ];
  for (const { path, message } of issues) {
    const rule = isRuleId(message) ? message : 'config.object';
    const text = sentence(path.map(String).join('.'), RULES[rule].text);
    problems.add(RULES[rule].severity, () => problemOf(rule, text, file, source.rangeOf(path)));
  }
  const told = { problems: problems.toArray() };
  if (!result.success || problems.hasErrors) {
    return told;
  }
  const { appRoot, distDir } = result.data;
  const buildCommand = result.data.buildCommand?.trim() ?? '';
  const config = { appRoot: appRoot ?? './src', distDir: distDir ?? './dist' };
  return { ...told, config: buildCommand === '' ? config : { ...config, buildCommand } };
}
