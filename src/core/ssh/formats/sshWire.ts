/** Encodes a `uint32` of the SSH wire format (RFC 4251). */
export function sshUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Encodes a `string` of the SSH wire format: its length in bytes, then the bytes. */
export function sshString(bytes: Uint8Array): Buffer {
  return Buffer.concat([sshUint32(bytes.length), bytes]);
}

/**
 * Reads SSH wire types from a buffer. Every method throws the given error at the end of the data.
 */
export class SshReader {
  constructor(
    private left: Buffer,
    private readonly cutShort: () => Error = () => new RangeError('The bytes end too soon.'),
  ) {}

  /** The bytes not read yet. */
  get rest(): Buffer {
    return this.left;
  }

  byte(): number {
    return this.bytes(1).readUInt8(0);
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE(0);
  }

  string(): Buffer {
    return this.bytes(this.uint32());
  }

  bytes(length: number): Buffer {
    if (length > this.left.length) {
      throw this.cutShort();
    }
    const taken = this.left.subarray(0, length);
    this.left = this.left.subarray(length);
    return taken;
  }
}
