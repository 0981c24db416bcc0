import { basename } from 'node:path';
import { isJsonObject } from '../../platform/json';
import type { JsonText } from '../json/jsonText';
import type { ProblemList } from '../rules/problemList';
import { fileSentence, toProblem, RULES, sentence } from '../rules/rules';

/** Adds problems if a text is not a JSON object, or has duplicate fields. */
export function addJsonProblems(
  problems: ProblemList,
  kind: 'manifest' | 'config',
  source: JsonText,
  file: string,
): void {
  const { parsed, syntaxErrors } = source;
  if (parsed === undefined) {
    for (const { reason, range } of syntaxErrors) {
      const message = fileSentence(basename(file), reason);
      problems.add('error', () => toProblem(`${kind}.syntax`, message, file, range));
    }
    return;
  }
  if (!isJsonObject(parsed.value)) {
    const rule = `${kind}.object` as const;
    const message = fileSentence(basename(file), RULES[rule].text);
    problems.add('error', () => toProblem(rule, message, file, source.rangeOf([])));
    return;
  }
  const rule = `${kind}.duplicate-key` as const;
  source.visitDuplicateKeys((path, range) => {
    problems.add('error', () =>
      toProblem(rule, sentence(path.join('.'), RULES[rule].text), file, range()),
    );
  });
}
