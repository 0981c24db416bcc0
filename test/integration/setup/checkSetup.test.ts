import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { usePerson } from '../person';
import { makeKey, run, setSetting, useBackend, useMessages, useStandIn } from '../support';

interface Check {
  check: string;
  status: 'ok' | 'warning' | 'error' | 'skipped';
  message: string;
  next?: string;
}

describe('the setup check', () => {
  const backend = useBackend();
  const person = usePerson();
  let copied = (): void => undefined;
  const isCopied = new Promise<void>((resolve) => (copied = resolve));
  const shown = useMessages(({ message }) => {
    if (message.startsWith('Diagnostics copied')) copied();
    return undefined;
  });
  const opened: string[] = [];
  useStandIn(vscode.env, 'openExternal', (uri: vscode.Uri) => opened.push(uri.toString()));

  before(async () => {
    const key = await makeKey('check-setup');
    await setSetting('i99dash.ssh.keyPath', key.path);
  });
  after(() => setSetting('i99dash.ssh.keyPath', undefined));

  it('returns the state of everything, without a question and without a credential', async () => {
    const checks = await run<Check[]>('i99dash.checkSetup', {});
    assert.deepEqual(
      checks.map(({ check }) => check),
      ['key', 'agent', 'backend', 'clock', 'proxy', 'certificates', 'node', 'packageManager'],
    );
    const states = Object.fromEntries(checks.map(({ check, status }) => [check, status]));
    for (const check of ['key', 'backend', 'clock', 'proxy', 'certificates']) {
      assert.equal(states[check], 'ok', JSON.stringify(checks));
    }
    assert.deepEqual([person.asked, shown], [[], []]);
    const [request] = backend.current.requests.slice(-1);
    assert.deepEqual([request?.path, request?.hasAuthorization], ['/api/v1/dev/me', false]);
  });

  it('names the next step of each finding', async () => {
    await setSetting('i99dash.ssh.keyPath', '~/.ssh/missing');
    const { faults } = backend.current;
    const rule = { match: { path: '/api/v1/dev/me' }, times: 'always' } as const;
    const fault = faults.inject({ ...rule, fault: { kind: 'html', status: 200 } });
    const checks = await run<Check[]>('i99dash.checkSetup', {});
    fault.remove();
    await setSetting('i99dash.ssh.keyPath', (await makeKey('check-setup-2')).path);
    const next = Object.fromEntries(checks.map(({ check, next }) => [check, next]));
    assert.equal(next['key'], 'Generate SSH Key');
    assert.equal(next['backend'], 'Open Settings');
    for (const { status, next: step, message } of checks) {
      assert.equal(step !== undefined, status === 'warning' || status === 'error', message);
    }
  });

  it('shows the results by hand, and copies the diagnostics from there', async () => {
    person.answers = ['Copy Diagnostics'];
    const checks = await run<Check[]>('i99dash.checkSetup');
    assert.equal(checks.length, 8);
    const [asked] = person.asked;
    assert.equal(asked?.title, 'Check Setup');
    assert.ok(asked.rows.includes('$(pass) Clock'), asked.rows.join(', '));
    await isCopied;
    assert.match(await vscode.env.clipboard.readText(), /^i99dash: \d/u);
    assert.deepEqual(opened, []);
  });
});
