import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const RULE = '-'.repeat(80);

/**
 * The packages whose code is in the bundle, as esbuild's metafile has them.
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
 * The licences of bundled packages, each in the words that its package ships.
 * @param {readonly string[]} folders of the packages
 * @throws Error for a package that ships no licence
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
  const text = (await licenceFile(folder)) ?? (await licenceInReadme(folder));
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
