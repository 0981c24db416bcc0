import assert from 'node:assert/strict';
import { PrintedAddress } from '../../../src/core/preview/printedAddress';

describe('the address in the output of the client', () => {
  const read = (...texts: string[]): string | undefined => {
    const output = new PrintedAddress();
    return texts.map((text) => output.add(text)).find((found) => found !== undefined);
  };

  for (const [line, address] of [
    ['Local: http://localhost:5173/\n', 'http://localhost:5173/'],
    ['ready (http://127.0.0.1:3000).\n', 'http://127.0.0.1:3000/'],
    ['at http://[::1]:8080/app?x=1 \n', 'http://[::1]:8080/app?x=1'],
    [
      '\u001B[32m➜\u001B[0m http://localhost:\u001B[1m5173\u001B[22m/\r\n',
      'http://localhost:5173/',
    ],
    ['docs: https://i99dash.app\nhttp://localhost:1/ http://localhost:2/\n', 'http://localhost:1/'],
  ] as const) {
    it(`is ${address} in ${JSON.stringify(line)}`, () => {
      assert.equal(read(line), address);
    });
  }

  for (const line of [
    'https://evil.example/http://localhost:1\n',
    'http://localhost:80@evil.example/\n',
    'http://user:secret@localhost:80/\n',
    'http://localhost.evil.example/\n',
    'http://0.0.0.0:3000/\n',
    'http://192.168.0.2:3000/\n',
    'file://localhost/etc/passwd\n',
    'http://localhost:99999/\n',
    'no address\n',
  ]) {
    it(`is not in ${JSON.stringify(line)}`, () => {
      assert.equal(read(line), undefined);
    });
  }

  it('is found across pieces of output, and not before it is complete', () => {
    assert.equal(read('http://local', 'host:51'), undefined);
    assert.equal(read('http://local', 'host:51', '73/\n'), 'http://localhost:5173/');
  });

  it('is found at the end of the output', () => {
    const output = new PrintedAddress();
    assert.equal(output.add('http://localhost:5173'), undefined);
    assert.equal(output.finish(), 'http://localhost:5173/');
  });
});
