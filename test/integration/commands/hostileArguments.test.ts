import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { usePerson } from '../person';
import {
  activateExtension,
  failsWith,
  makeRegisteredKey,
  run,
  runAsked,
  useBackend,
  useMessages,
  useStandIn,
  workspacePath,
} from '../support';

/** Every field that any command accepts. */
const FIELDS = [
  ...['folder', 'track', 'releaseNotes', 'dryRun', 'confirmed'],
  ...['method', 'keyPath', 'passphrase', 'token', 'ignoreEnvironment', 'baseUrl'],
  ...['publicKeyPath', 'name', 'purpose', 'id', 'path', 'comment', 'openConsole'],
  ...['appId', 'version', 'usernames', 'userId', 'kind', 'category', 'open'],
];

interface Contributions {
  contributes: { commands: { command: string }[] };
}

/** Returns an object that throws when any of its fields is read. */
function trap(): object {
  const get = (): never => {
    throw new TypeError('not to be read');
  };
  return new Proxy({}, { get, ownKeys: get, has: get });
}

describe('hostile command arguments', () => {
  const backend = useBackend();
  const shown = useMessages();
  usePerson();
  useStandIn(vscode.env, 'openExternal', () => Promise.resolve(true));
  const folder = (): string => workspacePath('tyre-pressure');
  let from = 0;
  const changes = () =>
    backend.current.requests.slice(from).filter(({ method }) => method !== 'GET');
  let keyPath: string;
  let ids: string[];

  before(async () => {
    keyPath = (await makeRegisteredKey(backend.current, 'arguments')).path;
    const packageJSON = (await activateExtension()).packageJSON as Contributions;
    const { commands } = packageJSON.contributes;
    ids = commands.map(({ command }) => command);
  });
  beforeEach(async () => {
    await run('i99dash.signIn', { keyPath });
    from = backend.current.requests.length;
  });

  const values: [what: string, make: () => unknown][] = [
    ['a number', () => 42],
    ['a list', () => ['x']],
    ['an object', () => ({})],
    ['an object without a prototype', () => Object.create(null) as unknown],
    ['a symbol', () => Symbol('x')],
    ['a text without end', () => 'x'.repeat(1_000_000)],
    ['a trap', trap],
  ];
  for (const [what, make] of values) {
    it(`fails with a code of the extension in any field of any command: ${what}`, async () => {
      const all = Object.fromEntries(FIELDS.map((name) => [name, make()]));
      for (const id of ids.filter((each) => each !== 'i99dash.signOut')) {
        for (const given of [all, make()]) {
          const { name, message } = await runAsked(id, given).then(
            () => ({ name: 'I99dashError', message: '' }),
            (error: unknown) => error as Error,
          );
          assert.equal(name, 'I99dashError', `${id}: ${message}`);
          assert.ok(message.length < 1_000, `${id} says no more than anybody reads`);
        }
      }
      assert.ok(!shown.some(({ message }) => message.includes('Something went wrong')));
      assert.deepEqual(
        changes().filter(({ path }) => path.includes('/mini-apps/')),
        [],
      );
    });
  }

  it('rejects a `dryRun` that is not a boolean', async () => {
    const given = { folder: folder(), confirmed: true, dryRun: 'true' };
    assert.match(await failsWith('VALIDATION_FAILED', 'i99dash.publish', given), /dryRun/u);
    assert.deepEqual(changes(), []);
  });

  it('rejects the URI of another machine’s folder, even if this machine has one at its path', async () => {
    for (const scheme of ['vscode-vfs', 'git', 'untitled', 'http']) {
      const elsewhere = vscode.Uri.file(folder()).with({ scheme, authority: 'elsewhere' });
      for (const id of ['i99dash.publish', 'i99dash.validate', 'i99dash.setUpCi']) {
        const given = { folder: elsewhere, confirmed: true };
        assert.match(await failsWith('VALIDATION_FAILED', id, given), /folder/u);
        await failsWith('VALIDATION_FAILED', id, elsewhere);
      }
      const { exports } = await activateExtension();
      const api = exports as { validate: (uri: vscode.Uri) => Promise<unknown> };
      await assert.rejects(api.validate(elsewhere), { code: 'VALIDATION_FAILED' });
    }
    assert.deepEqual(changes(), []);
  });

  it('rejects an unknown purpose of a key', async () => {
    const given = { publicKeyPath: `${keyPath}.pub`, name: 'ci', purpose: 'Attest' };
    await failsWith('VALIDATION_FAILED', 'i99dash.addKey', given);
    assert.deepEqual(changes(), []);
  });
});
