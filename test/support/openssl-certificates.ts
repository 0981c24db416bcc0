import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificate } from './certificate';

/** A certificate for openssl to issue. */
export interface CertificateRecipe {
  /** The name of the issuer's recipe; the root when left out. */
  readonly issuer?: string;
  /** Extensions in openssl's syntax; by default those of a server certificate. */
  readonly extensions?: readonly string[];
  /** Additional openssl options. */
  readonly options?: string;
}

const EC_KEY = '-newkey ec -pkeyopt ec_paramgen_curve:P-256';
/** Replaces openssl's default configuration, which would add extensions. */
const CONFIGURATION = '[req]\ndistinguished_name=name\n[name]\n';

/** Checks for openssl 3 or later, which can issue a certificate with one command. */
export function hasOpenssl3(): boolean {
  try {
    return /^OpenSSL [3-9]/u.test(execFileSync('openssl', ['version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}

/**
 * Creates a root and the certificates below it in one shell run.
 * @param recipes by name, issuers before the certificates they issue
 */
export function makeCertificates<Name extends string>(
  folder: string,
  recipes: Readonly<Record<Name, CertificateRecipe>>,
): { root: string; issue: (name: Name) => TestCertificate } {
  writeFileSync(join(folder, 'openssl.cnf'), CONFIGURATION);
  const command = (name: string, options: string, extensions: readonly string[]): string =>
    [
      'openssl req -x509 -config openssl.cnf -nodes -batch -days 2',
      `-keyout ${name}.key -out ${name}.pem -subj /CN=${name}`,
      options,
      ...extensions.map((extension) => `-addext '${extension}'`),
    ].join(' ');
  const commands = [command('root', EC_KEY, ['basicConstraints=critical,CA:TRUE'])];
  for (const [name, recipe] of Object.entries<CertificateRecipe>(recipes)) {
    const { issuer = 'root', extensions = [], options = EC_KEY } = recipe;
    const names = extensions.some((each) => each.startsWith('subjectAltName='))
      ? []
      : ['subjectAltName=DNS:localhost'];
    const all = [...names, ...extensions];
    commands.push(command(name, `-CA ${issuer}.pem -CAkey ${issuer}.key ${options}`, all));
    commands.push(`cat ${issuer}.pem >>${name}.pem`);
  }
  execFileSync('sh', ['-e'], { cwd: folder, input: commands.join('\n'), stdio: 'pipe' });
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  return {
    root: join(folder, 'root.pem'),
    issue: (name) => ({ key: read(`${name}.key`), cert: read(`${name}.pem`) }),
  };
}
