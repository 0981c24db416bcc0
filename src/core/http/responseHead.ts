/** Limit for the head of a response, in bytes. The same as in Chromium. */
export const MAX_HEAD_BYTES = 256 * 1024;
/** Longer header lines are passed on unchecked. In characters. */
const MAX_HEADER_LINE = 1024;

/**
 * Removes what RFC 9110 allows but undici's parser rejects from an HTTP/1.1 response: unsolicited
 * interim responses (15.2), and a `Content-Length` repeated with the same value (8.6). Everything
 * else is passed to the parser unchanged.
 */
export class ResponseHead {
  /** Whether any byte of the response has arrived. */
  hasBegun = false;
  private part: 'status' | 'interim' | 'fields' | 'over' = 'over';
  /** The incomplete line at the end of the received data. */
  private held = '';
  /** Whether the beginning of the current line has been passed on. */
  private isCut = false;
  private length: string | undefined;

  /** Prepares for the response to the next request. */
  expect(): void {
    this.hasBegun = false;
    this.part = 'status';
    this.held = '';
    this.isCut = false;
    this.length = undefined;
  }

  /** Filters the next bytes from the server. Returns those for the parser. */
  filter(chunk: Buffer): Buffer {
    this.hasBegun = true;
    if (this.isOver()) {
      return chunk;
    }
    let rest = this.held + chunk.toString('latin1');
    let passed = '';
    this.held = '';
    while (!this.isOver()) {
      const end = rest.indexOf('\n') + 1;
      if (end === 0) {
        passed += this.holdOrPass(rest);
        rest = '';
        break;
      }
      passed += this.passLine(rest.slice(0, end));
      rest = rest.slice(end);
    }
    return Buffer.from(passed + rest, 'latin1');
  }

  /** Returns the bytes still held back when the server closes the connection. */
  flush(): Buffer {
    const held = Buffer.from(this.held, 'latin1');
    this.held = '';
    return held;
  }

  private isOver(): boolean {
    return this.part === 'over';
  }

  private holdOrPass(start: string): string {
    const isHttp = this.part !== 'status' || 'HTTP/'.startsWith(start.slice(0, 5));
    if (isHttp && !this.isCut && start.length < MAX_HEADER_LINE) {
      this.held = start;
      return '';
    }
    this.isCut = true;
    if (!isHttp) {
      this.part = 'over';
    }
    return this.part === 'interim' ? '' : start;
  }

  private passLine(line: string): string {
    const { isCut } = this;
    const isBlank = !isCut && /^\r?\n$/u.test(line);
    this.isCut = false;
    switch (this.part) {
      case 'status':
        if (!isBlank) {
          // 101 (Switching Protocols) ends the HTTP exchange.
          this.part = /^HTTP\/1\.\d 1(?!01)\d\d\s/u.test(line) ? 'interim' : 'fields';
        }
        return this.part === 'interim' ? '' : line;
      case 'interim':
        this.part = isBlank ? 'status' : 'interim';
        return '';
      default:
        this.part = isBlank ? 'over' : 'fields';
        return isCut ? line : this.withoutRepeatedLength(line);
    }
  }

  private withoutRepeatedLength(line: string): string {
    const colon = line.indexOf(':');
    if (line.slice(0, colon).toLowerCase() !== 'content-length') {
      return line;
    }
    const values = new Set(
      line
        .slice(colon + 1)
        .split(',')
        .map((value) => value.trim()),
    );
    const isRepeated = this.length !== undefined;
    if (this.length !== undefined) {
      values.add(this.length);
    }
    const [value = ''] = values;
    if (values.size > 1 || !/^\d+$/u.test(value)) {
      return line;
    }
    this.length = value;
    return isRepeated ? '' : `content-length: ${value}\r\n`;
  }
}
