import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Creates a grey PNG picture with one bit per pixel.
 * @param options.bytes pads the file to this size with a chunk that decoders skip
 */
export function png(width: number, height: number, { bytes = 0 } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(1, 8); // bit depth; colour type 0 is grey
  const pixels = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height));
  const parts = [SIGNATURE, chunk('IHDR', header), chunk('IDAT', pixels)];
  const end = chunk('IEND', Buffer.alloc(0));
  const size = [...parts, end].reduce((sum, part) => sum + part.length, 0);
  if (bytes !== 0) {
    const padding = bytes - size - 12;
    if (padding < 0) throw new Error(`the picture alone has ${size} bytes`);
    parts.push(chunk('paDd', Buffer.alloc(padding)));
  }
  return Buffer.concat([...parts, end]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
