import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspectParsed } from '../../../../../src/core/publish/checks/baseline/parsedScript';
import { checkScript, inspectScript } from '../../../../../src/core/publish/checks/baseline/script';
import { cpuSince } from '../../../../support/cpu-time';

/** Returns the rule and the underlined text of each finding. */
async function findings(code: string): Promise<string[]> {
  const found = await checkScript(code);
  return found.map(({ rule, start, end }) => `${rule} ${code.slice(start, end)}`);
}

const calls = (...texts: string[]): string[] => texts.map((text) => `baseline.api ${text}`);

describe('script check for Chromium 95', () => {
  const fine: Record<string, string> = {
    'an empty script': '',
    ES5: 'var a = function () { return this; }; with (a) { b = 010; }',
    'class fields, private names, static blocks':
      'class A { #a = 1; static b; static { this.c = 2 } has(o) { return #a in o } }',
    'optional chaining, nullish values, logical assignment':
      'a?.b?.[c]?.(d ?? e); f ||= g; h &&= i; j ??= 1_000n;',
    'async generators and for await':
      'async function* f() { for await (const a of b) yield await a; }',
    'at, hasOwn, replaceAll, error causes':
      "[].at(-1); Object.hasOwn({}, 'a'); ''.replaceAll('a', 'b'); new Error('e', { cause: 1 });",
    'regular expressions of ES2022': '/(?<year>\\d{4})(?<!a)b/dgimsuy; /\\p{Script=Greek}/u',
    'a dynamic import': "import('./part.js').then(run);",
    'an HTML comment': '<!-- old\nrun();',
    'a hashbang': '#!/usr/bin/env node\nrun();',
    'a directive and sloppy names': "'use strict'; var async, of, get, let_;",
    'names in strings and comments':
      "// structuredClone(a)\nvar s = 'structuredClone(x) import y from z'; /* a.findLast(b) */",
    'properties that are not called': 'a.findLast; b.groupBy = 1; const { findLastIndex } = c;',
    'functions of other names':
      'findLast(a); lastOf.groupBy(b); Array.from(c); Promise.all(d); my.structuredClone(e);',
    'methods that every object has':
      'a.toString(); a.constructor(b); Object.hasOwnProperty(c); structuredClone.toString();',
    'Object.groupBy on something else':
      'db.Object.groupBy(a); groupBy(b); query.groupBy(c); lodash.Map.groupBy(d);',
  };
  for (const [what, code] of Object.entries(fine)) {
    it(`accepts ${what}`, async () => assert.deepEqual(await findings(code), []));
  }

  const syntax: Record<string, [code: string, at: string]> = {
    'a regular expression with the v flag': [
      'var a;\nvar b = /[\\p{L}--[a-z]]/v;',
      '/[\\p{L}--[a-z]]/v',
    ],
    'modifiers in a regular expression': ['a = /(?i:b)c/;', '/(?i:b)c/'],
    'the same group name twice': ['a = /(?<y>b)|(?<y>c)/;', '/(?<y>b)|(?<y>c)/'],
    'import attributes': ["import('./a.json', { with: { type: 'json' } });", ','],
    'a using declaration': ['{ using a = b(); }', 'a'],
  };
  for (const [what, [code, at]] of Object.entries(syntax)) {
    it(`rejects ${what}`, async () => {
      const [finding, ...more] = await checkScript(code);
      assert.deepEqual(more, []);
      assert.equal(finding?.rule, 'baseline.syntax');
      assert.match(finding.message, /newer than ES2022/);
      assert.equal(finding.start, code.indexOf(at), finding.message);
      assert.ok(finding.end > finding.start);
    });
  }

  const unknown: Record<string, string> = {
    'a set in a regular expression': 'a = b ? /[c&&d]/v : e',
    'a regular expression with all flags at the end of the text': 'a = /b/dgimsvy',
    'negative modifiers': 'a = /(?-im:b)(?s-i:c)/',
    'a group name in two alternatives': 'a = /(?<\\u0062>c)|(?<b>d)/',
    'a script that Unicode added later': 'a = /\\p{Script=Kawi}/u',
    'options of an import': 'import(a.b(c), d)',
    'options of an import with a comment': 'import /* a */ ("b", { with: c })',
    'an import with a phase': 'import.source("a"); import . defer("b")',
    'a using declaration with a comment': '{ using a /* b */ = c; }',
    'a using declaration in a loop': 'for (using a of b) c()',
    'an asynchronous using declaration': 'async function a() { await using b = c; }',
    'a decorated class': '@a class B {}',
    'a decorated class expression': 'b = @a class {}; c(() => { return @d.e() class {} })',
    'a decorated method': 'class A { static x = 1; /* b */ @c d() {} }',
    'a field with accessors': 'class A { accessor b = 1 }',
    'a private field with accessors': 'class A {\n  static accessor #b\n}',
  };
  for (const [what, code] of Object.entries(unknown)) {
    it(`judges ${what} alike in every version of V8`, async () => {
      const { findings: expected } = inspectParsed(code);
      assert.equal(expected[0]?.rule, 'baseline.syntax');
      assert.deepEqual((await inspectScript(code)).findings, expected);
    });
  }

  it('accepts what V8 accepts although the parser does not', async () => {
    for (const code of ['a() = 1', 'a()++', `b = ${'['.repeat(1_200)}${']'.repeat(1_200)}`]) {
      assert.equal(inspectParsed(code).findings.length, 1);
      assert.deepEqual(await findings(code), []);
    }
  });

  it('rejects what V8 alone rejects', async () => {
    const code = `structuredClone(a); function b(${'c, '.repeat(65_536)}d) {}`;
    assert.deepEqual(await findings(code), ['baseline.syntax ', ...calls('structuredClone')]);
    const [finding] = await checkScript(code);
    assert.match(finding?.message ?? '', /^This is no valid JavaScript: Too many parameters/);
  });

  it('neither runs a script nor imports what it names', async () => {
    const code =
      'globalThis.ranScript = true; import("./missing.js"); (function () { globalThis.ranScript = true })()';
    await checkScript(code);
    await inspectScript(code, true);
    assert.equal('ranScript' in globalThis, false);
  });

  it('rejects text that is not JavaScript', async () => {
    const broken = [
      'var a = ;',
      'function (',
      'let a; let a;',
      'return 1;',
      '<html>',
      'type A = string;',
      'a b',
    ];
    for (const code of [...broken, '\0', "'unfinished", '`${', 'await b;\nawait c']) {
      const [finding] = await checkScript(code);
      assert.equal(
        finding?.rule,
        code.startsWith('await') ? 'baseline.module' : 'baseline.syntax',
        code,
      );
      assert.ok(finding.start <= code.length);
    }
    assert.match(
      (await checkScript('var a = ;'))[0]?.message ?? '',
      /no valid JavaScript: Unexpected token$/,
    );
  });

  const modules: Record<string, [code: string, ...found: string[]]> = {
    'an import': ["import a from './a.js';\na();", 'baseline.module import'],
    'an import for its effect': ["run();\nimport './a.js';", 'baseline.module import'],
    exports: [
      "export const a = 1;\nexport default a;\nexport * from './b.js';\nexport { a as c };",
      ...Array<string>(4).fill('baseline.module export'),
    ],
    'import.meta': ['var a = import.meta.url;', 'baseline.module import.meta'],
    'a top-level await': ['var a = await b;', 'baseline.module b'],
    'modules and new functions': [
      'import a from "a";\na.findLast(b);',
      'baseline.module import',
      'baseline.api findLast',
    ],
    'modules, new syntax and new functions': [
      'import a from "a";\na.findLast(/b/v);',
      'baseline.module import',
      'baseline.api findLast',
      'baseline.syntax /b/v',
    ],
  };
  for (const [what, [code, ...found]] of Object.entries(modules)) {
    it(`rejects ${what}`, async () => assert.deepEqual(await findings(code), found));
  }

  const used: Record<string, [code: string, ...found: string[]]> = {
    structuredClone: ['structuredClone(a)', ...calls('structuredClone')],
    'window.structuredClone and its variants': [
      "window.structuredClone(a); globalThis.structuredClone(b); self['structuredClone'](c)",
      ...calls('window.structuredClone', 'globalThis.structuredClone', "self['structuredClone']"),
    ],
    'an optional call of an undeclared name': ['structuredClone?.(a)', ...calls('structuredClone')],
    'findLast and findLastIndex': [
      'a.findLast(b);\n[1].findLastIndex(c);\nd?.findLast(e);\nf()["findLast"](g);\nh[`findLastIndex`](i)',
      ...calls('findLast', 'findLastIndex', 'findLast', '"findLast"', '`findLastIndex`'),
    ],
    'static methods of Object, Map, Promise and Array': [
      'Object.groupBy(a, b); Map.groupBy(a, b); Promise.withResolvers(); Array.fromAsync(a); window.Object.groupBy(a, b)',
      ...calls(
        'Object.groupBy',
        'Map.groupBy',
        'Promise.withResolvers',
        'Array.fromAsync',
        'window.Object.groupBy',
      ),
    ],
    'indirect calls': [
      '(0, structuredClone)(a); (0, Object.groupBy)(b, c); Array.prototype.findLast.call(d, e); Object.groupBy.apply(null, f); (g?.findLast)(h)',
      ...calls('structuredClone', 'Object.groupBy', 'findLast', 'Object.groupBy', 'findLast'),
    ],
    'calls deep inside': [
      'class A { #b = () => { for (const c of d) switch (c) { case 1: return { e: [`${c.findLast(f)}`] } } } }',
      ...calls('findLast'),
    ],
    'a call outside the scope of a local function': [
      '{ function structuredClone(a) { return a } }\n{ let b = (structuredClone) => structuredClone(1) }\n({ a() { return structuredClone(2) } })',
      ...calls('structuredClone'),
    ],
    'calls with an unrelated check': [
      'if (options.groupBy) { Object.groupBy(a, options.groupBy) } if (b.findLast(c)) { d() } if (clone) structuredClone(e)',
      ...calls('Object.groupBy', 'findLast', 'structuredClone'),
    ],
    'a method that only another object defines': [
      'const list = { find() {} }; list.findLast(a); class B { c() { this.findLast(d) } } lib.findLast = e; f.findLast(g)',
      ...calls('findLast', 'findLast', 'findLast'),
    ],
  };
  for (const [what, [code, ...found]] of Object.entries(used)) {
    it(`rejects a call of ${what}`, async () => assert.deepEqual(await findings(code), found));
  }

  const own: Record<string, string> = {
    'a local function': 'function structuredClone(a) { return a } structuredClone(1);',
    'a function that is declared later or in an outer scope':
      'f(); function f() { return structuredClone(1) } var structuredClone = 2;',
    'a variable, parameter, import or pattern':
      'const { structuredClone } = a; structuredClone(1); (function ([structuredClone]) { structuredClone(2) }); ((b, ...structuredClone) => structuredClone(3)); try { c } catch ({ structuredClone = d }) { structuredClone(4) } for (let structuredClone of e) structuredClone(5);',
    'a class, a named function, a switch case':
      '(class structuredClone { a() { structuredClone() } }); (function structuredClone() { structuredClone(1) }); switch (b) { case 1: let Map = c; Map.groupBy() }',
    'local objects of the same name':
      'const Map = require("map"); Map.groupBy(a); const self = this; self.structuredClone(b); function f(Object) { Object.groupBy(c) }',
    'methods that the script defines':
      'const list = { findLast() {} }; list.findLast(a); class B { findLast() {} c() { return this.findLast(d) } static findLastIndex() {} } B.findLastIndex(e); new B().findLast(f); const g = new B(); g.findLast(h);',
    'a method that the script adds to an object':
      'var lodash = {}; lodash.findLast = a; lodash.findLast(b, c);',
    'functions that the script polyfills':
      'if (b) Array.prototype.findLast = function () {}; c.findLast(d); Object.defineProperty(Array.prototype, "findLastIndex", {}); e.findLastIndex(f); window.structuredClone = g; structuredClone(h); Object.groupBy ||= i; Object.groupBy(j);',
    'functions after feature detection':
      "const a = typeof structuredClone === 'function' ? structuredClone(b) : c; if (window.structuredClone) { f(() => structuredClone(d)) } Array.prototype.findLast && e.findLast(g); Object.groupBy ? Object.groupBy(h) : 0; if ('findLast' in []) i.findLast(j);",
    'functions after an early exit':
      'function a(b) { if (!window.structuredClone) { return c } return structuredClone(b) } function d(e) { if (typeof Promise.withResolvers !== "function") throw e; Promise.withResolvers() }',
    'optional methods':
      'a.findLast?.(b); Object.groupBy?.(c); window.structuredClone?.(d); Array.prototype.findLast?.call(e)',
  };
  for (const [what, code] of Object.entries(own)) {
    it(`accepts calls of ${what}`, async () => assert.deepEqual(await findings(code), []));
  }

  const polyfills: Record<string, string> = {
    'core-js':
      '$({ target: "Array", proto: true }, { findLast: function findLast(f) {} }); n({target:"Object",stat:!0},{groupBy:function(a){}}); $({ global: true, forced: a }, { structuredClone: b }); [1].findLast(c); Object.groupBy(d); structuredClone(e)',
    'an older core-js':
      '$export($export.P, "Array", { findLast: function (f) {} }); [1].findLast(a)',
    'Object.assign':
      'Object.assign(Array.prototype, { findLast() {} }); [1].findLast(a); b.findLast(c)',
    'an object in a variable':
      'const more = { findLast() {} }; Object.assign(Array.prototype, more); [1].findLast(a)',
    'Object.defineProperties':
      'Object.defineProperties(Array.prototype, { findLast: { value: a } }); [1].findLast(b)',
    'Reflect.defineProperty or a helper':
      'Reflect.defineProperty(Array.prototype, "findLast", { value: a }); [1].findLast(b); define(Array.prototype, { findLastIndex: c }); [1].findLastIndex(d)',
    'a variable for the prototype':
      'var p = Array.prototype; p.findLast || (p.findLast = function () {}); [1].findLast(a)',
  };
  for (const [what, code] of Object.entries(polyfills)) {
    it(`accepts calls polyfilled by ${what}`, async () =>
      assert.deepEqual(await findings(code), []));
  }

  const libraries: Record<string, string> = {
    'with the list as the first argument':
      'import_lodash.default.findLast(xs, (x) => x > 1); _.findLast([1, 2], "x")',
    'assigned to an object':
      'var _ = run(); lodash.findLast = findLast; (0, t.findLast)(xs, f); _.findLast(xs, g)',
    'from a mixin':
      'mixin(Collection, { findLast: function findLast(f) {} }); const l = List(); l.findLast((x) => x)',
    'from a prototype': 'List.prototype.findLast = function () {}; make().findLast(f)',
    'from a class': 'class List { findLast() {} } make().findLast(f)',
    'from a compiled class':
      '_createClass(List, [{ key: "findLast", value: function () {} }]); make().findLast(f)',
  };
  for (const [what, code] of Object.entries(libraries)) {
    it(`accepts findLast of a library ${what}`, async () =>
      assert.deepEqual(await findings(code), []));
  }

  const guards: Record<string, string> = {
    'a constant': "const can = 'structuredClone' in window; can && structuredClone(a)",
    'a property':
      'var has = { clone: typeof structuredClone == "function" }; has.clone ? structuredClone(a) : b',
    'a function':
      "function can() { return typeof structuredClone === 'function' } if (can()) structuredClone(a)",
    'an arrow function':
      "const can = () => 'findLast' in Array.prototype; can() ? a.findLast(f) : g(a)",
    'a variable and an early exit':
      'function f(a) { if (!can) return a; return structuredClone(a) } var can = !!window.structuredClone',
    'a switch':
      "switch (typeof structuredClone) { case 'function': structuredClone(a) } switch (true) { case typeof structuredClone === 'function': structuredClone(b) }",
    'a try with a fallback':
      'function f(a) { try { return structuredClone(a) } catch (e) { return JSON.parse(JSON.stringify(a)) } }',
    'a try as feature detection':
      'let can; try { structuredClone(1); can = true } catch { can = false }',
    'the variable that holds the function':
      'const c = window.structuredClone; if (c) c(a); c ? c(b) : d; c && c(e); c?.(f)',
    'a replacement function':
      'const c = window.structuredClone || a; c(b); const { structuredClone: d = e } = window; d(f); const g = typeof structuredClone === "function" ? structuredClone : h; g(i)',
  };
  for (const [what, code] of Object.entries(guards)) {
    it(`accepts calls after feature detection with ${what}`, async () =>
      assert.deepEqual(await findings(code), []));
  }

  it('accepts references without a call', async () => {
    const code =
      'isCallable(Object.groupBy); var a = Array.prototype.findLast; uncurry(a); window.structuredClone === b';
    assert.deepEqual(await findings(code), []);
  });

  const missed: Record<string, [code: string, ...found: string[]]> = {
    'on an array although other objects define it': [
      'lodash.prototype.findLast = a; lodash.findLast = b; class C { findLast() {} } [1].findLast(d); const e = [1, 2]; e.map(f).findLast(g); function h(...i) { i.findLast(j) } Object.keys(k).findLast(l); m.split(",").findLast(n); (o || []).findLast(p)',
      ...Array<string>(6).fill('findLast'),
    ],
    'kept in a variable': [
      'const a = structuredClone; a(b); const c = Object.groupBy; c(d); const e = Array.prototype.findLast; e.call(f, g)',
      ...['structuredClone', 'Object.groupBy', 'findLast'],
    ],
    'destructured from an object': [
      'const { structuredClone } = window; structuredClone(a); { const { structuredClone: b } = globalThis; b(c) } const { groupBy } = Object; groupBy(d, e)',
      ...['structuredClone', 'structuredClone', 'groupBy'],
    ],
    'passed as a value': [
      'a.map(structuredClone); b(structuredClone); c.then(Object.groupBy); setTimeout(structuredClone, 0, d)',
      ...['structuredClone', 'structuredClone', 'Object.groupBy', 'structuredClone'],
    ],
    'through bind, call and apply': [
      'Array.prototype.findLast.bind(a); [].findLast.call(b, c); Reflect.apply(Array.prototype.findLast, d, [e]); Function.prototype.call.bind(Array.prototype.findLast)',
      ...Array<string>(4).fill('findLast'),
    ],
    'on other names of the window': [
      'top.structuredClone(a); parent.structuredClone(b); window.self.structuredClone(c); (function (w) { w.structuredClone(d) })(window)',
      ...['top', 'parent', 'window.self', 'w'].map((name) => `${name}.structuredClone`),
    ],
    'inherited from a built-in class': [
      'class A extends Array { findLast(b) { return super.findLast(b) } } class C extends Array { d() { return this.findLast(e) } }',
      ...['findLast', 'findLast'],
    ],
    'in a try around other code': [
      'async function f() { try { const a = await b(); const c = a.findLast(d); e(c) } catch (g) { tell(g) } }',
      'findLast',
    ],
  };
  for (const [what, [code, ...found]] of Object.entries(missed)) {
    it(`rejects a function ${what}`, async () =>
      assert.deepEqual(await findings(code), calls(...found)));
  }

  const features: Record<string, [code: string, ...found: string[]]> = {
    'methods of arrays': [
      'a.toSorted(); b.toReversed(); c.toSpliced(0, 1); [1].with(0, 1); const d = [1]; d.slice().with(0, 2)',
      ...['toSorted', 'toReversed', 'toSpliced', 'with', 'with'],
    ],
    'methods of sets': [
      'new Set(a).union(b); const c = new Set(); c.difference(d); e.isSubsetOf(f)',
      ...['union', 'difference', 'isSubsetOf'],
    ],
    'methods of iterators': [
      'new Map().values().map(a); const b = new Set(); b.keys().take(2); Iterator.from(c)',
      ...['map', 'take', 'Iterator'],
    ],
    'methods of strings': ['a.isWellFormed(); "b".toWellFormed()', 'isWellFormed', 'toWellFormed'],
    'functions of constructors': [
      'AbortSignal.any([a]); AbortSignal.timeout(5); URL.canParse(b); Response.json(c); Promise.try(d); Intl.supportedValuesOf("unit"); const { any } = AbortSignal; any([e])',
      ...['AbortSignal.any', 'AbortSignal.timeout', 'URL.canParse', 'Response.json', 'Promise.try'],
      ...['Intl.supportedValuesOf', 'any'],
    ],
    'methods of the DOM': [
      'a.checkVisibility(); b.showPopover(); document.startViewTransition(c); d.roundRect(1, 2, 3, 4, 5)',
      ...['checkVisibility', 'showPopover', 'document.startViewTransition', 'roundRect'].map(
        (name) => name.replace('document.', ''),
      ),
    ],
    'global objects': [
      'new Float16Array(1); new Intl.DurationFormat("en"); a instanceof ToggleEvent; navigation.navigate("b")',
      ...['Float16Array', 'Intl.DurationFormat', 'ToggleEvent', 'navigation'],
    ],
    'flags of regular expressions': ['new RegExp(a, "v"); RegExp("b", \'gv\')', '"v"', "'gv'"],
  };
  for (const [what, [code, ...found]] of Object.entries(features)) {
    it(`warns about newer ${what}`, async () => {
      assert.deepEqual(
        await findings(code),
        found.map((text) => `baseline.feature ${text}`),
      );
    });
  }

  it('does not warn about polyfills and features detected around a nested function', async () => {
    const code =
      '$({ target: "Array", proto: true }, { "with": function (a) {} }); [1].with(0, 1); $({ target: "Promise", stat: true }, { "try": a }); Promise.try(b); Set.prototype.union = c; new Set().union(d); function e() { if (typeof navigation === "object") { setTimeout(f) } function f() { navigation.navigate("g") } }';
    assert.deepEqual(await findings(code), []);
    const [finding] = await checkScript('navigation.navigate("a")');
    assert.equal(finding?.message, 'The WebView of the oldest cars has no navigation');
  });

  it('does not warn about methods of the same name on other objects', async () => {
    const code =
      'a.with(1); b.union(c); d.difference(e); f.values().map(g); Object.values(h).map(i); j.any(k); l.take(1); new Set().with(1); m.toSorted?.(); class Highlight {} new Highlight(); if (n.checkVisibility) n.checkVisibility(); new RegExp("o", "u")';
    assert.deepEqual(await findings(code), []);
  });

  it('reports code that is nested too deeply to check', async () => {
    const code = `a = ${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    assert.deepEqual(
      (await checkScript(code)).map(({ rule }) => rule),
      ['baseline.unchecked'],
    );
  });

  it('accepts arbitrary code', async () => {
    const folder = dirname(require.resolve('undici/package.json'));
    // Two of them call functions that Chromium 95 lacks.
    const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^lib.*(?<!cookies.index|webidl.index)\.js$/u.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    assert.ok(scripts.length > 50);
    // Use each word of the code as a method name too; some exist on every object.
    const words = new Set(scripts.flatMap((script) => script.match(/\b[a-z]\w+(?=\()/giu) ?? []));
    const reserved = /^(?:import|super)$/u;
    const calls = [...words]
      .filter((word) => !reserved.test(word))
      .map((word) => `Object.${word}()`);
    for (const script of [...scripts, `${calls.join(';\n')}; structuredClone()`]) {
      const rules = (await checkScript(script)).map(({ rule }) => rule);
      assert.deepEqual(rules, script.endsWith('structuredClone()') ? ['baseline.api'] : []);
    }
  });

  it('is fast with many calls', async () => {
    const code = `var first = 1;\n${'{ let a = b.findLast(c); if (structuredClone) structuredClone(a) }\n'.repeat(4_000)}`;
    const before = process.cpuUsage();
    assert.equal((await checkScript(code)).length, 4_000);
    assert.ok(cpuSince(before) < 4_000, 'it takes less than four seconds of a core');
  });

  it('is fast with many arguments', async () => {
    const before = process.cpuUsage();
    assert.deepEqual(await findings(`f(${'{ findLast: a }, '.repeat(6_000)}a)`), []);
    assert.ok(cpuSince(before) < 4_000, 'it takes less than four seconds of a core');
  });
});
