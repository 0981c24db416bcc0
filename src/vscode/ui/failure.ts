import * as vscode from 'vscode';
import {
  CancelledError,
  describeError,
  isI99dashError,
  type ErrorCode,
  type I99dashError,
  type PromotionFailure,
} from '../../core/errors';
import type { Logger } from '../../core/platform/interfaces';
import { requestAccessPage } from '../../core/api/webConsole';
import type { CommandId } from '../commands/commandIds';
import { Click } from './consent';
import { describeFailure } from '../publish/failedApp';
import { openFirstSteps } from '../firstSteps';
import { copyKeyAndAsk } from '../keys/newKey';
import { plainText } from './plainText';
import { openFile, problemSteps } from './problemSteps';
import { labelsForCommand } from '../session/realmLabels';
import { runCommand } from './runCommand';
import { settings } from '../settings';

/** A button of an error message that runs the next step. */
export interface NextStep {
  label: string;
  run: () => unknown;
}

/** Steps that only the code that failed knows. */
const offered = new WeakMap<I99dashError, NextStep>();

/** Adds a button before the others in the message of an error. */
export function offerStep(error: I99dashError, label: string, run: () => unknown): void {
  offered.set(error, { label, run });
}

/**
 * Shows one message for an error, with the next steps as buttons. Does not wait for an answer.
 * @param failed The command that failed.
 * @param retry Repeats the failed action.
 * @param abandon Called if the user selects no step.
 */
export function showFailure(
  failed: CommandId,
  error: unknown,
  retry: () => void,
  abandon: () => void = () => undefined,
): void {
  const steps = isI99dashError(error) ? nextSteps(failed, error, { retry, abandon }) : [showLog()];
  const message = isI99dashError(error)
    ? plainText(describeFailure(error))
    : vscode.l10n.t('Something went wrong in the i99dash extension. The log has the details.');
  // This is not an error: the same publish is already running.
  const show = isI99dashError(error, 'PUBLISH_IN_PROGRESS')
    ? vscode.window.showWarningMessage
    : vscode.window.showErrorMessage;
  void show(message, ...steps.map(({ label }) => label)).then((picked) =>
    (steps.find(({ label }) => label === picked) ?? { run: abandon }).run(),
  );
}

/**
 * Logs an error and shows it with {@link showFailure}. A cancellation abandons the retry silently.
 * @param retry Repeats the failed action.
 */
export function reportFailure(
  failed: CommandId,
  error: unknown,
  logger: Logger,
  retry: () => void,
  abandon?: () => void,
): void {
  if (error instanceof CancelledError) {
    abandon?.();
    return;
  }
  logger.error(`${failed} failed: ${describeError(error)}`);
  showFailure(failed, error, retry, abandon);
}

/** The key is unsuitable, but another key may work. */
const KEY_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'KEY_NOT_FOUND',
  'KEY_UNREADABLE',
  'KEY_ENCRYPTED',
  'KEY_WRONG_PASSPHRASE',
  'KEY_UNSUPPORTED',
  'KEY_IS_PRIVATE',
  'KEY_EXISTS',
  'AGENT_UNAVAILABLE',
]);
/**
 * The same key may work, for example after the passphrase is entered again or the agent is started.
 */
const WORTH_RETRYING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'KEY_WRONG_PASSPHRASE',
  'AGENT_UNAVAILABLE',
]);
/** The settings may be correct and the network may have a problem. */
const NETWORK_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['OFFLINE', 'TIMEOUT', 'TLS']);
const SETTINGS_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BACKEND_REFUSED',
  'CHALLENGE_REFUSED',
]);

