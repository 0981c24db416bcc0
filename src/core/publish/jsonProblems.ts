import { isJsonObject } from '../json';
import { CONFIG_FILE, MANIFEST_FILE } from '../miniAppFolder';
import type { Problem } from '../problem';
import type { JsonText } from './jsonText';
import { fileSentence, problemOf, RULES, sentence } from './rules';

const NAMES = { manifest: MANIFEST_FILE, config: CONFIG_FILE };

/** What keeps a text from being a JSON object whose fields are each there once. */
export function jsonProblems(
  kind: 'manifest' | 'config',
  source: JsonText,
  file: string,
): Problem[] {
  const { parsed, syntaxErrors } = source;
  if (parsed === undefined) {
    return syntaxErrors.map(({ reason, range }) =>
      problemOf(`${kind}.syntax`, fileSentence(NAMES[kind], reason), file, range),
    );
  }
  if (!isJsonObject(parsed.value)) {
    const rule = `${kind}.object` as const;
    return [problemOf(rule, fileSentence(NAMES[kind], RULES[rule].text), file, source.rangeOf([]))];
  }
  const rule = `${kind}.duplicate-key` as const;
  return source
    .duplicateKeys()
    .map(({ path, range }) =>
      problemOf(rule, sentence(path.join('.'), RULES[rule].text), file, range),
    );
}
