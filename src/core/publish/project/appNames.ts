import { isAppId } from './appId';

/** The maximum length of an ID that the backend accepts, in characters. */
const MAX_ID = 64;

/**
 * Derives an ID from a name, such as `my-app` from `My App`; undefined if the name has too few
 * Latin letters and digits.
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

/** Derives a name from an ID, such as `Tyre Pressure` from `tyre-pressure`. */
export function appNameFromId(id: string): string {
  const words = id.split(/[-_]+/u).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ') || id;
}

/** Returns the default URL of a mini-app. */
export function hostedUrl(id: string): string {
  return `https://miniapps.i99dash.app/${encodeURIComponent(wellFormed(id))}/`;
}

/** Replaces lone surrogates, which cannot be encoded in a URL. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
