/**
 * Writes the table of web features that are newer than Chromium 95, the WebView of the oldest cars,
 * from MDN's browser-compat-data: `npm run webview:features`. A unit test fails when the table does
 * not match the installed data.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const bcd = JSON.parse(readFileSync(require.resolve('@mdn/browser-compat-data'), 'utf8'));

const BASELINE = 95;
const TABLE = fileURLToPath(
  new URL('../src/core/publish/checks/baseline/webviewFeatures.json', import.meta.url),
);

/** Methods that many libraries define too, in ways that cannot be told apart in source code. */
const AMBIGUOUS = new Set(['addRoutes', 'getName', 'toArray', 'toBase64', 'toHex']);
/** Interfaces that are not properties of the global object, such as those of WebGL's extensions. */
const NO_GLOBAL = /^[A-Z]+_/u;

/** Attributes that TypeScript's DOM declarations do not have. */
const OTHER_ATTRIBUTES = new Set([
  'activeViewTransition',
  'deliveryType',
  'detached',
  'duplex',
  'finalResponseHeadersStart',
  'firstInterimResponseStart',
  'growable',
  'handle',
  'maxByteLength',
  'renderBlockingStatus',
  'resizable',
  'shadowRootSlotAssignment',
  'unicodeSets',
  'variants',
  'workerCacheLookupStart',
  'workerRouterEvaluationStart',
]);

/** Units that browser-compat-data groups. */
const UNIT_GROUPS = {
  container_query_length_units: ['cqb', 'cqh', 'cqi', 'cqmax', 'cqmin', 'cqw'],
  viewport_percentage_units_dynamic: ['dvb', 'dvh', 'dvi', 'dvmax', 'dvmin', 'dvw'],
  viewport_percentage_units_large: ['lvb', 'lvh', 'lvi', 'lvmax', 'lvmin', 'lvw'],
  viewport_percentage_units_small: ['svb', 'svh', 'svi', 'svmax', 'svmin', 'svw'],
};

/** Builds the table with sorted lists. */
export function readFeatures() {
  const { globals, statics, methods } = readScriptFeatures();
  const known = knownNames();
  const attributes = attributeNames();
  const called = Object.fromEntries(
    Object.entries(methods)
      .map(([owner, names]) => [
        owner,
        names.filter(
          (name) => !OTHER_ATTRIBUTES.has(name) && !(owner in bcd.api && attributes.has(name)),
        ),
      ])
      .filter(([, names]) => names.length > 0),
  );
  const distinct = Object.values(called)
    .flat()
    .filter((name) => /[a-z][A-Z]/u.test(name) && !known.has(name) && !AMBIGUOUS.has(name));
  return {
    globals: sorted(globals.filter((name) => !NO_GLOBAL.test(name))),
    statics: sortedLists(statics),
    methods: sortedLists(called),
    distinctMethods: sorted(distinct),
    ...readStyleFeatures(),
  };
}

/**
 * Collects what is missing from the global object, from constructors and namespaces, and from their
 * instances.
 */
function readScriptFeatures() {
  const globals = [];
  const statics = {};
  const methods = {};
  const add = (lists, owner, name) => (lists[owner] ??= []).push(name);
  const { Intl, Temporal, ...builtins } = bcd.javascript.builtins;
  if (isMissing(Temporal)) globals.push('Temporal');
  if (isMissing(builtins.Iterator.Iterator)) globals.push('Iterator');
  for (const [owner, members] of Object.entries({ ...builtins, ...bcd.api })) {
    if (isMissing(members)) {
      // Members of a missing owner are reported through the owner.
      globals.push(owner);
      continue;
    }
    for (const [key, feature] of membersOf(members)) {
      if (!isMissing(feature) || key === owner) continue;
      const name = key.replace(/_static$/u, '');
      if (owner === 'Window') {
        globals.push(name);
      } else if (name === key && !isStaticBuiltin(owner, feature)) {
        add(methods, owner, name);
      } else if (!globals.includes(owner)) {
        add(statics, owner, name);
      }
    }
  }
  for (const [name, feature] of membersOf(Intl)) {
    if (isMissing(feature)) add(statics, 'Intl', name);
    for (const [method, each] of membersOf(feature)) {
      if (!isMissing(feature) && isMissing(each)) add(methods, `Intl.${name}`, method);
    }
  }
  return { globals, statics, methods };
}

