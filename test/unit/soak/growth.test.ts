import assert from 'node:assert/strict';
import { formatGrowth, growthOf, isFlat } from '../../soak/growth';
import type { Vitals } from '../../soak/vitals';

const MIB = 2 ** 20;

const VITALS: Vitals = {
  heapBytes: 70 * MIB,
  residentBytes: 210 * MIB,
  handles: 24,
  descriptors: 34,
  processListeners: 18,
  emitters: 208,
  abortSignals: 8,
  disposables: 494,
  temporaryFiles: 2,
  keptFiles: 2,
};

function grown(by: Partial<Vitals>): string[] {
  const end = { ...VITALS };
  for (const [what, amount] of Object.entries(by)) end[what as keyof Vitals] += amount;
  const rows = growthOf({ start: VITALS, warm: VITALS, end });
  return rows.filter((row) => !isFlat(row)).map(({ what }) => what);
}

describe('growth of an extension host', () => {
  it('is zero when nothing changed after the warm-up', () => {
    assert.deepEqual(grown({}), []);
  });

  it('is measured from the end of the warm-up, not from the start', () => {
    const cold = { ...VITALS, heapBytes: 10 * MIB, disposables: 0, keptFiles: 0 };
    const rows = growthOf({ start: cold, warm: VITALS, end: VITALS });
    assert.ok(rows.every(isFlat));
    assert.ok(rows.every(({ growth }) => growth === 0));
  });

  it('may be ten MiB of memory, and not more', () => {
    for (const what of ['heapBytes', 'residentBytes'] as const) {
      assert.deepEqual(grown({ [what]: 10 * MIB }), []);
      assert.deepEqual(grown({ [what]: 10 * MIB + 1 }), [what]);
    }
  });

  for (const what of Object.keys(VITALS) as (keyof Vitals)[]) {
    it(`is detected when each of 40 publishes leaks: ${what}`, () => {
      const each = what.endsWith('Bytes') ? MIB : 1;
      assert.deepEqual(grown({ [what]: 40 * each }), [what]);
    });
  }

  it('is reported when a value could not be measured', () => {
    assert.deepEqual(grown({ handles: NaN }), ['handles']);
  });

  it('is formatted as a table with memory in MiB', () => {
    const end = { ...VITALS, heapBytes: 90 * MIB };
    const table = formatGrowth(growthOf({ start: VITALS, warm: VITALS, end }));
    assert.match(table, /^heap, MiB +70\.0 +70\.0 +90\.0 +20\.0 +10\.0 +GREW$/mu);
    assert.match(table, /^temporary files +2 +2 +2 +0 +0 +ok *$/mu);
  });
});
