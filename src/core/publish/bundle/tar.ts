/** Bytes of a tar block: the length of headers, and the unit to which content is padded. */
const TAR_BLOCK = 512;

/** The end marker of an archive. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK);

const FILE = '0';
const FOLDER = '5';
const PAX = 'x';

/** The largest size that eleven octal digits can express, in bytes. */
const MAX_SIZE = 0o77777777777;

/**
 * Returns the header of an entry: a ustar header, preceded by a pax header if the name or size does
 * not fit. Times, owners and modes are fixed, so the result depends only on the arguments.
 * @param name path with `/`; that of a folder ends with `/`
 * @param size bytes; 0 for a folder
 */
export function tarHeader(name: string, size: number): Buffer {
  const type = name.endsWith('/') ? FOLDER : FILE;
  const place = splitName(name);
  const records = {
    ...(place === undefined ? { path: name } : {}),
    ...(size > MAX_SIZE ? { size: String(size) } : {}),
  };
  // Readers that support pax replace these values. For others, the name is at least unlikely to
  // clash.
  const header = ustar(
    place ?? { name: asciiName(name), prefix: '' },
    Math.min(size, MAX_SIZE),
    type,
  );
  return Object.keys(records).length === 0 ? header : Buffer.concat([paxHeader(records), header]);
}

/** Returns how many zero bytes must follow content of this size. */
export function tarPadding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}

interface Place {
  name: string;
  prefix: string;
}

/**
 * Splits a name for ustar: up to 100 ASCII characters, after up to 155 of leading folders. Returns
 * undefined if it does not fit.
 */
function splitName(name: string): Place | undefined {
  if (Buffer.byteLength(name) !== name.length) {
    return undefined;
  }
  if (name.length <= 100) {
    return { name, prefix: '' };
  }
  const slash = name.indexOf('/', name.length - 101);
  return slash > 0 && slash <= 155 && slash < name.length - 1
    ? { name: name.slice(slash + 1), prefix: name.slice(0, slash) }
    : undefined;
}

function asciiName(name: string): string {
  const ending = name.endsWith('/') ? '/' : '';
  return (
    name
      .replace(/\/$/u, '')
      .replaceAll(/[^ -~]/gu, '_')
      .slice(-99) + ending
  );
}

function paxHeader(records: Record<string, string>): Buffer {
  const content = Buffer.from(
    Object.entries(records)
      .map(([key, value]) => paxRecord(key, value))
      .join(''),
  );
  return Buffer.concat([
    ustar({ name: 'PaxHeader', prefix: '' }, content.length, PAX),
    content,
    Buffer.alloc(tarPadding(content.length)),
  ]);
}

/**
 * Returns `<length> <key>=<value>\n`, where the length counts the bytes of the whole record
 * including its own digits.
 */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  length = bytes + String(length).length;
  return `${length}${rest}`;
}

function ustar({ name, prefix }: Place, size: number, type: string): Buffer {
  const header = Buffer.alloc(TAR_BLOCK);
  header.write(name, 0, 'latin1');
  header.write(`${octal(type === FOLDER ? 0o755 : 0o644, 7)}\0`, 100, 'latin1');
  header.write(`${octal(0, 7)}\0`, 108, 'latin1'); // user
  header.write(`${octal(0, 7)}\0`, 116, 'latin1'); // group
  header.write(`${octal(size, 11)}\0`, 124, 'latin1');
  header.write(`${octal(0, 11)}\0`, 136, 'latin1'); // 1970-01-01
  header.fill(' ', 148, 156); // placeholder for computing the checksum
  header.write(type, 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${octal(0, 7)}\0`, 329, 'latin1'); // device
  header.write(`${octal(0, 7)}\0`, 337, 'latin1');
  header.write(prefix, 345, 'latin1');
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${octal(checksum, 6)}\0 `, 148, 'latin1');
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
