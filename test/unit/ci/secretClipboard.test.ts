import assert from 'node:assert/strict';
import { SECRET_LIFE_MS, SecretClipboard } from '../../../src/core/ci/secretClipboard';
import { FakeClock } from '../../support/fakes';

const SECRET = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n';

/** A clipboard in memory that can be out of reach. */
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

describe('a secret on the clipboard', () => {
  let clipboard: FakeClipboard;
  let clock: FakeClock;
  let secrets: SecretClipboard;

  beforeEach(() => {
    clipboard = new FakeClipboard();
    clock = new FakeClock();
    secrets = new SecretClipboard(clipboard, clock);
  });

  it('is there for 90 seconds', async () => {
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

  it('is cleared when the window closes, and then no timer is left', async () => {
    await secrets.put(SECRET);
    await secrets.clear();
    assert.equal(clipboard.text, '');
    assert.equal(clock.pending, 0);
  });

  it('is cleared with the line ends of another system', async () => {
    await secrets.put(SECRET);
    clipboard.text = SECRET.trimEnd().replaceAll('\n', '\r\n');
    await secrets.clear();
    assert.equal(clipboard.text, '');
  });

  it('leaves alone what was copied meanwhile', async () => {
    await secrets.put(SECRET);
    clipboard.text = 'copied by somebody';
    clock.advance(SECRET_LIFE_MS);
    await settled();
    assert.equal(clipboard.text, 'copied by somebody');
  });

  it('lets a second secret have its own 90 seconds', async () => {
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

  it('tries again when the clipboard is out of reach', async () => {
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

  it('tells when the clipboard does not take it', async () => {
    clipboard.isAway = true;
    await assert.rejects(secrets.put(SECRET), /not focused/u);
  });

  it('clears nothing where nothing was put', async () => {
    clipboard.text = 'of somebody';
    await secrets.clear();
    assert.equal(clipboard.text, 'of somebody');
  });
});
