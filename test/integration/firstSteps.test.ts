import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activateExtension, failsWith, makeKey, run, useBackend, useMessages } from './support';

interface Manifest {
  contributes: {
    walkthroughs: {
      id: string;
      steps: {
        id: string;
        description: string;
        media: { svg: string; altText: string };
        completionEvents: string[];
      }[];
    }[];
    commands: { command: string }[];
  };
}

describe('the First Steps walkthrough', () => {
  useBackend();
  let press: string | undefined;
  const shown = useMessages(({ buttons }) => buttons.find((button) => button === press));
  const openTabs = (): string[] =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));

  /** Waits until the walkthrough is open and closes it. */
  async function seesWalkthrough(): Promise<void> {
    const isOpen = (): boolean => openTabs().some((label) => /Walkthrough|Welcome/u.test(label));
    if (!isOpen()) {
      await new Promise<void>((resolve) => {
        const listener = vscode.window.tabGroups.onDidChangeTabs(() => {
          if (isOpen()) {
            listener.dispose();
            resolve();
          }
        });
      });
    }
    await run('workbench.action.closeAllEditors');
  }

  beforeEach(async () => {
    press = undefined;
    await run('workbench.action.closeAllEditors');
  });

  it('are what a sign-in without a key leads to', async () => {
    press = 'Open Walkthrough';
    await failsWith('KEY_NOT_FOUND', 'i99dash.signIn', { keyPath: '/nowhere/id_ed25519' });
    assert.deepEqual(shown[0]?.buttons, ['Choose a Key', 'Open Walkthrough']);
    await seesWalkthrough();
  });

  it('are what a sign-in with a key that is not registered leads to', async () => {
    press = 'Open Walkthrough';
    const { path } = await makeKey('never-registered');
    await failsWith('KEY_NOT_REGISTERED', 'i99dash.signIn', { keyPath: path });
    assert.equal(shown[0]?.buttons.at(-1), 'Open Walkthrough');
    await seesWalkthrough();
  });

  it('has pictures, and buttons for existing commands', async () => {
    const extension = await activateExtension();
    const { contributes } = extension.packageJSON as Manifest;
    const known = contributes.commands.map(({ command }) => command);
    const [walkthrough] = contributes.walkthroughs;
    assert.deepEqual(
      walkthrough?.steps.map(({ id }) => id),
      ['key', 'register', 'signIn', 'publish'],
    );
    for (const { description, media, completionEvents } of walkthrough.steps) {
      assert.ok(existsSync(join(extension.extensionPath, media.svg)), media.svg);
      assert.ok(media.altText.length > 20);
      assert.match(completionEvents.join(), /^onContext:i99dash\.\w+$/u);
      const commands = [...description.matchAll(/\(command:([\w.]+)\)/gu)].map(([, id]) => id);
      assert.ok(commands.length > 0);
      assert.ok(
        commands.every((id) => known.includes(id ?? '')),
        description,
      );
    }
  });
});
