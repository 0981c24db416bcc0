/** DER tags (X.690). */
const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_ID = 0x06;
export const DER_SEQUENCE = 0x30;

export interface DerElement {
  tag: number;
  content: Buffer;
}

/** Parses consecutive elements, up to the first incomplete one. */
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

/** Returns the elements of a sequence. Empty when the element is missing or of another type. */
export function derSequence(element: DerElement | undefined): DerElement[] {
  return element?.tag === DER_SEQUENCE ? derElements(element.content) : [];
}

/**
 * Returns the value of a non-negative integer. Undefined when the element is missing or of another
 * type.
 */
export function derNumber(element: DerElement | undefined): number | undefined {
  return element?.tag === INTEGER
    ? element.content.reduce((value, byte) => value * 256 + byte, 0)
    : undefined;
}

/**
 * Returns the content of an element with this tag in hex, or '' when the element is missing or has
 * another tag.
 */
export function derHex(element: DerElement | undefined, tag: number): string {
  return element?.tag === tag ? element.content.toString('hex') : '';
}
