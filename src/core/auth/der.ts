/** Tags of DER (X.690). */
const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_ID = 0x06;
export const SEQUENCE = 0x30;

export interface DerElement {
  tag: number;
  content: Buffer;
}

/** The elements that stand one after the other, up to the first that is not whole. */
export function derElements(der: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at + 2 <= der.length;) {
    const short = der.readUInt8(at + 1);
    const size = short < 0x80 ? 0 : short - 0x80;
    const start = at + 2 + size;
    if (short === 0x80 || size > 4 || start > der.length) {
      break;
    }
    const length = size === 0 ? short : der.readUIntBE(at + 2, size);
    if (start + length > der.length) {
      break;
    }
    elements.push({ tag: der.readUInt8(at), content: der.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

/** The elements inside a sequence; none when the element is another or missing. */
export function derSequence(element: DerElement | undefined): DerElement[] {
  return element?.tag === SEQUENCE ? derElements(element.content) : [];
}

/** The value of a non-negative integer; undefined when the element is another or missing. */
export function derNumber(element: DerElement | undefined): number | undefined {
  return element?.tag === INTEGER
    ? element.content.reduce((value, byte) => value * 256 + byte, 0)
    : undefined;
}

/** The content of an element with this tag, in hexadecimal digits; '' when it is another or missing. */
export function derHex(element: DerElement | undefined, tag: number): string {
  return element?.tag === tag ? element.content.toString('hex') : '';
}
