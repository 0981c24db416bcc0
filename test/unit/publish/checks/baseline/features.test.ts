import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { isRefused } from '../../../../../src/core/publish/checks/baseline/features';
import table from '../../../../../src/core/publish/checks/baseline/webviewFeatures.json';

const SCRIPT = resolve(__dirname, '../../../../../scripts/webviewFeatures.mjs');

describe('table of features missing in Chromium 95', () => {
  it('matches the installed browser-compat-data', async () => {
    const { readFeatures } = (await import(SCRIPT)) as { readFeatures: () => typeof table };
    assert.deepEqual(table, readFeatures(), 'npm run webview:features writes it anew');
  });

  it('contains the seven functions that the backend rejects', () => {
    const { globals, statics, methods } = table;
    const names = [
      ...globals.filter((name) => name === 'structuredClone'),
      ...methods.Array.map((name) => `.${name}`),
      ...Object.entries(statics).flatMap(([owner, all]) => all.map((name) => `${owner}.${name}`)),
    ];
    assert.deepEqual(names.filter(isRefused).sort(), [
      '.findLast',
      '.findLastIndex',
      'Array.fromAsync',
      'Map.groupBy',
      'Object.groupBy',
      'Promise.withResolvers',
      'structuredClone',
    ]);
  });
});
