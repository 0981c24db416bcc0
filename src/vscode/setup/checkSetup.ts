import * as vscode from 'vscode';
import type { Call } from '../../core/consent';
import { throwIfCancelled } from '../../core/errors';
import type { Clock, Logger, Transport } from '../../core/platform/interfaces';
import { checkSetup } from '../../core/setup/checkSetup';
import type { SetupCheck, SetupStep, SetupTopic } from '../../core/setup/setupCheck';
import { listAgentKeys } from '../../core/ssh/agent/sshAgent';
import { plural } from '../../core/text/l10n';
import { agentSocket } from '../keys/agentKeys';
import type { WorkspaceProjects } from '../publish/workspaceProjects';
import { settings } from '../settings';
import { showPicker } from '../ui/pickers';
import { plainLabel } from '../ui/plainText';
import { withDelayedProgress } from '../ui/progress';
import { runCommand } from '../ui/runCommand';

export interface SetupCommandDeps {
  clock: Clock;
  logger: Logger;
  transport: Transport;
  /** @throws BACKEND_REFUSED */
  backendUrl: () => string;
  miniApps: WorkspaceProjects;
}

/** The result of one check, for programs. */
interface CheckResult extends Pick<SetupCheck, 'status' | 'message'> {
  check: SetupTopic;
  /** The label of the next step. Set for every warning and error. */
  next?: string;
}

/**
 * Checks key, agent, network and tools. Called without an arguments object, it also shows the
 * results with their next steps.
 * @throws CancelledError
 */
export async function checkSetupCommand(
  deps: SetupCommandDeps,
  call: Call,
): Promise<CheckResult[]> {
  const checks = await withDelayedProgress(vscode.l10n.t('Checking your setup…'), (signal) =>
    runChecks(deps, signal),
  );
  for (const { topic, status, message } of checks) {
    deps.logger.info(`Check Setup: ${topic}: ${status}: ${message}`);
  }
  if (call.caller === 'hand') {
    void showChecks(checks);
  }
  return checks.map(({ topic, status, message, step }) => ({
    ...{ check: topic, status, message },
    ...(step === undefined ? {} : { next: stepLabel(step) }),
  }));
}

async function runChecks(deps: SetupCommandDeps, signal: AbortSignal): Promise<SetupCheck[]> {
  const folders = await deps.miniApps.search();
  const projects = folders.map((folder) => {
    const root = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder))?.uri.fsPath;
    return { folder, root: root ?? folder };
  });
  const { clock, transport, backendUrl } = deps;
  const own = { network: settings.network(), keyPath: settings.keyPath(), env: process.env };
  const agentKeys = async () => {
    const socket = settings.useAgent() ? await agentSocket() : undefined;
    return socket === undefined ? undefined : listAgentKeys(socket);
  };
  const all = { clock, transport, backendUrl, projects, agentKeys, ...own };
  const checks = await checkSetup(all, signal);
  throwIfCancelled(signal);
  return checks;
}

/** Shows the results. Runs the next step of the one that the user picks. */
async function showChecks(checks: readonly SetupCheck[]): Promise<void> {
  const problems = checks.filter(({ step }) => step !== undefined).length;
  const items = checks.map((check) => ({
    label: `$(${STATUS_ICONS[check.status]}) ${topicName(check.topic)}`,
    description: describeStatus(check),
    detail: plainLabel(check.message),
    step: check.step,
  }));
  const copy: vscode.QuickPickItem & { step?: undefined } = {
    label: `$(clippy) ${vscode.l10n.t('Copy Diagnostics')}`,
  };
  const separator = { label: '', kind: vscode.QuickPickItemKind.Separator, step: undefined };
  const picked = await showPicker([...items, separator, copy], {
    title: vscode.l10n.t('Check Setup'),
    placeHolder:
      problems === 0
        ? vscode.l10n.t('Everything is in order')
        : plural(problems, {
            one: '{0} finding. Select it for the next step.',
            other: '{0} findings. Select one for the next step.',
          }),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (picked === copy) {
    await runCommand('i99dash.copyDiagnostics');
  } else if (picked?.step !== undefined) {
    await runStep(picked.step);
  }
}

const STATUS_ICONS: Readonly<Record<SetupCheck['status'], string>> = {
  ok: 'pass',
  warning: 'warning',
  error: 'error',
  skipped: 'circle-slash',
};

function topicName(topic: SetupTopic): string {
  switch (topic) {
    case 'key':
      return vscode.l10n.t('SSH key');
    case 'agent':
      return vscode.l10n.t('SSH agent');
    case 'backend':
      return vscode.l10n.t('Backend');
    case 'clock':
      return vscode.l10n.t('Clock');
    case 'proxy':
      return vscode.l10n.t('Proxy');
    case 'certificates':
      return vscode.l10n.t('Certificates');
    case 'node':
      return 'Node.js';
    case 'packageManager':
      return vscode.l10n.t('Package manager');
  }
}

/** Describes the status in words, because not everybody sees or hears the icon. */
function describeStatus({ status, step }: SetupCheck): string {
  const label = step === undefined ? '' : stepLabel(step);
  switch (status) {
    case 'ok':
      return vscode.l10n.t('in order');
    case 'skipped':
      return vscode.l10n.t('not checked');
    case 'warning':
      return vscode.l10n.t('warning: {0}', label);
    case 'error':
      return vscode.l10n.t('error: {0}', label);
  }
}

function stepLabel(step: SetupStep): string {
  switch (step.kind) {
    case 'generateKey':
      return vscode.l10n.t('Generate SSH Key');
    case 'checkAgain':
      return vscode.l10n.t('Check Again');
    case 'openSettings':
      return vscode.l10n.t('Open Settings');
    case 'openPage':
      return vscode.l10n.t('Open Download Page');
  }
}

async function runStep(step: SetupStep): Promise<void> {
  switch (step.kind) {
    case 'generateKey':
      await runCommand('i99dash.generateKey');
      break;
    case 'checkAgain':
      await runCommand('i99dash.checkSetup');
      break;
    case 'openSettings':
      await runCommand('workbench.action.openSettings', step.setting);
      break;
    case 'openPage':
      await vscode.env.openExternal(vscode.Uri.parse(step.url));
  }
}
