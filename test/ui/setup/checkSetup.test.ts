import assert from 'node:assert/strict';
import { useScene } from '../use-scene';

describe('Check Setup', () => {
  const scene = useScene({ album: 'ui/setup', keyInHome: false, miniApps: ['tyre-pressure'] });

  it('shows every check with its state and runs the next step of a finding', async () => {
    const { person } = scene;
    await person.runCommandByKeys('i99dash: Check Setup');
    const key = person.quickPickRow('error: Generate SSH Key').first();
    await key.waitFor();
    assert.match(await key.innerText(), /SSH key[^]*There is no key at/u);
    for (const name of ['SSH agent', 'Backend', 'Clock', 'Proxy', 'Certificates', 'Node.js']) {
      await person.quickPickRow(name).first().waitFor();
    }
    assert.match(await person.quickPickRow('Clock').first().innerText(), /in order/u);
    await person.photographInThemes('1-check-setup');
    await person.page.keyboard.type('SSH key');
    await person.focusedRow('error: Generate SSH Key').waitFor();
    await person.page.keyboard.press('Enter');
    await person.page.locator('.quick-input-title', { hasText: 'Generate SSH Key' }).waitFor();
    await person.page.keyboard.press('Escape');
  });

  it('tells that the backend cannot be reached, and checks again', async () => {
    const { person, backend } = scene;
    const rule = { match: { path: '/api/v1/dev/me' }, times: 'always' } as const;
    const fault = backend.faults.inject({ ...rule, fault: { kind: 'status', status: 503 } });
    await person.runCommand('i99dash: Check Setup');
    await person.quickPickRow('error: Check Again').first().waitFor();
    await person.photograph('2-backend-down');
    fault.remove();
    await person.pick('error: Check Again');
    await person.quickPickRow('answers.').first().waitFor();
    await person.page.keyboard.press('Escape');
  });
});
