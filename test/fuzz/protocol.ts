/** A request to the process that tries inputs. */
export type Order =
  | { kind: 'explore'; parser: string; seed: number; runs?: number; ms?: number }
  | { kind: 'replay'; parser: string; input: Uint8Array };

/** The result of a request. */
export interface Report {
  /** The number of tried inputs. */
  runs: number;
  accepted: number;
  /** In milliseconds. */
  slowestMs: number;
  /** The smallest input found that breaks a promise. */
  failure?: { message: string; input: Uint8Array };
  /** Why no input could be tried. */
  error?: string;
}

/**
 * Encodes what the process records before it tries an input: the number of inputs including this
 * one, and the input.
 */
export function encodeProgress(tried: number, input: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(tried, 0);
  head.writeUInt32BE(input.length, 4);
  return Buffer.concat([head, input]);
}

/** Decodes the latest record of {@link encodeProgress}, which may be followed by older data. */
export function decodeProgress(note: Buffer): { tried: number; input: Buffer } {
  if (note.length < 8) return { tried: 0, input: Buffer.alloc(0) };
  return { tried: note.readUInt32BE(0), input: note.subarray(8, 8 + note.readUInt32BE(4)) };
}
