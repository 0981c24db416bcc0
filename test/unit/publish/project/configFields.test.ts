import assert from 'node:assert/strict';
import { validateConfig } from '../../../../src/core/publish/project/config';
import { configFields } from '../../../../src/core/publish/project/configFields';
import { RULES } from '../../../../src/core/publish/rules/rules';

const FIELDS = [...configFields([]), ...configFields(['dev'])];

describe('editor fields of sdk.config.json', () => {
  it('have a description and all their rules', () => {
    for (const { name, description } of FIELDS) {
      assert.match(description, /^[A-Z].*\.$/u, name);
    }
    const told = FIELDS.flatMap(({ rules }) => rules);
    const ids = Object.keys(RULES).filter((id) => /^config\.(?:\w+\.type|dev\.\w+)$/u.test(id));
    assert.equal(told.length, ids.length);
  });

  it('have the defaults that publish uses', () => {
    const defaults = Object.fromEntries(
      FIELDS.filter((field) => field.default !== undefined).map((field) => [
        field.name,
        field.default,
      ]),
    );
    assert.deepEqual(validateConfig('{}', '').config, defaults);
  });

  it('include the fields of a nested object', () => {
    assert.deepEqual(configFields(['appRoot']), []);
    assert.deepEqual(configFields(['dev', 'port']), []);
    assert.deepEqual(configFields(['toString']), []);
  });
});
