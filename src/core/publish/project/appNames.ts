import { isAppId } from './appId';

/** The longest id that the backend takes, in characters. */
const MAX_ID = 64;

/**
 * An id made of a name, `my-app` for `My App`; undefined when the name has too few Latin letters
 * and digits.
 */
export function appIdFromName(name: string): string | undefined {
  const id = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9_-]+/gu, '-')
    .replace(/^[-_]+/u, '')
    .slice(0, MAX_ID)
    .replace(/(?<!-)-+$/u, '');
  return isAppId(id) ? id : undefined;
}

/** A name made of an id: `Tyre Pressure` for `tyre-pressure`. */
export function appNameFromId(id: string): string {
  const words = id.split(/[-_]+/u).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ') || id;
}

/** Where a mini-app is served unless its author says otherwise. */
export function hostedUrl(id: string): string {
  return `https://miniapps.i99dash.app/${encodeURIComponent(wellFormed(id))}/`;
}

/** No URL can hold half a character. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
