/**
 * Runs the secret scanner on popular packages, which contain no secrets: `npm run
 * secrets:false-positives`. The packages are installed from the npm registry into
 * `out/false-positives` without running their scripts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, resolve, sep } from 'node:path';
import {
  SecretScanner,
  type SecretFinding,
} from '../../src/core/publish/checks/secrets/secretScanner';
import { installPackages } from '../support/npm-packages';

const FOLDER = resolve(__dirname, '../../out/false-positives');
const PACKAGES = [
  ...[
    'react',
    'react-dom',
    'vue',
    'svelte',
    'preact',
    '@angular/core',
    'lit',
    'solid-js',
    'jquery',
  ],
  ...[
    'lodash',
    'underscore',
    'rxjs',
    'immutable',
    'core-js',
    'moment',
    'dayjs',
    'date-fns',
    'luxon',
  ],
  ...[
    'axios',
    'socket.io-client',
    'graphql',
    '@apollo/client',
    'firebase',
    '@supabase/supabase-js',
  ],
  ...[
    '@aws-sdk/client-s3',
    'aws-amplify',
    'stripe',
    '@stripe/stripe-js',
    '@slack/web-api',
    'openai',
  ],
  ...['@octokit/rest', 'googleapis-common', 'google-auth-library', 'jsonwebtoken', 'jose', 'sshpk'],
  ...[
    'node-forge',
    'openpgp',
    'crypto-js',
    'tweetnacl',
    'elliptic',
    'jsencrypt',
    'ssh2',
    'leaflet',
  ],
  ...['mapbox-gl', 'three', 'd3', 'chart.js', 'bootstrap', 'typescript'],
];
/** The file types that a mini-app's bundle contains of them. */
const EXTENSIONS = new Set([
  '.js',
  '.mjs',
  '.cjs',
  '.css',
  '.html',
  '.json',
  '.map',
  '.svg',
  '.txt',
]);

interface Finding extends SecretFinding {
  file: string;
}

function install(): void {
  installPackages(FOLDER, PACKAGES);
}

/** Lists the files of the packages themselves without their dependencies. */
function listFiles(): string[] {
  return PACKAGES.flatMap((name) =>
    readdirSync(join(FOLDER, 'node_modules', name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && EXTENSIONS.has(extname(entry.name)))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => file.split(`${sep}node_modules${sep}`).length === 2),
  );
}

function scan(files: readonly string[]): { bytes: number; findings: Finding[] } {
  const scanner = new SecretScanner();
  const findings: Finding[] = [];
  let bytes = 0;
  for (const file of files) {
    const content = readFileSync(file);
    const name = relative(join(FOLDER, 'node_modules'), file).replaceAll(sep, '/');
    bytes += content.length;
    scanner.begin({ name });
    scanner.add(content);
    findings.push(...scanner.end().map((finding) => ({ ...finding, file: name })));
  }
  return { bytes, findings };
}

function main(): void {
  install();
  const files = listFiles();
  const { bytes, findings } = scan(files);
  console.log(`${PACKAGES.length} packages, ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
  for (const rule of new Set(findings.map(({ rule }) => rule))) {
    console.log(`${rule}: ${findings.filter((finding) => finding.rule === rule).length}`);
  }
  for (const { file, rule, text, range } of findings) {
    const { line, character } = range?.start ?? { line: 0, character: 0 };
    console.log(`  ${file}:${line + 1}:${character + 1} ${rule}: ${text}`);
  }
  console.log(`${findings.length} in all`);
}

main();
