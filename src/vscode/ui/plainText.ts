import { sanitizeLine } from '../../core/text/sanitizeLine';
import { joinIsolated, bidiIsolate } from '../../core/text/bidiIsolate';

/** Maximum length of a notification in VS Code, in UTF-16 code units. */
const MAX_MESSAGE = 900;
const MAX_LINE = 600;

/**
 * Escapes a message that contains text from a server, a manifest or a file name for a notification,
 * where VS Code renders `[text](command:…)` as a link that runs a command.
 */
export function plainText(text: string): string {
  return sanitizeLine(text, MAX_MESSAGE).replaceAll('](', '] (');
}

/**
 * Escapes the detail text of a dialog. Line breaks are kept, so untrusted text in it must already
 * be reduced to one line.
 */
export function plainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => sanitizeLine(line, MAX_LINE).replaceAll('](', '] ('))
    .join('\n');
}

/** Escapes text for a picker item or the status bar, where `$(name)` would become an icon. */
export function plainLabel(text: string): string {
  return withoutIcons(bidiIsolate(text));
}

/** Escapes and joins several details of a picker item. */
export function plainFacts(facts: readonly string[]): string {
  return withoutIcons(joinIsolated(facts));
}

function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$\u200B(');
}