/** Collects at-rules, pseudo-classes, pseudo-elements and units. */
function readStyleFeatures() {
  const { 'at-rules': atRules, selectors, types } = bcd.css;
  const missing = (group) => Object.keys(group).filter((name) => isMissing(group[name]));
  return {
    atRules: sorted(missing(atRules)),
    pseudos: sorted(missing(selectors).filter((name) => name !== 'nesting')),
    units: sorted(missing(types.length).flatMap((name) => UNIT_GROUPS[name] ?? [name])),
  };
}

/**
 * Returns the features of a group whose keys are names, without events, symbols and details such as
 * `symbol_as_keys`.
 */
function membersOf(group) {
  return Object.entries(group).filter(
    ([key]) => /^[a-z][\w-]*$/iu.test(key) && !/_(?!static$)/u.test(key),
  );
}

/**
 * Checks for a static member of JavaScript's built-in objects, which only the URL of its
 * specification distinguishes: `Object.groupBy`, not `Object.prototype.x`.
 */
function isStaticBuiltin(owner, { __compat: { spec_url } }) {
  const url = [spec_url].flat().join(' ').toLowerCase();
  return owner in bcd.javascript.builtins && !url.includes('.prototype.');
}

/** Checks whether a standard, stable feature came to Chromium after the baseline. */
function isMissing({ __compat: compat } = {}) {
  const { standard_track: standard, deprecated, experimental } = compat?.status ?? {};
  return (
    standard === true &&
    !deprecated &&
    !experimental &&
    ['chrome', 'chrome_android'].every((browser) => isNewer(compat.support[browser]))
  );
}

function isNewer(support) {
  const plain = [support]
    .flat()
    .filter((each) => each && !each.flags && !each.prefix && !each.alternative_name);
  const versions = plain.map(({ version_added: version }) =>
    parseInt(String(version).replace('≤', '')),
  );
  return versions.length > 0 && versions.every((version) => version > BASELINE);
}

/** Collects the names of members that exist in the baseline. */
function knownNames() {
  const groups = [bcd.javascript.builtins, bcd.javascript.builtins.Intl, bcd.api];
  const members = groups
    .flatMap((group) => Object.values(group))
    .flatMap((each) => Object.entries(each));
  return new Set(
    members
      .filter(
        ([key, { __compat: compat }]) =>
          key !== '__compat' && compat && !isNewer(compat.support.chrome),
      )
      .filter(
        ([
          ,
          {
            __compat: { support },
          },
        ]) => [support.chrome].flat()[0]?.version_added,
      )
      .map(([key]) => key.replace(/_static$/u, '')),
  );
}

/**
 * Collects names that TypeScript declares as attributes only: reading a missing one does not fail
 * by itself.
 */
function attributeNames() {
  const folder = dirname(require.resolve('typescript'));
  const text = readFileSync(join(folder, 'lib.dom.d.ts'), 'utf8');
  const names = (pattern) => Array.from(text.matchAll(pattern), ([, name]) => name);
  const methods = new Set(names(/^ {4}(\w+)(?:<[^\n]*>)?\(/gmu));
  const attributes = names(/^ {4}(?:readonly |get |set )*(\w+)(?:\??:|\()/gmu);
  return new Set(attributes.filter((name) => !methods.has(name)));
}

function sorted(names) {
  return [...new Set(names)].sort();
}

function sortedLists(lists) {
  return Object.fromEntries(
    Object.keys(lists)
      .sort()
      .map((owner) => [owner, sorted(lists[owner])]),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { format } = await import('prettier');
  const text = JSON.stringify(readFeatures());
  writeFileSync(TABLE, await format(text, { parser: 'json', printWidth: 100 }));
}
