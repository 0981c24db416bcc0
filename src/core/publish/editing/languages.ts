import { textLanguage } from '../../l10n';

/** Two-letter codes of widely spoken languages. */
export const LANGUAGES: readonly string[] = (
  'en ar de es fr pt it nl pl cs sk hu ro bg el tr ru uk kk uz he fa ur hi bn th vi id ms zh ja ko ' +
  'sv no da fi et lv lt hr sr sl sw am'
).split(' ');

/** The name of a language in that of the texts, or what was given where it has none. */
export function languageName(code: string): string {
  return new Intl.DisplayNames([textLanguage()], { type: 'language' }).of(code) ?? code;
}
