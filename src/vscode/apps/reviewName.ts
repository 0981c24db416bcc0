import * as vscode from 'vscode';
import { toReviewState } from '../../core/apps/reviewState';

/**
 * Returns the display name of a review state.
 * @param word the backend's term, or null before the first submission; an unknown term is returned
 * unchanged
 */
export function reviewName(word: string | null): string {
  switch (toReviewState(word)) {
    case 'unpublished':
      return vscode.l10n.t('unpublished');
    case 'inReview':
      return vscode.l10n.t('in review');
    case 'approved':
      return vscode.l10n.t('approved');
    case 'rejected':
      return vscode.l10n.t('rejected');
    case 'other':
      return word ?? '';
  }
}
