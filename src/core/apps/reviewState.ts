/** Where the review of an app stands; `other` for a word that this version does not know. */
export type ReviewState = 'unpublished' | 'inReview' | 'approved' | 'rejected' | 'other';

const STATES: Readonly<Record<string, ReviewState>> = {
  pending: 'inReview',
  'in-review': 'inReview',
  submitted: 'inReview',
  approved: 'approved',
  'auto-approved': 'approved',
  published: 'approved',
  rejected: 'rejected',
};

/** @param word the backend's, null while nothing was submitted */
export function reviewStateOf(word: string | null): ReviewState {
  if (word === null) {
    return 'unpublished';
  }
  const name = word.toLowerCase().replaceAll('_', '-');
  return Object.hasOwn(STATES, name) ? (STATES[name] ?? 'other') : 'other';
}
