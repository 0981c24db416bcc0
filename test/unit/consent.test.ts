import assert from 'node:assert/strict';
import {
  BY_AGENT,
  BY_HAND,
  BY_TASK,
  mustAskToPublish,
  type Call,
  type PublishRequest,
} from '../../src/core/consent';

describe('publish confirmation', () => {
  const withArguments: Call = { caller: 'arguments', confirmed: false };
  const confirmed: Call = { caller: 'arguments', confirmed: true };
  const settings = ['production', 'always', 'never'] as const;
  const tracks = ['production', 'beta'] as const;

  const request = (more: Partial<PublishRequest>): PublishRequest => ({
    call: BY_HAND,
    setting: 'never',
    track: 'production',
    isTrackFromWorkspace: false,
    isOutside: false,
    hasOtherPublisher: false,
    hasWarnings: false,
    ...more,
  });

  for (const setting of settings) {
    for (const track of tracks) {
      it(`is required for tasks, agents and commands with arguments: ${setting}, ${track}`, () => {
        for (const call of [withArguments, BY_TASK, BY_AGENT]) {
          assert.equal(mustAskToPublish(request({ call, setting, track })), true, call.caller);
        }
      });

      it(`follows the setting for a click: ${setting}, ${track}`, () => {
        const expected = setting === 'always' || (setting === 'production' && track === setting);
        assert.equal(mustAskToPublish(request({ setting, track })), expected);
      });

      it(`is asked by hand about warnings, unless the setting says never: ${setting}, ${track}`, () => {
        const asked = mustAskToPublish(request({ setting, track, hasWarnings: true }));
        assert.equal(asked, setting !== 'never');
      });

      for (const doubt of ['isTrackFromWorkspace', 'isOutside', 'hasOtherPublisher'] as const) {
        it(`is required for a click whatever the setting: ${doubt}, ${setting}, ${track}`, () => {
          assert.equal(mustAskToPublish(request({ setting, track, [doubt]: true })), true);
        });
      }
    }
  }

  it('is not required when the call has confirmed it', () => {
    const all = { isTrackFromWorkspace: true, isOutside: true, hasOtherPublisher: true };
    assert.equal(mustAskToPublish(request({ call: confirmed, setting: 'always', ...all })), false);
  });
});
