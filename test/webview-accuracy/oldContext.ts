import { createContext, runInContext } from 'node:vm';
import table from '../../src/core/publish/baseline/webviewFeatures.json';

/** Makes a V8 context what Chromium 95's is, as far as JavaScript's own objects go. */
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

/** Runs a script in V8 without what came after Chromium 95, and tells what is there afterwards, as messages name it. */
export function findBrought(text: string): ReadonlySet<string> {
  const context = createContext({});
  const run = (code: string): unknown => runInContext(code, context, { timeout: 20_000 });
  (run(MAKE_OLD) as (features: typeof table) => void)(table);
  try {
    run(text);
  } catch {
    // It needs a page. What it did until then counts.
  }
  return new Set((run(LOOK) as (features: typeof table) => string[])(table));
}
