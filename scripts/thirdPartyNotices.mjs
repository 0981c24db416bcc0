import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const RULE = '-'.repeat(80);

/**
 * Reviewed packages that declare MIT without shipping its text: the copyright holders that their
 * package.json names.
 */
const MIT_WITHOUT_TEXT = new Map([['@vscode/l10n', 'Microsoft Corporation']]);

/**
 * Returns the packages whose code is in the bundle according to esbuild's metafile.
 * @param {{ outputs: Record<string, { inputs: Record<string, unknown> }> }} metafile
 * @returns {string[]} their folders, sorted
 */
export function bundledPackages({ outputs }) {
  const folders = Object.values(outputs)
    .flatMap(({ inputs }) => Object.keys(inputs))
    .map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/u.exec(input)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

/**
 * Returns the licences of bundled packages: the text that a package ships, or the MIT text for
 * reviewed packages that only declare it.
 * @param {readonly string[]} folders of the packages
 * @throws Error for a package that ships no licence and has not been reviewed
 */
export async function thirdPartyNotices(folders) {
  const notices = await Promise.all(folders.map(noticeOf));
  const head = 'i99dash for VS Code contains code of these packages, under their licences.';
  return `${[head, ...notices].join(`\n\n${RULE}\n\n`)}\n`;
}

async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const shipped = (await licenceFile(folder)) ?? (await licenceInReadme(folder));
  const text = shipped ?? (license === 'MIT' ? mitOf(MIT_WITHOUT_TEXT.get(name)) : undefined);
  if (text === undefined) {
    throw new Error(`${name} ships no licence: look at it before it is bundled.`);
  }
  return `${name} ${version} (${license})\n\n${text.replaceAll('\r\n', '\n').trim()}`;
}

async function licenceFile(folder) {
  const names = await readdir(folder);
  const files = names.filter((name) => /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/iu.test(name));
  const texts = await Promise.all(files.sort().map((name) => readFile(join(folder, name), 'utf8')));
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

async function licenceInReadme(folder) {
  const readme = await readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
  return /^#+ *licen[cs]e\s+([^#]*copyright[^#]*)/imu.exec(readme)?.[1];
}

/** Returns the MIT licence in the wording of the Open Source Initiative. */
function mitOf(holder) {
  return holder === undefined
    ? undefined
    : `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
}
