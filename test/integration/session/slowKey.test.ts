import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { TestKey } from '../../support/ssh-key';
import * as vscode from 'vscode';
import { makeRegisteredKey, run, useBackend, useMessages, useStandIn } from '../support';

const PASSPHRASE = 'a passphrase of a test';
const ROUNDS = 256;
const OPENING = 'Opening the key…';

/** The duration of a task and the delays of the event loop meanwhile, in milliseconds. */
interface Measured {
  took: number;
  max: number;
  p99: number;
}

/** Sets the number of rounds in a key file; no passphrase decrypts it afterwards. */
function setRounds(path: string, rounds: number): void {
  const [begin = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const bytes = Buffer.from(lines.slice(0, -1).join(''), 'base64');
  // The name of the key derivation is followed by a length, a salt of 16 bytes with its own length,
  // and the rounds.
  bytes.writeUInt32BE(rounds, bytes.indexOf('bcrypt') + 6 + 4 + 20);
  writeFileSync(path, `${begin}\n${bytes.toString('base64')}\n${lines.at(-1) ?? ''}\n`);
}

describe('a key with many rounds of key derivation', function () {
  this.timeout(300_000);
  const backend = useBackend();
  useMessages();
  let key: TestKey;
  /** Cancels the unlocking this many milliseconds after it is shown. */
  let cancelAfter: number | undefined;
  /** How long unlocking the key took, in milliseconds. */
  let openedIn = 0;
  const titles: string[] = [];
  useStandIn(
    vscode.window,
    'withProgress',
    (
      { title = '' }: vscode.ProgressOptions,
      task: (progress: object, token: object) => Promise<unknown>,
    ) => {
      titles.push(title);
      const onCancellationRequested = (cancel: () => void): void => {
        if (title === OPENING && cancelAfter !== undefined) setTimeout(cancel, cancelAfter);
      };
      return task({ report: () => undefined }, { onCancellationRequested });
    },
  );

  before(async () => {
    const options = { passphrase: PASSPHRASE, rounds: ROUNDS };
    key = await makeRegisteredKey(backend.current, 'many-rounds', options);
  });

  /** Measures the event loop's delays while a task runs, in milliseconds. */
  async function measure(task: () => Promise<unknown>): Promise<Measured> {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const start = performance.now();
    delay.enable();
    await task();
    delay.disable();
    const took = performance.now() - start;
    const max = delay.max / 1e6 - 5;
    const p99 = delay.percentile(99) / 1e6 - 5;
    console.log(
      `took ${took.toFixed(0)} ms, event loop delay: at most ${max.toFixed(1)} ms, 99 % below ${p99.toFixed(1)} ms`,
    );
    return { took, max, p99 };
  }

  it('unlocks without blocking the extension host and shows a notification', async () => {
    cancelAfter = undefined;
    const { took, max, p99 } = await measure(() =>
      run('i99dash.signIn', { keyPath: key.path, passphrase: PASSPHRASE }),
    );
    openedIn = took;
    assert.ok(titles.includes(OPENING));
    // On a busy machine the loop may wait longer for a processor, but it never waits for the key.
    assert.ok(max < took / 5, `${max} ms of ${took} ms`);
    assert.ok(p99 < took / 50, `${p99} ms of ${took} ms`);
    await run('i99dash.signOut');
  });

  it('can be cancelled half-way and sends nothing', async () => {
    // It is cancelled after an eighth of four times the work. Its end would be an error, as no
    // passphrase decrypts the key.
    setRounds(key.path, 4 * ROUNDS);
    cancelAfter = openedIn / 2;
    const challenges = (): number =>
      backend.current.requests.filter(({ path }) => path.includes('/auth/ssh/')).length;
    const sent = challenges();
    const signIn = (): Promise<unknown> =>
      run('i99dash.signIn', { keyPath: key.path, passphrase: PASSPHRASE });
    let result: unknown = 'not yet';
    const { took } = await measure(async () => {
      result = await signIn();
    });
    assert.equal(result, undefined);
    assert.ok(took >= cancelAfter, 'the key was being opened');
    assert.equal(challenges(), sent);
  });
});
