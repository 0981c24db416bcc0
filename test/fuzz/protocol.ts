/** What the process that tries inputs is asked. */
export type Order =
  | { kind: 'explore'; parser: string; seed: number; runs?: number; ms?: number }
  | { kind: 'replay'; parser: string; input: Uint8Array };

/** What came of it. */
export interface Report {
  /** Inputs tried. */
  runs: number;
  accepted: number;
  /** In milliseconds. */
  slowestMs: number;
  /** The smallest input found that breaks a promise. */
  failure?: { message: string; input: Uint8Array };
  /** Why nothing could be tried. */
  error?: string;
}

/** What the process notes before it tries an input: how many it has tried with this one, and the input. */
export function encodeProgress(tried: number, input: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(tried, 0);
  head.writeUInt32BE(input.length, 4);
  return Buffer.concat([head, input]);
}

/** What {@link encodeProgress} noted, on top of older notes. */
export function decodeProgress(note: Buffer): { tried: number; input: Buffer } {
  if (note.length < 8) return { tried: 0, input: Buffer.alloc(0) };
  return { tried: note.readUInt32BE(0), input: note.subarray(8, 8 + note.readUInt32BE(4)) };
}
