import type { Range } from '../../problem';

/**
 * Converts offsets to lines and characters as an editor counts them: lines end with \n, \r\n or \r.
 */
export class TextPositions {
  private readonly lineStarts: number[];

  constructor(private readonly text: string) {
    this.lineStarts = [
      0,
      ...Array.from(text.matchAll(/\r\n|\r|\n/gu), ({ 0: end, index }) => index + end.length),
    ];
  }

  /**
   * Returns the range between two offsets, in UTF-16 units from 0. Offsets beyond the text count as
   * its end.
   */
  range(start: number, end: number): Range {
    return { start: this.position(start), end: this.position(end) };
  }

  /** Returns the offset of a position. Positions beyond the text count as its end. */
  offset({ line, character }: Range['start']): number {
    return Math.min((this.lineStarts[line] ?? this.text.length) + character, this.text.length);
  }

  private position(offset: number): Range['start'] {
    const within = Math.max(0, Math.min(offset, this.text.length));
    // No editor has a place between the two characters of one line end.
    const inside = this.text.slice(within - 1, within + 1) === '\r\n' ? within - 1 : within;
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.lineStarts[middle] ?? 0) <= inside) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return { line: low, character: inside - (this.lineStarts[low] ?? 0) };
  }
}
