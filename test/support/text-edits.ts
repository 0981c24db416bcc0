import type { TextEdit } from '../../src/core/publish/json/jsonEdit';

/** Applies edits to a text; their offsets refer to the original text. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end),
      text,
    );
}
