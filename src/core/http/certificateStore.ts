import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { Worker } from 'node:worker_threads';
import { systemErrorCode } from '../errors';

/** Available since Node.js 22.15. Older releases cannot read system certificates. */
const { getCACertificates } = tls as Partial<Pick<typeof tls, 'getCACertificates'>>;

/** The two PEM labels that Node.js reads. It ignores OpenSSL's `TRUSTED CERTIFICATE`. */
const CERTIFICATES =
  /-----BEGIN (?:X509 )?CERTIFICATE-----[^-]+-----END (?:X509 )?CERTIFICATE-----/gu;

/** Which certificates are trusted in addition to Node.js's own. */
export interface CertificateConfiguration {
  /** VS Code's `http.systemCertificates`. Default true. */
  systemCertificates?: boolean;
  /** `NODE_EXTRA_CA_CERTS`: a file of PEM certificates. */
  extraFile?: string;
}

/** PEM certificates by source. */
export interface CertificateSources {
  /** Node.js's own certificates and those it was started with. */
  builtIn: readonly string[];
  /** Undefined when no file is set; an error code when it cannot be read. */
  extra: readonly string[] | string | undefined;
  /** Undefined when disabled or unavailable. */
  system: readonly string[] | undefined;
}

/**
 * Trusts Node.js's own certificates, and those of the system and of `NODE_EXTRA_CA_CERTS` only if
 * necessary: reading the system's takes 100 ms and more, which most users never need.
 */
export class CertificateStore {
  private configuration = '';
  private fingerprint = '';
  private extended: tls.SecureContext | undefined;

  /**
   * Returns the context for TLS, or undefined for Node.js's own certificates. Returns a new object
   * whenever the certificates change.
   */
  contextFor(configuration: CertificateConfiguration): tls.SecureContext | undefined {
    return this.configuration === JSON.stringify(configuration) ? this.extended : undefined;
  }

  /** Loads all trusted certificates for {@link contextFor}. Never rejects. */
  async extend(configuration: CertificateConfiguration): Promise<void> {
    const { builtIn, extra, system = [] } = await readCertificates(configuration);
    const added = [...new Set([...(typeof extra === 'object' ? extra : []), ...system])].sort();
    const fingerprint = createHash('sha256').update(added.join()).digest('hex');
    this.configuration = JSON.stringify(configuration);
    if (fingerprint !== this.fingerprint) {
      this.fingerprint = fingerprint;
      const ca = [...new Set([...builtIn, ...added])];
      this.extended = added.length === 0 ? undefined : tls.createSecureContext({ ca });
    }
  }
}

/** Reads the certificates of all sources. Never rejects. */
export async function readCertificates({
  systemCertificates = true,
  extraFile = '',
}: CertificateConfiguration): Promise<CertificateSources> {
  const [extra, system] = await Promise.all([
    extraFile === '' ? undefined : readExtra(extraFile),
    systemCertificates ? readSystem() : undefined,
  ]);
  return { builtIn: getCACertificates?.('default') ?? tls.rootCertificates, extra, system };
}

/** Node.js reads this file only at startup, and the editor may have been started without it. */
async function readExtra(file: string): Promise<readonly string[] | string> {
  try {
    const text = await readFile(file, 'utf8');
    const blocks = text.match(CERTIFICATES) ?? [];
    return usable(blocks.map((block) => block.replaceAll(' X509 CERTIFICATE-', ' CERTIFICATE-')));
  } catch (error) {
    return systemErrorCode(error) ?? 'unreadable';
  }
}

let systemCertificates: Promise<readonly string[] | undefined> | undefined;

/** Reads the system certificates once per process, as Node.js does. */
function readSystem(): Promise<readonly string[] | undefined> {
  systemCertificates ??= readSystemInThread().then(
    (certificates) => usable(certificates),
    () => undefined,
  );
  return systemCertificates;
}

/** Uses a worker thread because the system store may be slow and the call is synchronous. */
async function readSystemInThread(): Promise<readonly string[]> {
  if (getCACertificates === undefined) {
    throw new Error('this Node.js cannot read the system’s certificates');
  }
  const script = `require('node:worker_threads').parentPort.postMessage(require('node:tls').getCACertificates('system'))`;
  const worker = new Worker(script, { eval: true });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('no certificates came')));
  });
}

/** Drops unreadable certificates: a single one would make OpenSSL reject them all. */
function usable(certificates: readonly string[]): readonly string[] {
  return certificates.filter((certificate) => {
    try {
      return new X509Certificate(certificate).raw.length > 0;
    } catch {
      return false;
    }
  });
}
