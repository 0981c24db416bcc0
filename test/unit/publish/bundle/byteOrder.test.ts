import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compareBytewise,
  mergeBytewise,
  sortBytewise,
} from '../../../../src/core/publish/bundle/byteOrder';

const text = fc.string({ unit: 'binary', maxLength: 8 });
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('byte order', () => {
  it('is the order of UTF-8 bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        assert.equal(Math.sign(compareBytewise(a, b)), byBytes(a, b));
      }),
    );
    assert.ok(compareBytewise('\uffee', '🚗') < 0, 'not that of UTF-16');
  });

  it('is used when lists are sorted or merged', async () => {
    const property = fc.asyncProperty(fc.array(text), fc.array(text), async (left, right) => {
      const lists = [await sortBytewise(left, String), await sortBytewise(right, String)] as const;
      assert.deepEqual(lists[0], [...left].sort(byBytes));
      const merged = [...mergeBytewise(...lists, String)];
      assert.deepEqual(merged, [...left, ...right].sort(byBytes));
    });
    await fc.assert(property);
  });

  it('is used when lists are sorted in slices', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `${(index * 7_919) % 20_000} ä`);
    let turns = 0;
    let ticking = setImmediate(function tick() {
      turns++;
      ticking = setImmediate(tick);
    });
    const sorted = await sortBytewise([...names], String);
    clearImmediate(ticking);
    assert.ok(turns > 1, 'others had their turn');
    assert.deepEqual(sorted, [...sorted].sort(byBytes));
    assert.equal(new Set(sorted).size, 20_000);
  });
});
