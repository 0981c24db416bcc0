import { compile } from './compile';
import { hasCandidates } from './features';
import type { RawFinding } from './finding';
import type { ApiCheck } from './newApis';
import { mayUseNewSyntax } from './newSyntax';

/** Finds what a WebView does not run if it loads classic scripts only and supports ES2022. */
export async function checkScript(text: string): Promise<RawFinding[]> {
  const { findings, brings } = await inspectScript(text);
  return findings.filter(({ unless }) => !isBrought(unless, brings));
}

/**
 * Does the same as {@link checkScript}, but keeps uses of functions that the script defines itself,
 * and returns the names of these functions. V8 decides whether a script is valid. The parser takes
 * several times as long, and is loaded and run only for a script that may have findings.
 */
export async function inspectScript(text: string, isHandler = false): Promise<ApiCheck> {
  const compiled = compile(text, isHandler);
  if (compiled.isValid && !mayUseNewSyntax(text) && !hasCandidates(text)) {
    return { findings: [], brings: [] };
  }
  const { inspectParsed, invalidScript } = await import('./parsedScript');
  const parsed = inspectParsed(text, isHandler);
  const { error: message } = compiled;
  if (message === undefined || !parsed.findings.every(({ rule }) => isAboutApi(rule))) {
    return parsed;
  }
  // V8 rejects it although the parser accepts it, and gives no column.
  const finding = invalidScript({ message, start: 0, end: 0 });
  return { ...parsed, findings: [finding, ...parsed.findings] };
}

/** Checks whether a script defines a function that makes a finding obsolete. */
export function isBrought(
  unless: readonly string[] | undefined,
  brings: readonly string[],
): boolean {
  return unless?.some((name) => brings.includes(name)) === true;
}

function isAboutApi(rule: RawFinding['rule']): boolean {
  return rule === 'baseline.api' || rule === 'baseline.feature';
}
