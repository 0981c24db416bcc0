import assert from 'node:assert/strict';
import { findNamed, workspaceName } from '../../../src/core/agents/workspaceNames';

describe('workspace-relative names', () => {
  const one = [{ name: 'apps', path: '/projects/apps' }];
  const two = [...one, { name: 'notes', path: '/projects/notes' }];

  it('are relative and start with the workspace folder when there are several', () => {
    assert.equal(workspaceName('/projects/apps/tyres/src/app.js', one), 'tyres/src/app.js');
    assert.equal(workspaceName('/projects/apps', one), '.');
    assert.equal(workspaceName('/projects/apps/tyres', two), 'apps/tyres');
    assert.equal(workspaceName('/projects/notes', two), 'notes');
  });

  it('use the innermost workspace folder', () => {
    const nested = [...one, { name: 'tyres', path: '/projects/apps/tyres' }];
    assert.equal(workspaceName('/projects/apps/tyres/src', nested), 'tyres/src');
  });

  it('do not exist for paths outside the workspace', () => {
    for (const path of ['/projects', '/projects/apps-old/x', '/home/me/.ssh/id_ed25519', '/']) {
      assert.equal(workspaceName(path, one), undefined, path);
    }
  });

  const folders = [
    '/projects/apps/tyres',
    '/projects/apps/old/tyres',
    '/projects/apps/climate',
    '/projects/notes',
  ];

  it('resolve to the folder they name', () => {
    for (const given of [
      'apps/climate',
      'climate',
      './climate/',
      'climate/manifest.json',
      'apps\\climate',
      '/projects/apps/climate',
      ' /projects/apps/climate/manifest.json',
    ]) {
      assert.equal(findNamed(given, folders, two), '/projects/apps/climate', given);
    }
    assert.equal(findNamed('notes', folders, two), '/projects/notes');
    assert.equal(findNamed('apps/tyres', folders, two), '/projects/apps/tyres');
    assert.equal(findNamed('.', ['/projects/apps'], one), '/projects/apps');
  });

  it('do not resolve when they are ambiguous, unknown or outside the workspace', () => {
    for (const given of [
      'tyres',
      'imate',
      '',
      '.',
      '..',
      '/projects',
      '/etc',
      '../../projects/apps/climate/..',
      'apps/climate/../../../etc',
    ]) {
      assert.equal(findNamed(given, folders, two), undefined, given);
    }
  });
});
