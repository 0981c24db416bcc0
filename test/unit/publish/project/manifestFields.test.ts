import assert from 'node:assert/strict';
import { manifestSchema } from '../../../../src/core/publish/project/manifest';
import { manifestField, manifestFields } from '../../../../src/core/publish/project/manifestFields';
import { CATEGORIES, DILINK_VERSIONS } from '../../../../src/core/publish/rules/manifestValues';
import { RULES } from '../../../../src/core/publish/rules/rules';

const REQUIRED = ['id', 'name', 'icon', 'url', 'version', 'category'];

describe('editor fields of the manifest', () => {
  it('match the schema and have a description and rules', () => {
    const fields = manifestFields([]);
    assert.deepEqual(
      fields.map(({ name }) => name),
      Object.keys(manifestSchema.shape),
    );
    for (const field of [...fields, ...manifestFields(['requires'])]) {
      assert.match(field.description, /^[A-Z].*\.$/u, field.name);
      assert.ok(field.rules.length > 0, field.name);
    }
    assert.deepEqual(
      fields.filter(({ required }) => required).map(({ name }) => name),
      REQUIRED,
    );
  });

  it('have all their rules', () => {
    const told = [...manifestFields([]), ...manifestFields(['requires'])].reduce(
      (count, { rules }) => count + rules.length,
      0,
    );
    const ids = Object.keys(RULES).filter((id) => /^manifest\.\w+\./u.test(id));
    assert.equal(told, ids.length);
  });

  it('have types and values', () => {
    const kinds = Object.fromEntries(
      [...manifestFields([]), ...manifestFields(['requires'])].map(({ name, kind }) => [
        name,
        kind,
      ]),
    );
    assert.deepEqual(kinds, {
      id: 'text',
      name: 'map',
      description: 'map',
      icon: 'text',
      coverImage: 'text',
      screenshots: 'list',
      url: 'text',
      version: 'text',
      minHostVersion: 'text',
      category: 'text',
      tags: 'list',
      safeWhileDriving: 'flag',
      requires: 'object',
      permissions: 'list',
      network: 'list',
      privileged: 'flag',
      requiredEntitlement: 'text',
      schema: 'number',
      dilink: 'list',
      vehicleCapabilities: 'list',
      modernWebview: 'flag',
      minBridge: 'text',
    });
    assert.deepEqual(manifestField(['category'])?.values, CATEGORIES);
    assert.deepEqual(manifestField(['requires', 'dilink'])?.values, DILINK_VERSIONS);
    assert.equal(manifestField(['tags'])?.values, undefined);
  });

  it('are found by position', () => {
    assert.equal(manifestField(['name', 'en'])?.name, 'name');
    assert.equal(manifestField(['screenshots', 0])?.name, 'screenshots');
    assert.equal(manifestField(['requires', 'dilink', 1])?.name, 'dilink');
    assert.equal(manifestField(['requires'])?.name, 'requires');
    for (const path of [[], ['author'], ['requires', 'lidar'], [0], ['toString']]) {
      assert.equal(manifestField(path), undefined, path.join('.'));
    }
    assert.deepEqual(manifestFields(['name']), []);
    assert.deepEqual(manifestFields(['requires', 'dilink']), []);
  });
});
