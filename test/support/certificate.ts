import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

const DAY_MS = 24 * 3600 * 1000;
const ECDSA_WITH_SHA256 = '06082a8648ce3d040302';
const COMMON_NAME = '0603550403';
const SUBJECT_ALT_NAME = '0603551d11';
const BASIC_CONSTRAINTS = '0603551d13';
const TRUE = '0101ff';

/** A certificate and its key in PEM format. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

/** The properties of a certificate. */
interface CertificateOptions {
  /** The DNS name; the certificate is always valid for 127.0.0.1 as well. */
  readonly host?: string;
  /** True: it expired yesterday. */
  readonly expired?: boolean;
}

/** A certificate authority; trusting its own certificate trusts those it issues. */
export interface TestAuthority extends TestCertificate {
  issue(options?: CertificateOptions): TestCertificate;
}

/** Creates a self-signed certificate with Node.js alone. */
export function selfSignedCertificate(options: CertificateOptions = {}): TestCertificate {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return certificate({ ...options, keys, signer: keys.privateKey });
}

/** Creates a private authority, as a company has for its proxy. */
export function certificateAuthority(name = 'Test Authority'): TestAuthority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = certificate({ host: name, isAuthority: true, keys, signer: keys.privateKey });
  return {
    ...own,
    issue(options = {}) {
      const leafKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return certificate({ ...options, issuer: name, keys: leafKeys, signer: keys.privateKey });
    },
  };
}

interface Content extends CertificateOptions {
  readonly isAuthority?: boolean;
  /** The issuer's name; self-signed when left out. */
  readonly issuer?: string;
  readonly keys: { publicKey: KeyObject; privateKey: KeyObject };
  readonly signer: KeyObject;
}

function certificate(content: Content): TestCertificate {
  const { host = 'localhost', expired = false, isAuthority = false, keys, signer } = content;
  const algorithm = der(0x30, hex(ECDSA_WITH_SHA256));
  const end = Date.now() + (expired ? -DAY_MS : DAY_MS);
  const validity = der(0x30, utcTime(end - 2 * DAY_MS), utcTime(end));
  const altNames = der(0x30, der(0x82, Buffer.from(host)), der(0x87, Buffer.from([127, 0, 0, 1])));
  const extension = isAuthority
    ? der(0x30, hex(BASIC_CONSTRAINTS), der(0x04, der(0x30, hex(TRUE))))
    : der(0x30, hex(SUBJECT_ALT_NAME), der(0x04, altNames));
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    commonName(content.issuer ?? host),
    validity,
    commonName(host),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, extension)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, signer)]);
  return {
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: toPem(der(0x30, body, algorithm, der(0x03, signature))),
  };
}

function commonName(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, hex(COMMON_NAME), der(0x0c, Buffer.from(name)))));
}

/** Encodes one DER value: tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
