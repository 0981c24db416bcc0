import assert from 'node:assert/strict';
import { SECRET_LIFE_MS, SecretClipboard } from '../../../src/core/ci/secretClipboard';
import { FakeClock } from '../../support/fakes';

const SECRET = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n';

/** A clipboard in memory that can be unavailable. */
class FakeClipboard {
  text = '';
  isAway = false;

  readText(): Promise<string> {
    return this.isAway ? Promise.reject(new Error('not focused')) : Promise.resolve(this.text);
  }

  writeText(text: string): Promise<void> {
    if (this.isAway) {
      return Promise.reject(new Error('not focused'));
    }
    this.text = text;
    return Promise.resolve();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('secret on the clipboard', () => {
  let clipboard: FakeClipboard;
  let clock: FakeClock;
  let secrets: SecretClipboard;

  beforeEach(() => {
    clipboard = new FakeClipboard();
    clock = new FakeClock();
    secrets = new SecretClipboard(clipboard, clock);
  });

  it('stays for 90 seconds', async () => {
    assert.equal(SECRET_LIFE_MS, 90_000);
    await secrets.put(SECRET);
    clock.advance(SECRET_LIFE_MS - 1);
    await settled();
    assert.equal(clipboard.text, SECRET);
    clock.advance(1);
    await settled();
    assert.equal(clipboard.text, '');
    assert.equal(clock.pending, 0);
  });

  it('is cleared when the window closes, without a remaining timer', async () => {
    await secrets.put(SECRET);
    await secrets.clear();
    assert.equal(clipboard.text, '');
    assert.equal(clock.pending, 0);
  });

  it('is cleared even with the line ends of another system', async () => {
    await secrets.put(SECRET);
    clipboard.text = SECRET.trimEnd().replaceAll('\n', '\r\n');
    await secrets.clear();
    assert.equal(clipboard.text, '');
  });

  it('does not replace text that was copied in the meantime', async () => {
    await secrets.put(SECRET);
    clipboard.text = 'copied by somebody';
    clock.advance(SECRET_LIFE_MS);
    await settled();
    assert.equal(clipboard.text, 'copied by somebody');
  });

  it('gives a second secret its own 90 seconds', async () => {
    await secrets.put(SECRET);
    clock.advance(60_000);
    await secrets.put('another');
    clock.advance(60_000);
    await settled();
    assert.equal(clipboard.text, 'another');
    clock.advance(30_000);
    await settled();
    assert.equal(clipboard.text, '');
  });

  it('is cleared later when the clipboard is unavailable', async () => {
    await secrets.put(SECRET);
    clipboard.isAway = true;
    clock.advance(SECRET_LIFE_MS);
    await settled();
    assert.equal(clipboard.text, SECRET);
    clipboard.isAway = false;
    clock.advance(5_000);
    await settled();
    assert.equal(clipboard.text, '');
    assert.equal(clock.pending, 0);
  });

  it('reports when the clipboard rejects it', async () => {
    clipboard.isAway = true;
    await assert.rejects(secrets.put(SECRET), /not focused/u);
  });

  it('clears nothing before a secret was copied', async () => {
    clipboard.text = 'of somebody';
    await secrets.clear();
    assert.equal(clipboard.text, 'of somebody');
  });
});
