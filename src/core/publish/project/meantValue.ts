import type { CATEGORIES } from '../rules/manifestValues';
import { closestMatch } from '../../text/closestMatch';

/** Common words for a category that are not spelt similarly. */
const CATEGORY_WORDS: Partial<Record<(typeof CATEGORIES)[number], readonly string[]>> = {
  navigation: ['map', 'maps', 'nav', 'gps', 'travel', 'traffic', 'parking'],
  media: ['music', 'audio', 'video', 'radio', 'podcasts', 'photos'],
  vehicle: ['car', 'cars', 'auto', 'automotive', 'climate', 'charging', 'diagnostics'],
  productivity: ['tool', 'tools', 'utility', 'utilities', 'business', 'office', 'calendar'],
  communication: ['chat', 'messaging', 'messages', 'social', 'phone', 'mail', 'email'],
  entertainment: ['game', 'games', 'fun', 'movies', 'tv'],
  services: ['info', 'information', 'news', 'weather', 'finance', 'shopping', 'food'],
  lifestyle: ['health', 'fitness', 'sport', 'sports', 'family', 'religion', 'education'],
  developer: ['dev', 'development', 'debug', 'demo', 'example', 'test'],
  other: ['misc', 'miscellaneous', 'general', 'none'],
};

const MEANT = new Map<string, string>(
  Object.entries(CATEGORY_WORDS).flatMap(([category, words]) =>
    words.map((word) => [word, category] as const),
  ),
);

/** Returns the allowed value that a text most likely means. */
export function meantValue(text: string, values: readonly string[]): string | undefined {
  const near = closestMatch(text, values);
  const meant = near ?? MEANT.get(text.trim().toLowerCase());
  return meant !== undefined && values.includes(meant) ? meant : undefined;
}
