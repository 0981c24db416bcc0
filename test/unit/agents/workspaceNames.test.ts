import assert from 'node:assert/strict';
import { findNamed, workspaceName } from '../../../src/core/agents/workspaceNames';

describe('names of what is in the workspace', () => {
  const one = [{ name: 'apps', path: '/work/apps' }];
  const two = [...one, { name: 'notes', path: '/work/notes' }];

  it('are relative, with the name of the workspace folder where there are several', () => {
    assert.equal(workspaceName('/work/apps/tyres/src/app.js', one), 'tyres/src/app.js');
    assert.equal(workspaceName('/work/apps', one), '.');
    assert.equal(workspaceName('/work/apps/tyres', two), 'apps/tyres');
    assert.equal(workspaceName('/work/notes', two), 'notes');
  });

  it('are those of the nearest workspace folder', () => {
    const nested = [...one, { name: 'tyres', path: '/work/apps/tyres' }];
    assert.equal(workspaceName('/work/apps/tyres/src', nested), 'tyres/src');
  });

  it('there are none outside', () => {
    for (const path of ['/work', '/work/apps-old/x', '/home/me/.ssh/id_ed25519', '/']) {
      assert.equal(workspaceName(path, one), undefined, path);
    }
  });

  const folders = ['/work/apps/tyres', '/work/apps/old/tyres', '/work/apps/climate', '/work/notes'];

  it('find the folder they stand for', () => {
    for (const given of [
      'apps/climate',
      'climate',
      './climate/',
      'climate/manifest.json',
      'apps\\climate',
      '/work/apps/climate',
      ' /work/apps/climate/manifest.json',
    ]) {
      assert.equal(findNamed(given, folders, two), '/work/apps/climate', given);
    }
    assert.equal(findNamed('notes', folders, two), '/work/notes');
    assert.equal(findNamed('apps/tyres', folders, two), '/work/apps/tyres');
    assert.equal(findNamed('.', ['/work/apps'], one), '/work/apps');
  });

  it('find nothing that is ambiguous, unknown or elsewhere', () => {
    for (const given of [
      'tyres',
      'imate',
      '',
      '.',
      '..',
      '/work',
      '/etc',
      '../../work/apps/climate/..',
      'apps/climate/../../../etc',
    ]) {
      assert.equal(findNamed(given, folders, two), undefined, given);
    }
  });
});
