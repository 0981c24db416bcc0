import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Returns the changelog's entry of a release.
 * @param {string} tag `v1.1.0`
 * @param {string} version the version in package.json
 * @param {string} changelog
 * @throws Error when the tag, the version and the newest entry with a version differ
 */
export function releaseNotes(tag, version, changelog) {
  if (tag !== `v${version}`) {
    throw new Error(`The tag is ${tag}, but the version in package.json is ${version}.`);
  }
  const [newest = '', ...older] = changelog.split(/^## (?=\[)/mu).slice(1);
  const [, name] = /^\[([^\]]+)\]/u.exec(newest) ?? [];
  if (name !== version) {
    throw new Error(`The newest entry in CHANGELOG.md is ${name ?? 'missing'}, not ${version}.`);
  }
  // Links are defined after the oldest entry.
  const entry = older.length === 0 ? newest.replace(/^\[[^\]]+\]: .*$/gmu, '') : newest;
  return `${entry.replace(/^.*\n/u, '').trim()}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
  const { version } = JSON.parse(read('package.json'));
  process.stdout.write(releaseNotes(process.argv[2] ?? '', version, read('CHANGELOG.md')));
}
