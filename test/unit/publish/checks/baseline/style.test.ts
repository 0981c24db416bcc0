import assert from 'node:assert/strict';
import { checkStyle } from '../../../../../src/core/publish/checks/baseline/style';

/** Returns the underlined texts. */
function findings(css: string): string[] {
  return checkStyle(css).map(({ rule, start, end }) => {
    assert.equal(rule, 'baseline.feature');
    return css.slice(start, end);
  });
}

describe('style sheet check for Chromium 95', () => {
  const newer: Record<string, [css: string, ...found: string[]]> = {
    ':has()': ['a:has(> b) { c: d }', ':has'],
    'other selectors': [
      'a:popover-open {} dialog:modal {} b::highlight(c) {}',
      ':popover-open',
      ':modal',
      '::highlight',
    ],
    layers: ['@layer a, b;\n@layer a { c { d: e } }', '@layer'],
    'container queries': ['@container (min-width: 1px) { a { b: c } }', '@container'],
    'other at-rules': [
      '@scope (a) { b { c: d } } @starting-style { a { b: c } }',
      '@scope',
      '@starting-style',
    ],
    nesting: ['a { b: c; &:hover { d: e } }', '&'],
    'nested media queries': ['a { @media (b) { c: d } }', '@'],
    'nesting with a type selector': ['a { /* b */ c { d: e } }', 'c'],
    'viewport units': ['a { height: 100dvh; width: 50svw }', 'dvh', 'svw'],
    'container units': ['a { height: calc(10cqw - .5cqh) }', 'cqw', 'cqh'],
    'rules in a media query': ['@media screen { a:has(b) { c: d } }', ':has'],
  };
  for (const [what, [css, ...found]] of Object.entries(newer)) {
    it(`warns about ${what}`, () => assert.deepEqual(findings(css), found));
  }

  const fine: Record<string, string> = {
    'rules, media queries and keyframes':
      ':root { --a: 1px } a:not(.b)::before { c: url(d{;) } @media (e) { f:hover { g: h } } @keyframes i { from { j: k } to { l: m } } @font-face { n: o }',
    'comments and strings':
      '/* a:has(b) { 1dvh } */ c { d: "@layer { :has(" } e[f=\':has(g)\'] { h: i }',
    'escaped names': '.a\\:has\\(b\\) { c: d } .e\\@layer { f: g } .h-\\[100dvh\\] { i: j }',
    'features after @supports':
      '@supports selector(:has(a)) { b:has(c) { d: e } } @supports (height: 1dvh) { a { height: 1dvh } }',
    'a feature after a fallback value': 'a { height: 100vh; height: 100dvh }',
    'names like units': '.w-100dvh { a: b } #dvh { c: d } e { --f-1dvh: g; h: i1dvh }',
    'any text in a property of its own': 'a { --b: { c: d }; e: f }',
    'unclosed strings and comments': 'a { b: "c\nd: e } /* f',
  };
  for (const [what, css] of Object.entries(fine)) {
    it(`accepts ${what}`, () => assert.deepEqual(findings(css), []));
  }

  it('reports each feature once, in time linear in the size', () => {
    assert.deepEqual(findings('a:has(b) { c: d }\n'.repeat(10_000)), [':has']);
    for (const piece of [
      '{',
      '}',
      ';',
      ':',
      '"',
      '/*',
      '@a',
      '\\',
      'url(',
      '1',
      'a:b{',
      '--a:',
      ' /* */',
    ]) {
      checkStyle(piece.repeat(30_000));
    }
  });
});
