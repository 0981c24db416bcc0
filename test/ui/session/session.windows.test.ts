import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { watchInterruptions } from '../interruptions';
import type { Person } from '../person';
import { called, mintedAgain, mints } from '../requests';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const WHO = DEFAULT_ACCOUNT.email ?? '';
/** In seconds. */
const TOKEN_LIFE = 8;
const WATCHED_MS = 60_000;

describe('a session in two windows', () => {
  const scene = useScene({ album: 'ui/session-windows', tokenLife: TOKEN_LIFE });
  let second: Person | undefined;

  /**
   * Signs in and opens a second window with the session.
   * @returns that window
   */
  async function signedInBoth(): Promise<Person> {
    await signedIn(scene);
    second ??= await scene.openSecondWindow();
    await second.seesIdentity(WHO);
    return second;
  }

  it('stays signed in without prompts in both for a minute of short-lived tokens', async () => {
    const other = await signedInBoth();
    const { backend } = scene;
    const people = [scene.person, other];
    const watches = await Promise.all(people.map(({ page }) => watchInterruptions(page)));
    const [start, before] = [Date.now(), mints(backend).length];
    let asked = 0;
    while (Date.now() - start < WATCHED_MS) {
      for (const person of people) {
        const answered = called(backend, '/api/v1/dev/me');
        await person.runCommand('i99dash: Who Am I?');
        assert.equal((await answered).status, 200);
        await person.dismiss(await person.seesNotification(/You are|\S/u));
        await person.seesIcon('account');
        asked += 1;
      }
    }
    const interruptions = await Promise.all(watches.map((watch) => watch()));
    const told = interruptions.flatMap(({ notifications }) => notifications);
    assert.equal(told.length, asked);
    assert.deepEqual(
      told.filter((message) => !message.startsWith(`You are ${WHO}`)),
      [],
    );
    assert.deepEqual(
      interruptions.flatMap(({ dialogs, prompts }) => [
        ...dialogs,
        ...prompts.filter((title) => title !== ''),
      ]),
      [],
    );
    const minted = mints(backend).length - before;
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(
      `      ${asked} answers, 0 failures, ${minted} tokens minted by 2 windows in ${seconds} s (tokens of ${TOKEN_LIFE} s)`,
    );
    // Each window may mint its own tokens, at most one per third of a lifetime.
    assert.ok(minted >= seconds / TOKEN_LIFE, `${minted} tokens`);
    assert.ok(minted <= (2 * 3 * seconds) / TOKEN_LIFE, `${minted} tokens`);
  });

  it('ends in both with a sign-out in one, whatever the other does meanwhile', async () => {
    const other = await signedInBoth();
    const { person, backend } = scene;
    await person.identity().click();
    await person.pick('Sign Out');
    await person.seesIcon('sign-in');
    // When its token is due, the other window refreshes it or learns that the session has ended.
    await Promise.race([mintedAgain(backend), other.seesIcon('sign-in')]);
    await other.page.reload();
    await other.seesIcon('sign-in');
  });
});
