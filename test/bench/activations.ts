/** A performance mark of the extension host. */
export interface Mark {
  name: string;
  /** Milliseconds. */
  startTime: number;
}

/** Durations in milliseconds. */
export interface Activation {
  /** Reading and evaluating the extension's main file. */
  loadCode: number;
  /** The synchronous part of its `activate`. */
  callActivate: number;
}

/**
 * Parses the activation times from the text of "Developer: Startup Performance" by extension ID.
 * Its table has the columns id, eager, load code, call activate, finish activate, event, by.
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
 * Returns how long the extension host took to load an extension's main file, in milliseconds, by
 * its own marks. The table's value includes the loading of other extensions that start on the same
 * event.
 */
export function loadedIn(marks: readonly Mark[], id: string): number | undefined {
  const at = (name: string): number | undefined =>
    marks.find((mark) => mark.name === `code/extHost/${name}/${id}`)?.startTime;
  const began = at('willLoadExtensionCode');
  const ended = at('didLoadExtensionCode');
  return began === undefined || ended === undefined ? undefined : ended - began;
}
