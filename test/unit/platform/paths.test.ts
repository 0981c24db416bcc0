import assert from 'node:assert/strict';
import {
  comparablePath,
  isInside,
  isSamePath,
  pathBelow,
  toEditorPath,
} from '../../../src/core/platform/paths';

describe('paths', () => {
  for (const [platform, one, other, isSame] of [
    ['win32', 'C:\\Users\\dev\\app', 'c:\\users\\DEV\\app', true],
    ['win32', 'C:/Users/dev/app/', 'c:\\Users\\dev\\app', true],
    ['win32', '\\\\?\\C:\\Users\\dev', 'c:\\users\\dev', true],
    ['win32', '\\\\?\\UNC\\server\\share\\app', '\\\\server\\share\\app', true],
    ['win32', 'C:\\', 'c:\\', true],
    ['win32', 'C:\\app', 'D:\\app', false],
    ['darwin', '/Users/dev/Apps', '/Users/dev/apps', true],
    ['darwin', '/Users/dev/café', '/Users/dev/cafe\u0301', true],
    ['darwin', '/Users/dev/cafe', '/Users/dev/café', false],
    ['linux', '/home/dev/Apps', '/home/dev/apps', false],
    ['linux', '/home/dev/café', '/home/dev/cafe\u0301', false],
    ['linux', '/home/dev/a\\b', '/home/dev/a/b', false],
    ['linux', '/home/dev/', '/home/dev', true],
  ] as const) {
    it(`are ${isSame ? 'the same' : 'different'} on ${platform}: ${one}, ${other}`, () => {
      assert.equal(isSamePath(one, other, platform), isSame);
      assert.equal(isInside(one, other, platform), isSame);
      assert.equal(comparablePath(one, platform) === comparablePath(other, platform), isSame);
    });
  }

  for (const [platform, path, folder, below] of [
    ['win32', 'c:\\Users\\dev\\app\\Main.js', 'C:\\users\\dev', 'app\\Main.js'],
    ['win32', 'C:/Users/dev/app', 'c:\\', 'Users\\dev\\app'],
    ['win32', 'c:\\Users\\developer', 'C:\\Users\\dev', undefined],
    ['win32', 'c:\\Users\\dev', 'C:\\Users\\dev\\', ''],
    ['darwin', '/Users/Dev/Apps/x', '/Users/dev/apps', 'x'],
    ['darwin', '/Volumes/cafe\u0301/x', '/Volumes/café', 'x'],
    ['darwin', '/Users/developer', '/Users/dev', undefined],
    ['linux', '/home/dev/app/main.js', '/home/dev', 'app/main.js'],
    ['linux', '/home/Dev/app', '/home/dev', undefined],
    ['linux', '/home/dev', '/', 'home/dev'],
    ['linux', '/', '/', ''],
  ] as const) {
    it(`find ${String(below)} below ${folder} for ${path} on ${platform}`, () => {
      assert.equal(pathBelow(path, folder, platform), below);
      assert.equal(isInside(path, folder, platform), below !== undefined);
    });
  }

  it('are written as VS Code does, with the drive letter in lower case', () => {
    assert.equal(toEditorPath('C:\\Users\\Dev', 'win32'), 'c:\\Users\\Dev');
    assert.equal(toEditorPath('c:\\Users\\Dev', 'win32'), 'c:\\Users\\Dev');
    assert.equal(toEditorPath('\\\\server\\Share', 'win32'), '\\\\server\\Share');
    assert.equal(toEditorPath('C:/x', 'linux'), 'C:/x');
  });
});
