/** A moment of the extension host. */
export interface Mark {
  name: string;
  /** Milliseconds. */
  startTime: number;
}

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

/**
 * How long the extension host took to load an extension's main file, in milliseconds, by its own marks. The table has other extensions'
 * loading in it: its time begins before those that start on the same event have their turn.
 */
export function loadedIn(marks: readonly Mark[], id: string): number | undefined {
  const at = (name: string): number | undefined =>
    marks.find((mark) => mark.name === `code/extHost/${name}/${id}`)?.startTime;
  const began = at('willLoadExtensionCode');
  const ended = at('didLoadExtensionCode');
  return began === undefined || ended === undefined ? undefined : ended - began;
}
