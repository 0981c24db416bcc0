import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installPackages } from '../support/npm-packages';

export const FOLDER = resolve(__dirname, '../../out/webview-accuracy');

const PACKAGES = [
  ...['react', 'react-dom', 'vue', 'preact', 'jquery', 'lodash', 'underscore', 'immutable'],
  ...['core-js-bundle', 'rxjs', 'd3', 'chart.js', 'leaflet', 'axios', 'dayjs'],
];
/** The paths of files for browsers in packages. */
const DIST = /^(?:(?:build|bundles|cjs|dist|plugin|umd)\/.*|[\w.-]+)\.[cm]?js$/u;
const MAX_FILES = 32;

/** Installs the packages, without running their scripts. */
export function install(): void {
  installPackages(FOLDER, PACKAGES);
}

/**
 * Lists build files of the packages relative to their folder; from a package with many, equally
 * many from each end of the list.
 */
export function listFiles(): string[] {
  return PACKAGES.flatMap((name) => {
    const files = readdirSync(join(FOLDER, 'node_modules', name), {
      recursive: true,
      encoding: 'utf8',
    })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => DIST.test(file))
      .sort();
    const kept =
      files.length <= MAX_FILES
        ? files
        : [...files.slice(0, MAX_FILES / 2), ...files.slice(-MAX_FILES / 2)];
    return kept.map((file) => `${name}/${file}`);
  });
}
