import { sanitizeLine } from '../../core/text/sanitizeLine';
import { joinIsolated, bidiIsolate } from '../../core/text/bidiIsolate';

/** VS Code shows no more of a notification; UTF-16 units. */
const MAX_MESSAGE = 900;
const MAX_LINE = 600;

/**
 * A message with words of a server, a manifest or a file name as it may stand in a notification. VS
 * Code renders `[text](command:…)` there as a link that runs a command.
 */
export function plainText(text: string): string {
  return sanitizeLine(text, MAX_MESSAGE).replaceAll('](', '] (');
}

/**
 * The same for what a dialog says below its message: the lines stay, so foreign words in them must
 * have been made one line before.
 */
export function plainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => sanitizeLine(line, MAX_LINE).replaceAll('](', '] ('))
    .join('\n');
}

/** The same for a row of a picker and the status bar, where `$(name)` would become an icon. */
export function plainLabel(text: string): string {
  return withoutIcons(bidiIsolate(text));
}

/** The same for several things that are told of a row. */
export function plainFacts(facts: readonly string[]): string {
  return withoutIcons(joinIsolated(facts));
}

function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$\u200B(');
}
