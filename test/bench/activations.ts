/** Milliseconds. */
export interface Activation {
  /** Reading and evaluating the extension's main file. */
  loadCode: number;
  /** Until its `activate` has returned. */
  callActivate: number;
}

/**
 * The activation times in the text of "Developer: Startup Performance", by extension id. Its table has the columns id, eager, load code, call
 * activate, finish activate, event, by.
 */
export function activations(text: string): Record<string, Activation> {
  const found: Record<string, Activation> = {};
  for (const line of text.split('\n')) {
    const [, id = '', , loadCode = '', callActivate = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    if (/^[\w-]+\.[\w-]+$/u.test(id) && /^\d/u.test(loadCode)) {
      found[id] = { loadCode: Number(loadCode), callActivate: Number(callActivate) };
    }
  }
  return found;
}
