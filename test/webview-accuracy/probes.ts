/** Code of known behaviour: whether it fails where a function is missing. */
export interface Probe {
  /** The name of the function as in messages. */
  api: string;
  /** The body of a function with the parameters `xs` and `f`. */
  code: string;
  isUse: boolean;
}

const use = (api: string, ...codes: string[]): Probe[] =>
  codes.map((code) => ({ api, code, isUse: true }));
const fine = (api: string, ...codes: string[]): Probe[] =>
  codes.map((code) => ({ api, code, isUse: false }));

/** The probes that are added to each bundle. */
export const PROBES: readonly Probe[] = [
  ...use(
    '.findLast',
    'return [1, f()].findLast(f)',
    'const list = [f(), 2]; list.push(xs); return list.findLast((x) => x.a > 1)',
    'return Array.prototype.findLast.call(xs, f)',
    'return Array.prototype.findLast.bind(xs)',
    'return Reflect.apply(Array.prototype.findLast, xs, [f])',
    'return Object.keys(xs).map(f).findLast(f)',
    'return new (class extends Array { last() { return super.findLast(f) } })()',
  ),
  ...use(
    '.findLastIndex',
    'return [f(), 2].findLastIndex(f)',
    'return Array.from(xs).findLastIndex(f)',
  ),
  ...use(
    'structuredClone',
    'return structuredClone(xs)',
    'const clone = structuredClone; return [clone(xs), clone(f)]',
    'return xs.map(structuredClone)',
    'return window.structuredClone(xs)',
    'return top.structuredClone(xs)',
    'const { structuredClone: clone } = window; return [clone(xs), clone(f)]',
  ),
  ...use(
    'Object.groupBy',
    'return Object.groupBy(xs, f)',
    'const { groupBy } = Object; return [groupBy(xs, f), groupBy(f, xs)]',
  ),
  ...use('Map.groupBy', 'return Map.groupBy(xs, f)'),
  ...use('Promise.withResolvers', 'return Promise.withResolvers()'),
  ...use('Array.fromAsync', 'return Array.fromAsync(xs)'),
  ...use('.toSorted', 'return [f(), 1].toSorted(f)'),
  ...use('.toReversed', 'return [f(), 1].toReversed()'),
  ...use('.toSpliced', 'return [f(), 1].toSpliced(0, 1)'),
  ...use('.with', 'return [f(), 1].with(0, 1)'),
  ...use('.union', 'return new Set(xs).union(f())'),
  ...use('.isWellFormed', 'return String(xs).isWellFormed()'),
  ...use('Promise.try', 'return Promise.try(f)'),
  ...use('Iterator.take', 'return new Map(xs).values().take(2)'),
  ...use('URL.canParse', 'return URL.canParse(xs)'),
  ...use('AbortSignal.any', 'return AbortSignal.any(xs)'),
  ...use('AbortSignal.timeout', 'return AbortSignal.timeout(5)'),
  ...use('Response.json', 'return Response.json(xs)'),
  ...use('.checkVisibility', 'return xs.checkVisibility()'),
  ...use('.showPopover', 'return xs.showPopover()'),
  ...use('.startViewTransition', 'return document.startViewTransition(f)'),
  ...use('.roundRect', 'return xs.roundRect(1, 2, 3, 4, 5)'),
  ...use('RegExp.v', 'return new RegExp(xs, "v")'),
  ...fine(
    'structuredClone',
    'return typeof structuredClone === "function" ? structuredClone(xs) : f(xs)',
    'const can = "structuredClone" in window; return can && structuredClone(xs)',
    'switch (typeof structuredClone) { case "function": return structuredClone(xs); default: return f(xs) }',
    'try { return structuredClone(xs) } catch { return f(xs) }',
    'const clone = window.structuredClone || f; return [clone(xs), clone(f)]',
    'const can = () => typeof window.structuredClone === "function"; return can() ? structuredClone(xs) : can()',
  ),
  ...fine(
    '.findLast',
    'return window.library.findLast(xs, (x) => x.a)',
    'return xs.findLast ? xs.findLast(f) : f(xs)',
    'class List { findLast(g) { return g(this) } } return [new List().findLast(f), new List()]',
  ),
  ...fine('Object.groupBy', 'return Object.groupBy?.(xs, f)'),
  ...fine('.with', 'return xs.with(0, 1)'),
  ...fine('.union', 'return xs.union(f)'),
  ...fine('.map', 'return Object.values(xs).map(f)'),
];
