/** Review state of an app. `other` stands for a status that this version does not know. */
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

/**
 * Maps the review status of the backend.
 * @param word Null when nothing was submitted yet.
 */
export function toReviewState(word: string | null): ReviewState {
  if (word === null) {
    return 'unpublished';
  }
  const name = word.toLowerCase().replaceAll('_', '-');
  return Object.hasOwn(STATES, name) ? (STATES[name] ?? 'other') : 'other';
}
