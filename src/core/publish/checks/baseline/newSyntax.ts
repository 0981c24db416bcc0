/**
 * Marks of all syntax newer than Chromium 95 that any V8 accepts in a classic script. A mark in a
 * string or comment only costs the time of parsing. Names may have escape sequences.
 */
const MARKS: readonly RegExp[] = [
  // The flag `v` after a regular expression, but not `image/svg+xml` or `</svg>`.
  /\/[dgimsuy]*v[dgimsuy]*(?![\w$]|(?<=\/svg)(?:\+xml|>))/u,
  // Modifiers, named groups (of which two may have one name), and properties of characters, whose
  // names grow with Unicode.
  /\(\?[ims-]+:/u,
  /\(\?<(?![!=])/u,
  /\\[Pp]\{/u,
  // An import with a phase, such as `import.defer(…)`, or with a second argument.
  /\bimport\s*(?:\/[*/]|\.(?!\s*meta\b)\s*[\w$\\])/u,
  /\bimport\s*\((?!\s*(?:"[^\n"\\]*"|'[^\n'\\]*'|[\w$.]+)\s*\))/u,
  // `using resource = …` and `for (using resource of …)`.
  /\busing(?:\s*\/[*/]|\s+[$\\\p{ID_Continue}]+\s*(?:=|\/[*/]|of\b))/u,
  // Fields with `accessor`, and decorators, but not the `{@link …}` of comments.
  /\baccessor(?:\s*(?:["'[]|\/[*/])|\s+#?[$\\\p{ID_Continue}]+[^\S\n]*[\n/;=}])/u,
  /@(?<=(?:^|[^\s"'*./<@\w`]|\*\/|\b(?:case|default|extends|in|of|return|typeof|void|yield)\s)\s*@)(?:\(|(?!link)[$\\\p{ID_Continue}])/u,
];

const NEW_SYNTAX = new RegExp(MARKS.map(({ source }) => source).join('|'), 'mu');

/** Checks whether a script may use syntax that Chromium 95 does not know. */
export function mayUseNewSyntax(text: string): boolean {
  return NEW_SYNTAX.test(text);
}
