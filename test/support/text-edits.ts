import type { TextEdit } from '../../src/core/publish/editing/jsonEdit';

/** The text with the edits done, whose offsets are those of the text before. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end),
      text,
    );
}
