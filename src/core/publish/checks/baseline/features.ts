import table from './webviewFeatures.json';

/** Calls that the backend rejects too. */
const REFUSED: ReadonlySet<string> = new Set([
  'structuredClone',
  '.findLast',
  '.findLastIndex',
  'Object.groupBy',
  'Map.groupBy',
  'Promise.withResolvers',
  'Array.fromAsync',
]);

const GLOBALS: ReadonlySet<string> = new Set(table.globals);
const STATICS = toSets(table.statics);
const METHODS = toSets(table.methods);
const DISTINCT_METHODS: ReadonlySet<string> = new Set(table.distinctMethods);
const AT_RULES: ReadonlySet<string> = new Set(table.atRules);
const PSEUDOS: ReadonlySet<string> = new Set(table.pseudos);
const UNITS: ReadonlySet<string> = new Set(table.units);

/** Types whose instances also have the methods of another type. */
const SUPERTYPES: ReadonlyMap<string, string> = new Map([
  ['HTMLElement', 'Element'],
  ...[
    ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array'],
    ...['Uint32Array', 'BigInt64Array', 'BigUint64Array', 'Float32Array', 'Float64Array'],
  ].map((name): [string, string] => [name, 'TypedArray']),
]);

/** Names that are common elsewhere. The search looks for them together with their owner. */
const COMMON = new Set([
  ...(METHODS.get('Iterator') ?? []),
  ...['any', 'bytes', 'deleteRule', 'escape', 'forget', 'initialize', 'insertRule', 'json'],
  ...['parse', 'pause', 'reset', 'resize', 'supports', 'toJSON', 'transfer', 'transform', 'try'],
  ...['type', 'union', 'values', 'with', 'yield', 'hand', 'check', 'grow', 'lh', 'ic', 'vi', 'vb'],
]);

/** Patterns that find each place that may use a feature or define it. */
const CANDIDATES: readonly RegExp[] = candidatePatterns();
const ANY_CANDIDATE = new RegExp(CANDIDATES.map(({ source }) => source).join('|'), 'u');

/**
 * Checks whether a call blocks publishing. Takes the name that messages use: `structuredClone`,
 * `.findLast`, `Object.groupBy`.
 */
export function isRefused(api: string): boolean {
  return REFUSED.has(api);
}

/** Checks whether the oldest cars' WebView lacks a global name. */
export function isMissingGlobal(name: string): boolean {
  return GLOBALS.has(name);
}

/** Checks whether a constructor or namespace lacks a function, such as `groupBy` of `Object`. */
export function isMissingStatic(owner: string, name: string): boolean {
  return STATICS.get(owner)?.has(name) === true;
}

/** Checks whether the instances of a type lack a method. */
export function isMissingMethod(type: string, name: string): boolean {
  return (
    METHODS.get(type)?.has(name) === true ||
    METHODS.get(SUPERTYPES.get(type) ?? '')?.has(name) === true
  );
}

/** Checks whether a method name alone identifies a missing method, whatever it is called on. */
export function isDistinctMethod(name: string): boolean {
  return DISTINCT_METHODS.has(name);
}

/** Checks whether the methods of an object made with `new` and this name are known. */
export function isKnownType(name: string): boolean {
  return METHODS.has(name) || SUPERTYPES.has(name);
}

/** Checks whether the oldest cars' WebView lacks an at-rule, such as `layer`. */
export function isMissingAtRule(name: string): boolean {
  return AT_RULES.has(name);
}

/**
 * Checks whether the oldest cars' WebView lacks a pseudo-class or pseudo-element, such as `has`.
 */
export function isMissingPseudo(name: string): boolean {
  return PSEUDOS.has(name);
}

/** Checks whether the oldest cars' WebView lacks a CSS unit, such as `dvh`. */
export function isMissingUnit(name: string): boolean {
  return UNITS.has(name);
}

/** Checks whether {@link findCandidates} finds any place in a script. */
export function hasCandidates(text: string): boolean {
  return ANY_CANDIDATE.test(text);
}

/**
 * Returns the offsets of all places in a script that may use a missing feature, in ascending order.
 */
export function findCandidates(text: string): number[] {
  const offsets = CANDIDATES.flatMap((pattern) =>
    Array.from(text.matchAll(pattern), ({ index }) => index),
  );
  return offsets.sort((a, b) => a - b);
}

function candidatePatterns(): RegExp[] {
  const isRare = (name: string): boolean => !COMMON.has(name);
  const words = [...STATICS.values(), ...METHODS.values()].flatMap((names) => [...names]);
  const statics = [...STATICS].flatMap(([owner, names]) =>
    [...names].filter((name) => COMMON.has(name)).map((name) => `${owner}\\s*\\??\\.\\s*${name}`),
  );
  const iterator = [...(METHODS.get('Iterator') ?? [])].join('|');
  const common = [...METHODS].flatMap(([owner, names]) =>
    owner === 'Iterator' ? [] : [...names].filter((name) => COMMON.has(name)),
  );
  const methods = [...new Set(common)].join('|');
  const rare = [...new Set([...GLOBALS, ...words.filter(isRare), ...statics])].join('|');
  return [
    `\\b(?:${rare})\\b`,
    `\\.\\s*(?:${methods})\\s*(?:\\(|\\.\\s*(?:call|apply|bind)\\b)`,
    `(?:\\.(?:values|keys|entries|matchAll)|\\])\\([^()]{0,80}\\)\\s*\\.\\s*(?:${iterator})\\s*\\(`,
    // Polyfills (including core-js and prototypes kept in a variable), destructuring, and a regular
    // expression flag.
    `\\.\\s*prototype\\s*(?:\\.\\s*(?:${methods})\\b|,\\s*["'](?:${methods})["'])`,
    '\\btarget\\s*:\\s*["\'][A-Z]\\w+["\']',
    '\\b(?:assign|defineProperties)\\s*\\(\\s*[\\w$]+\\s*\\.\\s*prototype\\b',
    '\\b(?:any|parse|json|escape)\\b[^(){};]{0,99}\\}\\s*=\\s*(?:AbortSignal|URL|Response|RegExp)\\b',
    ',\\s*(?:"[dgimsuy]*v[dgimsuy]*"|\'[dgimsuy]*v[dgimsuy]*\')\\s*\\)',
  ].map((source) => new RegExp(source, 'gu'));
}

function toSets(
  lists: Record<string, readonly string[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(Object.entries(lists).map(([owner, names]) => [owner, new Set(names)]));
}
