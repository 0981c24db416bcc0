import assert from 'node:assert/strict';
import { readArguments } from '../../src/core/commandArguments';

describe('command arguments', () => {
  const read = (given: unknown): unknown => readArguments('i99dash.publish', given);
  const refused = (given: unknown, name: RegExp): void =>
    assert.throws(() => read(given), { code: 'VALIDATION_FAILED', message: name });

  it('are accepted unchanged', () => {
    const given = { folder: '/apps/one', track: 'beta', releaseNotes: '', dryRun: false };
    assert.deepEqual(read(given), given);
    const uri = { scheme: 'file', fsPath: '/apps/one' };
    assert.deepEqual(read({ folder: uri }), { folder: uri });
  });

  it('are empty when nothing is given, and omit null values', () => {
    for (const given of [undefined, null, {}, { folder: null, track: undefined }]) {
      assert.deepEqual(read(given), {});
    }
  });

  it('include only those that the command declares', () => {
    const given = JSON.parse('{"__proto__": {"confirmed": true}, "dryrun": true}') as unknown;
    assert.deepEqual(read(given), {});
    assert.deepEqual(readArguments('i99dash.showLog', { folder: 1 }), {});
  });

  it('must have the declared types', () => {
    for (const flag of ['true', 1, {}, []])
      refused({ dryRun: flag }, /^“dryRun” .* true or false/u);
    for (const text of [1, {}, true, 'x'.repeat(40_000)]) refused({ track: text }, /^“track” /u);
    for (const uri of [
      { scheme: 'git', fsPath: '/apps/one' },
      { scheme: 'file' },
      { path: '/apps/one' },
      7,
    ]) {
      refused({ folder: uri }, /^“folder” .* on this computer/u);
    }
    assert.throws(() => readArguments('i99dash.signIn', { method: 'pigeon' }), {
      code: 'VALIDATION_FAILED',
      message: /ssh, agent, token, deviceCode/u,
    });
  });

  it('may be a list of texts where the command takes one', () => {
    const invite = (usernames: unknown) => readArguments('i99dash.inviteTesters', { usernames });
    assert.deepEqual(invite(['a', 'b']), { usernames: ['a', 'b'] });
    const endless = Array.from({ length: 1_001 }, () => 'x');
    for (const usernames of ['a', [1], [['a']], { 0: 'a', length: 1 }, endless]) {
      assert.throws(() => invite(usernames), {
        code: 'VALIDATION_FAILED',
        message: /^“usernames” must be a list/u,
      });
    }
  });

  it('must be an object', () => {
    for (const given of ['/apps/one', 7, true, ['/apps/one'], () => undefined]) {
      refused(given, /^i99dash\.publish can be called with an object/u);
    }
  });

  it('may throw when they are read', () => {
    const given = Object.defineProperty({}, 'folder', {
      get: () => assert.fail('not to be read'),
    });
    refused(given, /folder/u);
  });
});
