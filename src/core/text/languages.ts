import { textLanguage } from './l10n';

/** Two-letter codes of widely spoken languages. */
export const LANGUAGES: readonly string[] = (
  'en ar de es fr pt it nl pl cs sk hu ro bg el tr ru uk kk uz he fa ur hi bn th vi id ms zh ja ko ' +
  'sv no da fi et lv lt hr sr sl sw am'
).split(' ');

/** Returns the name of a language in the UI language, or the code itself if there is no name. */
export function languageName(code: string): string {
  return new Intl.DisplayNames([textLanguage()], { type: 'language' }).of(code) ?? code;
}
