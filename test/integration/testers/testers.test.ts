import assert from 'node:assert/strict';
import type { Tester } from '../../../src/core/api/testers';
import type { App } from '../../backend/state/model';
import { addApp } from '../../support/apps';
import { usePerson } from '../person';
import {
  failsWith,
  makeRegisteredKey,
  run,
  useBackend,
  useMessages,
  useNoConfirmation,
} from '../support';

const APP = 'cabin-climate';
const INVITED = ['alice_k', 'bob_42'];

describe('beta testers', () => {
  const backend = useBackend();
  const person = usePerson();
  let answer: string | undefined;
  const shown = useMessages(({ buttons }) =>
    answer !== undefined && buttons.includes(answer) ? answer : undefined,
  );

  const app = (): App => backend.current.state.apps.find(APP) ?? assert.fail('the app is known');
  const changes = () => backend.current.requests.filter(({ method }) => method !== 'GET').length;
  const active = () =>
    app()
      .testers.filter(({ status }) => status !== 'revoked')
      .map(({ telegramUsername }) => telegramUsername);
  const idOf = (name: string): string =>
    app().testers.find(({ telegramUsername }) => telegramUsername === name)?.userId ??
    assert.fail(`${name} is a tester`);

  before(async () => {
    const key = await makeRegisteredKey(backend.current, 'testers');
    const beta = { version: '2.0.0', daysLeft: 12 };
    addApp(backend.current.state, { appId: APP, version: '2.0.0', beta });
    addApp(backend.current.state, { appId: 'trip-log', version: '1.0.0' });
    await run('i99dash.signIn', { keyPath: key.path });
  });

  beforeEach(() => {
    answer = undefined;
    app().testers.splice(0);
    backend.current.state.apps.inviteTesters(app(), INVITED);
  });

  it('are returned as the API has them, without opening anything', async () => {
    backend.current.state.apps.acceptInvitation(app(), 'bob_42');
    const testers = await run<Tester[]>('i99dash.listTesters', { appId: APP });
    assert.deepEqual(
      testers.map(({ telegramUsername, status, revokedAt }) => [
        telegramUsername,
        status,
        revokedAt,
      ]),
      [
        ['alice_k', 'invited', null],
        ['bob_42', 'accepted', null],
      ],
    );
    const [alice, bob] = testers;
    assert.deepEqual(Object.keys(alice ?? {}), [
      ...['userId', 'telegramUsername', 'status', 'invitedAt', 'acceptedAt', 'revokedAt'],
    ]);
    assert.deepEqual([typeof alice?.invitedAt, typeof bob?.acceptedAt], ['string', 'string']);
    assert.deepEqual([person.asked, shown], [[], []]);
  });

  it('are shown with their status when the command is run by hand', async () => {
    person.answers = [APP];
    const testers = await run<Tester[]>('i99dash.listTesters');
    assert.equal(testers.length, 2);
    const [, asked] = person.asked;
    assert.equal(asked?.title, 'Beta Testers of cabin-climate');
    assert.match(asked.words, /^2 of 25 places are taken\./u);
    assert.deepEqual(asked.rows, [
      ...['$(mail) @alice_k', '$(mail) @bob_42', '', '$(person-add) Invite Beta Testers…'],
    ]);
  });

  it('are asked for by app when the developer has several', async () => {
    person.answers = [APP];
    assert.equal((await run<Tester[]>('i99dash.listTesters', {})).length, 2);
    assert.deepEqual(person.asked[0]?.rows.sort(), [
      ...['$(package) cabin-climate', '$(package) trip-log'],
    ]);
    assert.equal(await run('i99dash.listTesters', {}), undefined, 'cancelled');
  });

  it('are invited by hand without a question, from a pasted list', async () => {
    person.answers = [APP, '@cara, @dan', ' @cara_1\n@dan_22; @Alice_K '];
    assert.equal(await run('i99dash.inviteTesters'), true);
    assert.match(person.asked[1]?.objections[0] ?? '', /^“cara” is not a Telegram name/u);
    assert.deepEqual(active(), [...INVITED, 'cara_1', 'dan_22']);
    assert.match(
      shown.at(-1)?.message ?? '',
      /^Invitations to cabin-climate recorded: @cara_1, @dan_22\. The list .* 4 of 25 places are taken\.$/u,
    );
    assert.equal(shown.length, 1);
  });

  it('are invited by arguments after a question with app and names', async () => {
    const given = { appId: APP, usernames: ['@cara_1', 'dan_22', 'CARA_1'] };
    const before = changes();
    assert.equal(await run('i99dash.inviteTesters', given), undefined);
    assert.equal(shown[0]?.message, 'Invite 2 beta testers to cabin-climate?');
    assert.match(shown[0].detail ?? '', /^Telegram names: @cara_1, @dan_22$/mu);
    assert.match(shown[0].detail ?? '', /^Backend: http:/mu);
    assert.match(shown[0].detail ?? '', /^2 of 25 places are taken\.$/mu);
    assert.equal(changes(), before, 'nothing was sent');
    assert.equal(await run('i99dash.inviteTesters', { ...given, confirmed: true }), true);
    assert.deepEqual(active(), [...INVITED, 'cara_1', 'dan_22']);
  });

  it('are not invited twice', async () => {
    const before = changes();
    const given = { appId: APP, usernames: ['Alice_K'] };
    assert.equal(await run('i99dash.inviteTesters', given), true);
    assert.equal(changes(), before);
    assert.equal(shown[0]?.message, 'These testers of cabin-climate are invited already.');
  });

  it('are refused with invalid names, too many names and none before anything is sent', async () => {
    const before = changes();
    const many = Array.from({ length: 24 }, (_, index) => `name_${index}`);
    for (const usernames of [['bob'], ['al ice'], [], [' '], many]) {
      const given = { appId: APP, usernames, confirmed: true };
      await failsWith('VALIDATION_FAILED', 'i99dash.inviteTesters', given);
    }
    assert.match(shown.at(-1)?.message ?? '', /^23 of 25 places are free, for 24 new names\.$/u);
    assert.deepEqual(shown.at(-1)?.buttons, ['Show Beta Testers', 'Show Log']);
    for (const usernames of ['alice_k', [7], { length: 1 }]) {
      const given = { appId: APP, usernames, confirmed: true };
      await failsWith('VALIDATION_FAILED', 'i99dash.inviteTesters', given);
    }
    assert.equal(changes(), before);
  });

  it('are refused at the limit before any name is asked for', async () => {
    backend.current.state.apps.setTesterCount(app(), 25);
    const message = await failsWith('VALIDATION_FAILED', 'i99dash.inviteTesters', { appId: APP });
    assert.equal(
      message,
      'All 25 places for testers of cabin-climate are taken. Remove a tester first.',
    );
    assert.deepEqual(person.asked, []);
  });

  it('are refused by the backend when others took the places meanwhile', async () => {
    backend.current.faults.inject({
      match: { method: 'POST', path: /\/testers$/u },
      fault: {
        kind: 'custom',
        handler: async (_, next) => {
          backend.current.state.apps.setTesterCount(app(), 25);
          return next();
        },
      },
    });
    const given = { appId: APP, usernames: ['cara_1'], confirmed: true };
    const message = await failsWith('SERVER', 'i99dash.inviteTesters', given);
    assert.match(
      message,
      /^No invitation was recorded: cabin-climate can have at most 25 testers\./u,
    );
    assert.deepEqual(shown.at(-1)?.buttons, ['Show Beta Testers', 'Show Log']);
  });

  it('are removed after a question that says what is lost', async () => {
    const given = { appId: APP, userId: idOf('alice_k') };
    const before = changes();
    assert.equal(await run('i99dash.removeTester', given), undefined);
    assert.equal(shown[0]?.message, 'Remove @alice_k from the beta of cabin-climate?');
    assert.match(shown[0].detail ?? '', /@alice_k loses the beta builds of this app\./u);
    assert.equal(changes(), before, 'nothing was sent');
    answer = 'Remove Tester';
    assert.equal(await run('i99dash.removeTester', given), true);
    assert.deepEqual(active(), ['bob_42']);
    assert.equal(shown.at(-1)?.message, '@alice_k is no longer a beta tester of cabin-climate.');
    await failsWith('VALIDATION_FAILED', 'i99dash.removeTester', { ...given, confirmed: true });
  });

  it('are chosen in a picker when a removal names none', async () => {
    person.answers = ['@bob_42'];
    const given = { appId: APP, confirmed: true };
    assert.equal(await run('i99dash.removeTester', given), true);
    assert.deepEqual(active(), ['alice_k']);
  });

  it('are not found for an app that does not exist', async () => {
    for (const command of ['listTesters', 'inviteTesters', 'removeTester']) {
      await failsWith('SERVER', `i99dash.${command}`, { appId: 'no-such-app' });
      await failsWith('PROTOCOL', `i99dash.${command}`, { appId: '..' });
    }
  });

  describe('without the user’s consent to confirmed commands', () => {
    useNoConfirmation();

    it('are neither invited nor removed by a command that confirms itself', async () => {
      const before = changes();
      const usernames = ['cara_1'];
      const invite = { appId: APP, usernames, confirmed: true };
      assert.equal(await run('i99dash.inviteTesters', invite), undefined);
      const remove = { appId: APP, userId: idOf('alice_k'), confirmed: true };
      assert.equal(await run('i99dash.removeTester', remove), undefined);
      assert.deepEqual(
        shown.map(({ buttons }) => buttons[0]),
        ['Invite', 'Remove Tester'],
      );
      assert.equal(changes(), before);
    });
  });

  describe('without a session', () => {
    before(() => run('i99dash.signOut'));

    it('fail with NOT_SIGNED_IN', async () => {
      for (const command of ['listTesters', 'inviteTesters', 'removeTester']) {
        await failsWith('NOT_SIGNED_IN', `i99dash.${command}`, { appId: APP });
      }
    });
  });
});
