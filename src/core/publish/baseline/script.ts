import { parse, type Program, type Options } from 'acorn';
import type { RawFinding } from './finding';
import { findNewApis, mayCallNewApis } from './newApis';

/** What Chromium 95 is sure to understand. */
const BASELINE = 2022;

type Kind = 'script' | 'module';
type Parsed = { program: Program; error?: never } | { program?: never; error: SyntaxErrorAt };

interface SyntaxErrorAt {
  message: string;
  /** Offsets: where what is wrong begins, and where reading stopped. */
  pos: number;
  raisedAt: number;
}

/** What a script holds that a WebView which loads classic scripts alone, with ES2022, does not run. */
export function checkScript(text: string): RawFinding[] {
  try {
    return findingsOf(text);
  } catch (error) {
    if (error instanceof RangeError) {
      const message = 'This script is nested too deeply to be checked';
      return [{ rule: 'baseline.unchecked', message, start: 0, end: 0 }];
    }
    throw error;
  }
}

function findingsOf(text: string): RawFinding[] {
  const script = tryParse(text, BASELINE, 'script');
  if (script.program !== undefined) {
    return apiFindings(text, script.program);
  }
  const module = tryParse(text, BASELINE, 'module');
  if (module.program !== undefined) {
    const declarations = moduleFindings(module.program);
    return [
      ...(declarations.length > 0 ? declarations : [moduleOnly(script.error)]),
      ...apiFindings(text, module.program),
    ];
  }
  // Whichever reading got further is what the script is meant to be.
  const isModule = module.error.pos > script.error.pos;
  const error = isModule ? module.error : script.error;
  const latest = tryParse(text, 'latest', isModule ? 'module' : 'script');
  if (latest.program === undefined) {
    return [syntaxFinding(latest.error, 'This is no valid JavaScript')];
  }
  return [
    syntaxFinding(error, `The WebView of the oldest cars does not know syntax newer than ES2022`),
    ...moduleFindings(latest.program),
    ...apiFindings(text, latest.program),
  ].sort((a, b) => a.start - b.start);
}

function tryParse(text: string, ecmaVersion: Options['ecmaVersion'], sourceType: Kind): Parsed {
  try {
    return { program: parse(text, { ecmaVersion, sourceType }) };
  } catch (error) {
    if (error instanceof SyntaxError && 'pos' in error && 'raisedAt' in error) {
      const { message, pos, raisedAt } = error;
      return { error: { message, pos: Number(pos), raisedAt: Number(raisedAt) } };
    }
    throw error;
  }
}

function apiFindings(text: string, program: Program): RawFinding[] {
  return mayCallNewApis(text) ? findNewApis(text, program) : [];
}

function moduleFindings({ body }: Program): RawFinding[] {
  return body.flatMap(({ type, start }) => {
    const word = type === 'ImportDeclaration' ? 'import' : 'export';
    if (type !== 'ImportDeclaration' && !type.startsWith('Export')) {
      return [];
    }
    const message = `A top-level ${word} makes this a module: the WebView of the oldest cars loads classic scripts only`;
    return [{ rule: 'baseline.module', message, start, end: start + word.length } as const];
  });
}

/** `import.meta` or a top-level `await` without any import or export. */
function moduleOnly({ pos, raisedAt }: SyntaxErrorAt): RawFinding {
  const message =
    'This works in a module only: the WebView of the oldest cars loads classic scripts only';
  return { rule: 'baseline.module', message, start: pos, end: Math.max(raisedAt, pos + 1) };
}

function syntaxFinding({ message, pos, raisedAt }: SyntaxErrorAt, what: string): RawFinding {
  const detail = message.replace(/ \(\d+:\d+\)$/u, '');
  const end = Math.max(raisedAt, pos + 1);
  return { rule: 'baseline.syntax', message: `${what}: ${detail}`, start: pos, end };
}
