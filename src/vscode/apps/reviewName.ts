import * as vscode from 'vscode';
import { toReviewState } from '../../core/apps/reviewState';

/**
 * Where a review stands, as people read it.
 * @param word the backend's, null while nothing was submitted; one that this version does not know
 *   stays as it is
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
