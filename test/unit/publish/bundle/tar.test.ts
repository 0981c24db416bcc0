import assert from 'node:assert/strict';
import { tarHeader, tarPadding } from '../../../../src/core/publish/bundle/tar';

const field = (header: Buffer, start: number, length: number): string =>
  header.toString('latin1', start, start + length).replace(/\0.*$/su, '');

describe('tar header', () => {
  it('is one block for an ordinary file', () => {
    const header = tarHeader('src/app.js', 0o1234);
    assert.equal(header.length, 512);
    assert.equal(field(header, 0, 100), 'src/app.js');
    assert.equal(field(header, 100, 8), '0000644');
    assert.equal(field(header, 124, 12), '00000001234');
    assert.equal(field(header, 136, 12), '00000000000');
    assert.equal(field(header, 156, 1), '0');
    assert.equal(header.toString('latin1', 257, 265), 'ustar\x0000');
    const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    assert.equal(Number.parseInt(field(header, 148, 6), 8), sum);
  });

  it('marks folders by a trailing slash', () => {
    const header = tarHeader('empty/', 0);
    assert.deepEqual([field(header, 156, 1), field(header, 100, 8)], ['5', '0000755']);
  });

  const names: [what: string, name: string, blocks: number, prefix: string, rest: string][] = [
    ['100 characters', 'n'.repeat(100), 1, '', 'n'.repeat(100)],
    ['101 characters in a folder', `f/${'n'.repeat(99)}`, 1, 'f', 'n'.repeat(99)],
    [
      '155 and 100 characters',
      `${'f'.repeat(155)}/${'n'.repeat(100)}`,
      1,
      'f'.repeat(155),
      'n'.repeat(100),
    ],
    [
      'folders of many levels',
      `${'ab/'.repeat(60)}c`,
      1,
      Array(27).fill('ab').join('/'),
      `${'ab/'.repeat(33)}c`,
    ],
    ['a folder with a long name', `f/${'n'.repeat(98)}/`, 1, 'f', `${'n'.repeat(98)}/`],
  ];
  for (const [what, name, blocks, prefix, rest] of names) {
    it(`holds ${what}`, () => {
      const header = tarHeader(name, 0);
      assert.equal(header.length, blocks * 512);
      assert.deepEqual([field(header, 345, 155), field(header, 0, 100)], [prefix, rest]);
    });
  }

  const extended: [what: string, name: string, size: number, record: string][] = [
    ['101 characters without a folder', 'n'.repeat(101), 5, `111 path=${'n'.repeat(101)}\n`],
    [
      'a folder of 156 characters',
      `${'f'.repeat(156)}/${'n'.repeat(50)}`,
      5,
      `217 path=${'f'.repeat(156)}/${'n'.repeat(50)}\n`,
    ],
    ['what is not ASCII', 'ä.js', 5, '14 path=ä.js\n'],
    [
      'a record of 99 bytes, and one of 101',
      `ä${'n'.repeat(88)}`,
      5,
      `99 path=ä${'n'.repeat(88)}\n`,
    ],
    [
      'a record whose length has one digit more for its own',
      `ä${'n'.repeat(89)}`,
      5,
      `101 path=ä${'n'.repeat(89)}\n`,
    ],
    ['9 GB', 'map.bin', 9e9, '19 size=9000000000\n'],
  ];
  for (const [what, name, size, record] of extended) {
    it(`has a pax header for ${what}`, () => {
      const header = tarHeader(name, size);
      assert.equal(field(header, 156, 1), 'x');
      const length = Number.parseInt(field(header, 124, 12), 8);
      assert.equal(header.toString('utf8', 512, 512 + length), record);
      assert.equal(Buffer.byteLength(record), Number.parseInt(record, 10), 'counts itself');
      assert.equal(header.length, 512 + length + tarPadding(length) + 512);
      assert.equal(field(header.subarray(-512), 156, 1), '0');
    });
  }

  it('is followed by whole blocks', () => {
    assert.deepEqual([0, 1, 511, 512, 513].map(tarPadding), [0, 511, 1, 0, 511]);
  });
});
