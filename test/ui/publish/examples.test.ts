import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EXAMPLE_SHAPES, writeExample, type ExampleShape } from '../../fixtures/examples/shapes';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const run = promisify(execFile);

describe('publishing a project with the layout of an official example', () => {
  const scene = useScene({
    album: 'ui/examples',
    // Two, so that the workspace root is not a mini-app itself.
    miniApps: ['tyre-pressure', 'parking-note'],
    furnish: async (workspace) => {
      for (const shape of EXAMPLE_SHAPES) await writeExample(join(workspace, shape.name), shape);
    },
  });

  beforeEach(() => signedIn(scene));

  /** Returns the script in the submitted bundle. */
  async function submittedScript(appId: string): Promise<string> {
    const { apps, bundles } = scene.backend.state;
    const [submission] = apps.find(appId)?.submissions ?? assert.fail('not submitted');
    const path = bundles.pathOf(submission?.bundleId ?? '');
    return (await run('tar', ['-xzOf', path, '--wildcards', '*bundle.js'])).stdout;
  }

  async function publish({ name, build, config }: ExampleShape): Promise<void> {
    const { person } = scene;
    await person.openFile(`${name}.css`);
    await person.editorButton('Publish Mini-App').click();
    if (build !== undefined) {
      const question = `Run the build of ${name}?`;
      const dialog = await person.seesDialog(question);
      assert.ok(((await dialog.textContent()) ?? '').includes(build));
      const isConfigured = config !== undefined && 'buildCommand' in config;
      await person.photograph(name);
      await person.answerDialog(question, isConfigured ? 'Run Build' : 'Run and Publish');
    }
    await person.answerDialog(`Publish ${name} 1.0.0?`, 'Publish');
    await person.dismiss(await person.seesNotification(`${name} 1.0.0 was submitted for review.`));
  }

  for (const shape of EXAMPLE_SHAPES) {
    const { name, build } = shape;
    it(`publishes from the button with the script that "${build ?? 'no build'}" wrote: ${name}`, async () => {
      await publish(shape);
      const wanted = build === undefined ? 'stale' : 'fresh';
      assert.equal(await submittedScript(name), `document.body.append('${wanted}');\n`);
    });
  }
});
