import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { Worker } from 'node:worker_threads';
import { systemErrorCode } from '../errors';

/** Node.js 22.15 and later; older ones know nothing of the system's certificates. */
const { getCACertificates } = tls as Partial<Pick<typeof tls, 'getCACertificates'>>;

/** Both names that Node.js reads; a trusted certificate of OpenSSL (`TRUSTED CERTIFICATE`) it leaves out. */
const CERTIFICATES =
  /-----BEGIN (?:X509 )?CERTIFICATE-----[^-]+-----END (?:X509 )?CERTIFICATE-----/gu;

/** Which certificates beside Node.js's own are trusted. */
export interface TrustConfiguration {
  /** VS Code's `http.systemCertificates`; default true. */
  systemCertificates?: boolean;
  /** `NODE_EXTRA_CA_CERTS`: a file of PEM certificates. */
  extraFile?: string;
}

/** Certificates as PEM texts, by where they come from. */
export interface CertificateSources {
  /** Node.js's own, and what it was started with. */
  builtIn: readonly string[];
  /** Undefined when no file is named; an error's code when it cannot be read. */
  extra: readonly string[] | string | undefined;
  /** Undefined when switched off or out of reach. */
  system: readonly string[] | undefined;
}

/**
 * Trusts Node.js's own certificates, and when these do not suffice also those of the system and of `NODE_EXTRA_CA_CERTS`: reading the system's
 * takes a tenth of a second and more, which most never need to spend.
 */
export class Trust {
  private configuration = '';
  private fingerprint = '';
  private extended: tls.SecureContext | undefined;

  /** What to give to TLS; undefined for Node.js's own certificates. Another object whenever it changes. */
  contextFor(configuration: TrustConfiguration): tls.SecureContext | undefined {
    return this.configuration === JSON.stringify(configuration) ? this.extended : undefined;
  }

  /**
   * Reads every certificate that may be trusted; {@link contextFor} then has them all. Never rejects.
   */
  async extend(configuration: TrustConfiguration): Promise<void> {
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

/** Reads the certificates from every source. Never rejects. */
export async function readCertificates({
  systemCertificates = true,
  extraFile = '',
}: TrustConfiguration): Promise<CertificateSources> {
  const [extra, system] = await Promise.all([
    extraFile === '' ? undefined : readExtra(extraFile),
    systemCertificates ? readSystem() : undefined,
  ]);
  return { builtIn: getCACertificates?.('default') ?? tls.rootCertificates, extra, system };
}

/** Node.js reads this file itself, but only when it starts, and an editor may have come about without it. */
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

/** Once per process: Node.js itself does not look again. */
function readSystem(): Promise<readonly string[] | undefined> {
  systemCertificates ??= readSystemInThread().then(
    (certificates) => usable(certificates),
    () => undefined,
  );
  return systemCertificates;
}

/** In a thread of its own: the system's store may be slow, and holds up everything meanwhile. */
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

/** One that OpenSSL cannot read would spoil all the others. */
function usable(certificates: readonly string[]): readonly string[] {
  return certificates.filter((certificate) => {
    try {
      return new X509Certificate(certificate).raw.length > 0;
    } catch {
      return false;
    }
  });
}
