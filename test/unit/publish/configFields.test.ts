import assert from 'node:assert/strict';
import { validateConfig } from '../../../src/core/publish/config';
import { configFields } from '../../../src/core/publish/configFields';
import { RULES } from '../../../src/core/publish/rules';

const FIELDS = [...configFields([]), ...configFields(['dev'])];

describe('the fields of sdk.config.json, for an editor', () => {
  it('are described, and have each rule of theirs', () => {
    for (const { name, description } of FIELDS) {
      assert.match(description, /^[A-Z].*\.$/u, name);
    }
    const told = FIELDS.flatMap(({ rules }) => rules);
    const ids = Object.keys(RULES).filter((id) => /^config\.(?:\w+\.type|dev\.\w+)$/u.test(id));
    assert.equal(told.length, ids.length);
  });

  it('have the defaults that publish takes', () => {
    const defaults = Object.fromEntries(
      FIELDS.filter((field) => field.default !== undefined).map((field) => [
        field.name,
        field.default,
      ]),
    );
    assert.deepEqual(validateConfig('{}', '').config, defaults);
  });

  it('are those of an object that is there', () => {
    assert.deepEqual(configFields(['appRoot']), []);
    assert.deepEqual(configFields(['dev', 'port']), []);
    assert.deepEqual(configFields(['toString']), []);
  });
});