function nextSteps(
  failed: CommandId,
  error: I99dashError,
  { retry, abandon }: { retry: () => void; abandon: () => void },
): NextStep[] {
  const { code, file, publicKey, setting, unpromoted, appInDoubt } = error;
  const { signIn } = labelsForCommand(failed);
  const tryAgain: NextStep = { label: vscode.l10n.t('Try Again'), run: retry };
  const step = offered.get(error);
  if (step !== undefined) {
    const other = code === 'BUILD_FAILED' ? tryAgain : showLog();
    return [step, file === undefined ? other : openFile(error, file)];
  }
  if (setting !== undefined) {
    return [openSettings(setting), ...(NETWORK_CODES.has(code) ? [tryAgain] : [])];
  }
  // A second publish would submit the version twice.
  if (unpromoted !== undefined) {
    return [promoteToBeta(unpromoted), showStatus(unpromoted.appId)];
  }
  if (appInDoubt !== undefined) {
    return [showStatus(appInDoubt)];
  }
  if (code === 'NOT_SIGNED_IN') {
    return [error.variable === undefined ? signInStep(signIn) : ignoreEnvironment(signIn)];
  }
  if (DEVICE_CODES.has(code)) {
    return ofDeviceCode(failed, code, retry);
  }
  if (REGISTERED_KEYS.has(failed)) {
    return ofRegisteredKeys(failed, error, tryAgain);
  }
  if (KEY_CODES.has(code)) {
    return [...anotherKey(failed, error), ...(WORTH_RETRYING.has(code) ? [tryAgain] : [])];
  }
  if (code === 'KEY_REJECTED') {
    return [
      command(vscode.l10n.t('Sign In Again'), signIn),
      ...(publicKey === undefined ? [] : [copyKey(publicKey, tryAgain, abandon)]),
    ];
  }
  if (code === 'KEY_NOT_REGISTERED' && publicKey !== undefined) {
    return [copyKey(publicKey, tryAgain, abandon), tryAgain, showFirstSteps()];
  }
  if (code === 'SSH_AUTH_DISABLED' || code === 'SIGN_IN_REJECTED') {
    const another = command(vscode.l10n.t('Sign In Another Way'), signIn);
    return code === 'SSH_AUTH_DISABLED' && signIn === 'i99dash.signIn'
      ? [withDeviceCode(vscode.l10n.t('Use a Device Code')), another]
      : [another];
  }
  if (SETTINGS_CODES.has(code)) {
    return [openSettings(`${labelsForCommand(failed).label}.backendUrl`)];
  }
  if (code === 'UNTRUSTED_WORKSPACE') {
    return [command(vscode.l10n.t('Manage Workspace Trust'), 'workbench.trust.manage')];
  }
  if (file !== undefined) {
    return [...problemSteps(error, file), tryAgain];
  }
  return [tryAgain, showLog()];
}

/** Commands for the keys that are registered with the account. */
const REGISTERED_KEYS: ReadonlySet<CommandId> = new Set<CommandId>([
  'i99dash.addKey',
  'i99dash.removeKey',
  'i99dash.replaceKey',
  'i99op.addKey',
]);

function ofRegisteredKeys(
  failed: CommandId,
  { code, file }: I99dashError,
  tryAgain: NextStep,
): NextStep[] {
  const showKeys = command(
    vscode.l10n.t('List SSH Keys'),
    failed === 'i99op.addKey' ? 'i99op.listKeys' : 'i99dash.listKeys',
  );
  if (failed === 'i99dash.replaceKey') {
    return [showKeys]; // the next step depends on the completed steps, which the list shows
  }
  if (code === 'KEY_IS_PRIVATE' && file !== undefined) {
    const publicKeyPath = `${file}.pub`;
    return [command(vscode.l10n.t('Add the Public Key'), failed, { publicKeyPath })];
  }
  if (code === 'KEY_EXISTS' || (failed === 'i99dash.removeKey' && code === 'KEY_NOT_FOUND')) {
    return [showKeys];
  }
  return KEY_CODES.has(code)
    ? [command(vscode.l10n.t('Choose Another Key'), failed, {})]
    : [tryAgain, showLog()];
}

const DEVICE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DEVICE_CODE_EXPIRED',
  'DEVICE_CODE_DENIED',
  'DEVICE_CODE_UNSUPPORTED',
]);

