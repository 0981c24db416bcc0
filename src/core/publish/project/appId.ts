const APP_ID = /^[a-z0-9][a-z0-9_-]{1,63}$/u;

/** Checks whether the backend accepts a text as the ID of a mini-app. */
export function isAppId(text: string): boolean {
  return APP_ID.test(text);
}
