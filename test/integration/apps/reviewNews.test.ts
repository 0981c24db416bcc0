import assert from 'node:assert/strict';
import { showReviewDecision } from '../../../src/vscode/apps/reviewNotification';
import { useMessages } from '../support';

describe('notification at the end of a review', () => {
  const shown = useMessages(() => undefined);

  it('states the result and offers next steps', () => {
    const decision = { appId: 'trip-log', version: '1.4.0', state: 'approved' } as const;
    showReviewDecision(decision);
    showReviewDecision({ ...decision, state: 'rejected' });
    showReviewDecision({ ...decision, state: 'rejected', reason: 'The icon is blurred.' });
    assert.deepEqual(
      shown.map(({ message }) => message),
      [
        'trip-log 1.4.0 was approved.',
        'trip-log 1.4.0 was rejected.',
        'trip-log 1.4.0 was rejected: The icon is blurred.',
      ],
    );
    for (const { buttons } of shown) {
      assert.deepEqual(buttons, ['Show Status', 'Open in Web Console']);
    }
  });
});