function ofDeviceCode(failed: CommandId, code: ErrorCode, retry: () => void): NextStep[] {
  const anew = (label: string): NextStep =>
    failed === 'i99dash.rotateApiKey' ? { label, run: retry } : withDeviceCode(label);
  switch (code) {
    case 'DEVICE_CODE_EXPIRED':
      return [anew(vscode.l10n.t('Get a New Code'))];
    case 'DEVICE_CODE_DENIED':
      return [
        {
          label: vscode.l10n.t('Request Developer Access'),
          run: () => openPage(requestAccessPage(settings.webConsoleUrl())),
        },
        anew(vscode.l10n.t('Try Again')),
      ];
    default:
      return [
        command(vscode.l10n.t('Sign In with an SSH Key'), 'i99dash.signIn', { method: 'ssh' }),
      ];
  }
}

function withDeviceCode(label: string): NextStep {
  return command(label, 'i99dash.signIn', { method: 'deviceCode' });
}

function promoteToBeta({ appId, version, releaseNotes }: PromotionFailure): NextStep {
  const notes = releaseNotes === undefined ? {} : { releaseNotes };
  // The user agreed to the promotion when publishing to beta. The click completes it.
  const click = new Click({ appId, version, releaseNotes: '', ...notes }, true);
  return command(vscode.l10n.t('Promote to Beta'), 'i99dash.promoteToBeta', click);
}

function showStatus(appId: string): NextStep {
  return command(vscode.l10n.t('Show Status'), 'i99dash.status', { appId });
}

function signInStep(signIn: CommandId): NextStep {
  return command(vscode.l10n.t('Sign In'), signIn);
}

/**
 * The variable cannot be changed from here, because VS Code inherits it from its parent process.
 */
function ignoreEnvironment(signIn: CommandId): NextStep {
  return command(vscode.l10n.t('Ignore It in This Window'), signIn, { ignoreEnvironment: true });
}

function openSettings(setting: string): NextStep {
  return command(vscode.l10n.t('Open Settings'), 'workbench.action.openSettings', setting);
}

function openPage(url: string): Thenable<boolean> {
  return vscode.env.openExternal(vscode.Uri.parse(url));
}

/**
 * Returns the steps for an unsuitable key. "Open File" is never one of them, because the file may
 * be a private key.
 */
function anotherKey(failed: CommandId, { code, file }: I99dashError): NextStep[] {
  if (failed === 'i99dash.generateKey') {
    return [command(vscode.l10n.t('Choose Another Name'), failed, {})];
  }
  if (failed !== 'i99dash.copyPublicKey') {
    const { signIn } = labelsForCommand(failed);
    const choose = command(vscode.l10n.t('Choose a Key'), signIn);
    return code === 'KEY_NOT_FOUND' && signIn === 'i99dash.signIn'
      ? [choose, showFirstSteps()]
      : [choose];
  }
  if (code === 'KEY_IS_PRIVATE' && file !== undefined) {
    const publicKeyPath = `${file}.pub`;
    return [command(vscode.l10n.t('Copy the Public Key'), failed, { publicKeyPath })];
  }
  return [command(vscode.l10n.t('Generate SSH Key'), 'i99dash.generateKey', {})];
}

function command(label: string, id: string, ...args: unknown[]): NextStep {
  return { label, run: () => runCommand(id, ...args) };
}

function showFirstSteps(): NextStep {
  return { label: vscode.l10n.t('Open Walkthrough'), run: openFirstSteps };
}

function showLog(): NextStep {
  return command(vscode.l10n.t('Show Log'), 'i99dash.showLog');
}

function copyKey(publicKey: string, tryAgain: NextStep, abandon: () => void): NextStep {
  return {
    label: vscode.l10n.t('Copy Key and Open Console'),
    run: async () => ((await copyKeyAndAsk(publicKey, tryAgain.label)) ? tryAgain.run : abandon)(),
  };
}
