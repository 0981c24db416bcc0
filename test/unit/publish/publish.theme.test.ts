import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { I99dashError } from '../../../src/core/errors';
import { MANIFEST_TYPES } from '../../../src/core/publish/project/manifestType';
import type { Fault } from '../../backend/faults';
import { rejectsWith } from '../../support/expect';
import { usePublishing } from '../../support/publishing';

const run = promisify(execFile);
const UPLOAD = '/api/v1/themes/upload-url';
const SUBMIT = '/api/v1/themes/submit';

/** Faults after which only the backend knows whether it has the theme. */
const IN_DOUBT: Record<string, Fault> = {
  'the connection breaks after the submission': { kind: 'reset', when: 'after' },
  'the connection breaks before the submission': { kind: 'reset', when: 'before' },
  'the answer is truncated': { kind: 'reset', when: 'while-answering' },
  'the answer is half JSON': { kind: 'half-json' },
  'a gateway answers with an error': { kind: 'html', status: 502 },
  'a gateway gives up waiting': { kind: 'status', status: 504, code: null },
};

describe('publishing a theme', () => {
  const publishing = usePublishing('night-drive');

  const entries = async (bundleId: string): Promise<string[]> => {
    const path = publishing().backend.state.bundles.pathOf(bundleId);
    return (await run('tar', ['-tzf', path])).stdout.trim().split('\n');
  };
  const submits = (): number =>
    publishing()
      .wire()
      .filter((line) => line.includes(SUBMIT)).length;
  const change = async (from: string, to: string): Promise<void> => {
    const file = join(publishing().folder, 'theme.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
  };

  it('uploads and submits it once, and asks nothing else', async () => {
    const { bundleId, ...result } = await publishing().publish();
    const { kind, appId, version, track, fileCount, reviewStatus } = result;
    assert.deepEqual(
      [kind, appId, version, track, fileCount, reviewStatus],
      ['theme', 'night-drive', '1.0.0', 'production', 4, 'pending'],
    );
    assert.deepEqual(
      publishing().backend.requests.map(({ method, path }) => `${method} ${path}`),
      [`POST ${UPLOAD}`, `PUT /storage/${bundleId}`, `POST ${SUBMIT}`],
    );
    const text = await readFile(join(publishing().folder, 'theme.json'), 'utf8');
    const submitted = publishing().backend.state.themes.find('night-drive')?.manifest;
    assert.deepEqual(submitted, MANIFEST_TYPES.theme.schema.parse(JSON.parse(text)));
    assert.deepEqual(await publishing().leftovers(), []);
  });

  it('packs theme.json first and then each picture once, in the order of the fields', async () => {
    await change(
      '"icon": "./icon.svg"',
      '"icon": "./icon.svg", "screenshots": ["././icon.svg", "./pictures/home.svg"]',
    );
    await change(
      '"home": "./pictures/home.svg"',
      '"cluster": "./pictures/home.svg", "home": "./pictures/home-dark.svg"',
    );
    await writeFile(join(publishing().folder, 'notes.txt'), 'not for the car');
    const { bundleId, sha256 } = await publishing().publish();
    assert.deepEqual(await entries(bundleId), [
      ...['theme.json', 'icon.svg', 'pictures/home.svg', 'pictures/home-dark.svg'],
    ]);
    const folder = await publishing().unpack(bundleId);
    for (const name of await entries(bundleId)) {
      const original = await readFile(join(publishing().folder, name));
      assert.deepEqual(await readFile(join(folder, name)), original, name);
    }
    const again = await publishing().publish();
    assert.equal(again.sha256, sha256, 'the same files give the same bytes');
  });

  it('has no beta', async () => {
    const { message } = await rejectsWith(
      'VALIDATION_FAILED',
      publishing().publish(undefined, { track: 'beta' }),
    );
    assert.match(message, /night-drive cannot be published to beta/u);
    assert.deepEqual(publishing().backend.requests, []);
  });

  it('sends nothing in a dry run', async () => {
    const { dryRun, size } = await publishing().publish(undefined, {
      track: 'production',
      dryRun: true,
    });
    assert.ok(dryRun && size > 0);
    assert.deepEqual(publishing().backend.requests, []);
  });

  it('sends nothing that breaks a rule', async () => {
    await rm(join(publishing().folder, 'pictures/home.svg'));
    const missing = await rejectsWith('VALIDATION_FAILED', publishing().publish());
    assert.match(missing.message, /"\.\/pictures\/home\.svg" is missing/u);
    const secret = join(publishing().workspace, 'secret.svg');
    await writeFile(secret, '<svg/>');
    await symlink(secret, join(publishing().folder, 'pictures/home.svg'));
    await rejectsWith('VALIDATION_FAILED', publishing().publish());
    await change('"dark",', '"gloomy",');
    await rejectsWith('MANIFEST_INVALID', publishing().publish());
    await rm(join(publishing().folder, 'theme.json'));
    await rejectsWith('NOTHING_TO_PUBLISH', publishing().publish());
    assert.deepEqual(publishing().backend.requests, []);
    assert.deepEqual(await publishing().leftovers(), []);
  });

  for (const name of ['theme.json', 'pictures/home-dark.svg']) {
    it(`ends when ${name} changes after its check`, async () => {
      const { hooks, folder } = publishing();
      hooks.onProgress = ({ stage }) => {
        if (stage === 'pack') {
          hooks.onProgress = () => undefined;
          appendFileSync(join(folder, name), '\n');
        }
      };
      const { message } = await rejectsWith('VALIDATION_FAILED', publishing().publish());
      assert.equal(message, `${name} changed while being packed.`);
      assert.deepEqual(publishing().backend.requests, []);
      assert.deepEqual(await publishing().leftovers(), []);
    });
  }

  for (const [title, fault] of Object.entries(IN_DOUBT)) {
    it(`tells that it is in doubt, and never sends it again, when ${title}`, async () => {
      publishing().backend.faults.inject({ match: { path: SUBMIT }, fault });
      const error = await publishing()
        .publish()
        .then(
          () => assert.fail('published'),
          (failure: unknown) => failure as I99dashError,
        );
      assert.match(error.message, /^night-drive 1\.0\.0 was sent, but no answer came back/u);
      assert.match(error.message, /Look for it in the web console/u);
      assert.deepEqual([error.appInDoubt, error.isUnlisted], ['night-drive', true]);
      assert.equal(submits(), 1);
      assert.ok(!publishing().backend.requests.some(({ method }) => method === 'GET'));
    });
  }

  it('is sent again when the backend says that it did not act', async () => {
    const fault: Fault = { kind: 'status', status: 429, retryAfter: 1 };
    publishing().backend.faults.inject({ match: { path: SUBMIT }, fault });
    assert.equal((await publishing().publish()).reviewStatus, 'pending');
    assert.equal(submits(), 2);
    assert.equal(publishing().backend.state.themes.find('night-drive')?.submissions.length, 1);
  });

  it('uploads again to a new address when the first is no longer accepted', async () => {
    const fault: Fault = { kind: 'status', status: 403, code: null };
    publishing().backend.faults.inject({ match: { path: /^\/storage\// }, fault });
    await publishing().publish();
    assert.equal(
      publishing()
        .wire()
        .filter((line) => line.includes(UPLOAD)).length,
      2,
    );
    assert.equal(submits(), 1);
  });

  it('shows a field that the backend refuses at its place in theme.json', async () => {
    const fault: Fault = {
      kind: 'custom',
      handler: () => ({
        status: 422,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          success: false,
          data: null,
          error: {
            code: 'INVALID',
            message: 'no',
            details: [{ path: ['spec', 'colors', 'accent'], message: 'too bright' }],
          },
        }),
      }),
    };
    publishing().backend.faults.inject({ match: { path: SUBMIT }, fault });
    const { problems = [] } = await rejectsWith('SERVER', publishing().publish());
    assert.deepEqual(
      problems.map(({ file, rule }) => [file, rule]),
      [[join(publishing().folder, 'theme.json'), 'backend.refused']],
    );
  });
});
