import { isJsonObject } from '../../platform/json';
import { CONFIG_FILE, MANIFEST_FILE } from '../../miniAppFolder';
import type { JsonText } from '../json/jsonText';
import type { ProblemList } from '../rules/problemList';
import { fileSentence, toProblem, RULES, sentence } from '../rules/rules';

const NAMES = { manifest: MANIFEST_FILE, config: CONFIG_FILE };

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
      const message = fileSentence(NAMES[kind], reason);
      problems.add('error', () => toProblem(`${kind}.syntax`, message, file, range));
    }
    return;
  }
  if (!isJsonObject(parsed.value)) {
    const rule = `${kind}.object` as const;
    const message = fileSentence(NAMES[kind], RULES[rule].text);
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
