/** Two million rounds of PBKDF2 take about a second, and are several times what OpenSSL and OWASP have. scrypt's are of the same order. */
const MAX_ROUNDS = 2_000_000;
const MAX_DEPTH = 8;

/** Tags of DER (X.690). */
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;

interface Element {
  tag: number;
  content: Buffer;
}

/**
 * Whether to try one passphrase of an encrypted PKCS#8 structure (RFC 5958) would hold the editor up for long. The file says itself how many
 * rounds it wants, and OpenSSL does them all.
 * @param pem may hold several structures, and what is none
 */
export function isTooSlow(pem: string): boolean {
  const bodies = pem.matchAll(/-----BEGIN [^-]*-----([^-]*)/gu);
  return Array.from(bodies, ([, body = '']) => Buffer.from(body, 'base64')).some((der) =>
    roundsIn(der, 0).some((rounds) => rounds > MAX_ROUNDS),
  );
}

/**
 * What key derivations in a structure ask for. Their parameters begin with the salt: PBKDF2's and PBES1's go on with the rounds (RFC 8018),
 * scrypt's with three numbers whose product it is (RFC 7914).
 */
function roundsIn(der: Buffer, depth: number): number[] {
  const elements = elementsOf(der);
  const [first, ...others] = elements.map(({ tag }) => tag);
  const numbers = elements.slice(1, 4).map(({ content }) => numberOf(content));
  const [rounds = 0, blockSize = 1, parallel = 1] = numbers;
  const isScrypt = others.slice(0, 3).every((tag) => tag === INTEGER) && others.length >= 3;
  const here =
    first === OCTET_STRING && others[0] === INTEGER
      ? [isScrypt ? rounds * blockSize * parallel : rounds]
      : [];
  const inner = elements.flatMap(({ tag, content }) =>
    tag === SEQUENCE && depth < MAX_DEPTH ? roundsIn(content, depth + 1) : [],
  );
  return [...here, ...inner];
}

/** The elements one after the other, as far as there are whole ones. */
function elementsOf(der: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 2 <= der.length;) {
    const short = der.readUInt8(at + 1);
    const size = short < 0x80 ? 0 : short - 0x80;
    const start = at + 2 + size;
    if (size > 4 || start > der.length) {
      break;
    }
    const length = size === 0 ? short : der.readUIntBE(at + 2, size);
    elements.push({ tag: der.readUInt8(at), content: der.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

function numberOf(content: Buffer): number {
  return content.reduce((value, byte) => value * 256 + byte, 0);
}
