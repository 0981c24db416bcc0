const APP_ID = /^[a-z0-9][a-z0-9_-]{1,63}$/u;

/** Whether a text is what the backend takes for the id of a mini-app. */
export function isAppId(text: string): boolean {
  return APP_ID.test(text);
}
