import type { Range } from '../../src/core/problem';

/**
 * Parses a text in which `«` and `»` mark the expected range of a finding.
 * @returns the text without the marks, and the ranges in order
 */
export function marked(source: string): { text: string; ranges: Range[] } {
  let text = '';
  const ranges: Range[] = [];
  let start: Range['start'] | undefined;
  for (const part of source.split(/([«»])/u)) {
    if (part === '«') {
      start = endOf(text);
    } else if (part === '»') {
      if (start === undefined) throw new Error('» without «');
      ranges.push({ start, end: endOf(text) });
      start = undefined;
    } else {
      text += part;
    }
  }
  return { text, ranges };
}

function endOf(text: string): Range['start'] {
  const lines = text.split('\n');
  return { line: lines.length - 1, character: lines.at(-1)!.length };
}
