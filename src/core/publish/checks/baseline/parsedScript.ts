import { parse, type Program, type Options } from 'acorn';
import { t } from '../../../text/l10n';
import type { RawFinding } from './finding';
import { findNewApis, type ApiCheck } from './newApis';

/** The ECMAScript version that Chromium 95 fully supports. */
const BASELINE = 2022;

type Kind = 'script' | 'module';
type Parsed = { program: Program; error?: never } | { program?: never; error: SyntaxErrorAt };

interface SyntaxErrorAt {
  message: string;
  start: number;
  end: number;
}

/** The parser's error when the nesting is too deep. */
const NO_STACK = 'Not enough stack space';

/**
 * Does what {@link inspectScript} does with the parser alone, which knows the places of findings
 * and the scopes of names.
 */
export function inspectParsed(text: string, isHandler = false): ApiCheck {
  try {
    return inspect(text, isHandler);
  } catch (error) {
    if (error instanceof RangeError) {
      const message = t('This script is nested too deeply to be checked');
      return { findings: [{ rule: 'baseline.unchecked', message, start: 0, end: 0 }], brings: [] };
    }
    throw error;
  }
}

function inspect(text: string, isHandler: boolean): ApiCheck {
  const script = tryParse(text, BASELINE, 'script', isHandler);
  if (script.program !== undefined) {
    return findNewApis(text, script.program);
  }
  const module = tryParse(text, BASELINE, 'module');
  if (module.program !== undefined) {
    const declarations = moduleFindings(module.program);
    const { findings, brings } = findNewApis(text, module.program);
    const own = declarations.length > 0 ? declarations : [moduleOnly(script.error)];
    return { findings: [...own, ...findings], brings };
  }
  // The interpretation that parses further is the intended one.
  const isModule = module.error.start > script.error.start;
  const error = isModule ? module.error : script.error;
  const latest = tryParse(text, 'latest', isModule ? 'module' : 'script', isHandler);
  if (latest.program === undefined) {
    return { findings: [invalidScript(latest.error)], brings: [] };
  }
  const message = t(
    'The WebView of the oldest cars does not know syntax newer than ES2022: {0}',
    error.message,
  );
  const { findings, brings } = findNewApis(text, latest.program);
  const own = [syntaxFinding(error, message), ...moduleFindings(latest.program)];
  return { findings: [...own, ...findings].sort((a, b) => a.start - b.start), brings };
}

function tryParse(
  text: string,
  ecmaVersion: Options['ecmaVersion'],
  sourceType: Kind,
  isHandler = false,
): Parsed {
  try {
    const options = { ecmaVersion, sourceType, allowReturnOutsideFunction: isHandler };
    // Chromium supports hashbang lines since version 74, the standard since ES2023.
    return { program: parse(text, { ...options, allowHashBang: !isHandler }) };
  } catch (error) {
    if (error instanceof SyntaxError && 'pos' in error && 'raisedAt' in error) {
      if (error.message.startsWith(NO_STACK)) {
        throw new RangeError(error.message, { cause: error });
      }
      return { error: placed(text, error.message, Number(error.pos), Number(error.raisedAt)) };
    }
    throw error;
  }
}

function moduleFindings({ body }: Program): RawFinding[] {
  return body.flatMap(({ type, start }) => {
    const word = type === 'ImportDeclaration' ? 'import' : 'export';
    if (type !== 'ImportDeclaration' && !type.startsWith('Export')) {
      return [];
    }
    const message = t(
      'A top-level {0} makes this a module: the WebView of the oldest cars loads classic scripts only',
      word,
    );
    return [{ rule: 'baseline.module', message, start, end: start + word.length } as const];
  });
}

/** Reports `import.meta` or a top-level `await` in a script without any import or export. */
function moduleOnly({ start, end }: SyntaxErrorAt): RawFinding {
  const message = t(
    'This works in a module only: the WebView of the oldest cars loads classic scripts only',
  );
  return { rule: 'baseline.module', message, start, end };
}

/** Reports a text that is no script in any browser. */
export function invalidScript({ message, start, end }: SyntaxErrorAt): RawFinding {
  return syntaxFinding({ start, end }, t('This is no valid JavaScript: {0}', message));
}

function syntaxFinding(
  { start, end }: Pick<SyntaxErrorAt, 'start' | 'end'>,
  message: string,
): RawFinding {
  return { rule: 'baseline.syntax', message, start, end };
}

/**
 * Adjusts the range of a syntax error to what an editor should underline.
 * @param pos where the parser reports the error: after the first slash of a regular expression,
 * otherwise at a token
 * @param raisedAt where the parser stopped reading
 */
function placed(text: string, message: string, pos: number, raisedAt: number): SyntaxErrorAt {
  const detail = message.replace(/ \(\d+:\d+\)$/u, '');
  if (detail.startsWith('Invalid regular expression')) {
    return { message: detail, start: Math.max(0, pos - 1), end: Math.max(raisedAt, pos) };
  }
  const token = /[\w$]+(?:\.meta\b)?/uy;
  token.lastIndex = pos;
  return { message: detail, start: pos, end: pos + (token.exec(text)?.[0].length ?? 1) };
}
