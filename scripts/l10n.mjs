import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SOURCES = join(ROOT, 'l10n/ar');
/** The source of `package.nls.ar.json`, which is not part of the bundle. */
const NLS = 'package.nls.json';

/**
 * U+2067 starts a right-to-left isolate, U+2068 one in the direction of its first strong character,
 * U+2069 ends either.
 */
const [RIGHT_TO_LEFT, AS_IT_IS, END] = ['\u2067', '\u2068', '\u2069'];

/** Text whose order does not depend on its context: letters of the language itself, and spaces. */
const LETTERS_ALONE = /^[\p{Script=Arabic}\p{M}\s]*$/u;
/** A line that consists of a link, which VS Code renders as a button. */
const LINK_ALONE = /^\[([^\]]*)\](\([^)\s]*\))$/u;
/**
 * A link's target, which stays unchanged; inline code, a placeholder with its affixes, a path that
 * begins with a sign.
 */
const PARTS =
  /\]\([^)\s]*\)|`[^`]*`|(?:HTTP )?\{[^{}\s]+\}(?:\(\))?|(?<=^|\s)[~./][~./\w-]*[\w/]/gu;

/**
 * Isolates an Arabic text for display in a left-to-right workbench, and the left-to-right parts
 * within it: the text, its placeholders and its code become isolates of the bidirectional
 * algorithm. Translators do not write isolates.
 * @param {string} text
 * @returns {string}
 */
export function isolate(text) {
  return text.split('\n').map(isolateLine).join('\n');
}

function isolateLine(line) {
  if (LETTERS_ALONE.test(line)) {
    return line;
  }
  const [, label, target] = LINK_ALONE.exec(line) ?? [];
  if (target !== undefined) {
    return `[${isolateLine(label)}]${target}`;
  }
  const parts = line.replaceAll(PARTS, (part) =>
    part.startsWith(']') ? part : `${AS_IT_IS}${part}${END}`,
  );
  return `${RIGHT_TO_LEFT}${parts}${END}`;
}

/**
 * Reads the Arabic texts of the translators by area.
 * @returns {Promise<Record<string, Record<string, string | Record<string, string>>>>}
 * @throws Error when a file is not valid JSON
 */
export async function readArabic() {
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.json')).sort();
  const areas = names.map(async (name) => [name, await readJson(join(SOURCES, name))]);
  return Object.fromEntries(await Promise.all(areas));
}

/**
 * Builds the files that VS Code loads from the translators' files: one bundle for the code and one
 * for `package.json`, with a key for each form of a plural (`pluralKey` in `src/core/text/l10n.ts`
 * looks them up).
 * @returns {{ bundle: Record<string, string>, nls: Record<string, string> }}
 * @throws Error when two areas translate the same text differently
 */
export function merge(areas) {
  const { [NLS]: nls = {}, ...others } = areas;
  const bundle = {};
  for (const [area, texts] of Object.entries(others)) {
    for (const [key, arabic] of Object.entries(texts).flatMap(spread)) {
      if (bundle[key] !== undefined && bundle[key] !== arabic) {
        throw new Error(`l10n/ar/${area} and another area translate differently: ${key}`);
      }
      bundle[key] = arabic;
    }
  }
  return { bundle: isolated(bundle), nls: isolated(nls) };
}

function spread([key, arabic]) {
  return typeof arabic === 'string'
    ? [[key, arabic]]
    : Object.entries(arabic).map(([form, text]) => [`${key}#${form}`, text]);
}

function isolated(texts) {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, isolate(text)]));
}

async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Writes the localized bundles with every build, after the step that clears the folder. */
export const localizedTexts = {
  name: 'localized-texts',
  setup(pluginBuild) {
    pluginBuild.onEnd(async ({ errors }) => {
      if (errors.length > 0) {
        return;
      }
      const { bundle, nls } = merge(await readArabic());
      const folder = join(ROOT, pluginBuild.initialOptions.outdir, 'l10n');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'bundle.l10n.ar.json'), JSON.stringify(bundle));
      await writeFile(join(ROOT, 'package.nls.ar.json'), JSON.stringify(nls));
    });
  },
};
