import { createContext, runInContext } from 'node:vm';
import table from '../../src/core/publish/checks/baseline/webviewFeatures.json';

/** Removes from a V8 context the JavaScript built-ins that Chromium 95 does not have. */
const MAKE_OLD = `(({ globals, statics, methods }) => {
  globalThis.window = globalThis.self = globalThis.top = globalThis;
  for (const name of globals) delete globalThis[name];
  const remove = (object, names) => names.forEach((name) => { if (object) delete object[name]; });
  for (const [owner, names] of Object.entries(statics)) remove(globalThis[owner], names);
  for (const [owner, names] of Object.entries(methods)) remove(globalThis[owner]?.prototype, names);
})`;
const LOOK = `(({ globals, statics, methods }) => [
  ...globals.filter((name) => name in globalThis),
  ...Object.entries(statics).flatMap(([owner, names]) =>
    names.filter((name) => globalThis[owner] && name in globalThis[owner]).map((name) => owner + '.' + name)),
  ...Object.entries(methods).flatMap(([owner, names]) =>
    names.filter((name) => globalThis[owner]?.prototype && name in globalThis[owner].prototype).map((name) =>
      (owner === 'Iterator' ? 'Iterator.' : '.') + name)),
])`;

/**
 * Runs a script in V8 without the built-ins that are newer than Chromium 95 and returns those that
 * exist afterwards, named as in messages.
 */
export function findBrought(text: string): ReadonlySet<string> {
  const context = createContext({});
  const run = (code: string): unknown => runInContext(code, context, { timeout: 20_000 });
  (run(MAKE_OLD) as (features: typeof table) => void)(table);
  try {
    run(text);
  } catch {
    // The script needs a page. What it did before the error counts.
  }
  return new Set((run(LOOK) as (features: typeof table) => string[])(table));
}
