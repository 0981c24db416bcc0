import * as vscode from 'vscode';
import { requestAccessPage } from '../../core/api/webConsole';
import type { ErrorCode, I99dashError, PromotionFailure } from '../../core/errors';
import type { CommandId } from '../commands/commandIds';
import { openFirstSteps } from '../firstSteps';
import { copyKeyAndAsk } from '../keys/newKey';
import { labelsForCommand } from '../session/realmLabels';
import { settings } from '../settings';
import { Click } from './consent';
import {
  commandStep,
  openFile,
  showLog,
  showOutcome,
  showProblems,
  type NextStep,
} from './stepButtons';

/** A command that failed. */
interface Failure {
  failed: CommandId;
  error: I99dashError;
  /** Repeats the failed action. */
  retry: () => void;
  /** Called if the user selects no step. */
  abandon: () => void;
}

type Steps = (failure: Failure) => NextStep[];

const RETRY: Steps = (failure) => {
  const { error } = failure;
  const { file, problems = [] } = error;
  return file === undefined
    ? [retryStep(failure), showLog()]
    : [...(problems.length > 0 ? [showProblems()] : []), openFile(error, file), retryStep(failure)];
};
const OPEN_BACKEND_SETTING: Steps = ({ failed }) => [
  settingsStep(`${labelsForCommand(failed).label}.backendUrl`),
];
/** The same key may work too: after the passphrase is entered again, or the agent is started. */
const OTHER_KEY_OR_RETRY: Steps = (failure) => [...otherKeySteps(failure), retryStep(failure)];

/**
 * The buttons of the message about a failed command, by the code of its error. What an error knows
 * about itself comes first, see {@link nextSteps}.
 */
const STEPS: Record<ErrorCode, Steps> = {
  NOT_SIGNED_IN: (failure) => [
    failure.error.variable === undefined
      ? signInStep(failure, vscode.l10n.t('Sign In'))
      : signInStep(failure, vscode.l10n.t('Ignore It in This Window'), { ignoreEnvironment: true }),
  ],
  KEY_NOT_FOUND: otherKeySteps,
  KEY_UNREADABLE: otherKeySteps,
  KEY_ENCRYPTED: otherKeySteps,
  KEY_WRONG_PASSPHRASE: OTHER_KEY_OR_RETRY,
  KEY_UNSUPPORTED: otherKeySteps,
  KEY_IS_PRIVATE: otherKeySteps,
  KEY_EXISTS: otherKeySteps,
  KEY_NOT_REGISTERED: (failure) => {
    const { publicKey } = failure.error;
    return publicKey === undefined
      ? RETRY(failure)
      : [copyKeyStep(failure, publicKey), retryStep(failure), walkthroughStep()];
  },
  KEY_REJECTED: (failure) => {
    const { publicKey } = failure.error;
    return [
      signInStep(failure, vscode.l10n.t('Sign In Again')),
      ...(publicKey === undefined ? [] : [copyKeyStep(failure, publicKey)]),
    ];
  },
  AGENT_UNAVAILABLE: OTHER_KEY_OR_RETRY,
  SSH_AUTH_DISABLED: (failure) => [
    ...(isForOperators(failure)
      ? []
      : [deviceCodeStep(failure, vscode.l10n.t('Use a Device Code'))]),
    signInStep(failure, vscode.l10n.t('Sign In Another Way')),
  ],
  SIGN_IN_REJECTED: (failure) => [signInStep(failure, vscode.l10n.t('Sign In Another Way'))],
  DEVICE_CODE_EXPIRED: (failure) => [deviceCodeStep(failure, vscode.l10n.t('Get a New Code'))],
  DEVICE_CODE_DENIED: (failure) => [
    {
      label: vscode.l10n.t('Request Developer Access'),
      run: () =>
        vscode.env.openExternal(vscode.Uri.parse(requestAccessPage(settings.webConsoleUrl()))),
    },
    deviceCodeStep(failure, vscode.l10n.t('Try Again')),
  ],
  DEVICE_CODE_UNSUPPORTED: () => [
    commandStep(vscode.l10n.t('Sign In with an SSH Key'), 'i99dash.signIn', { method: 'ssh' }),
  ],
  CHALLENGE_REFUSED: OPEN_BACKEND_SETTING,
  BACKEND_REFUSED: OPEN_BACKEND_SETTING,
  OFFLINE: RETRY,
  TIMEOUT: RETRY,
  TLS: RETRY,
  SERVER: RETRY,
  PROTOCOL: RETRY,
  MANIFEST_INVALID: RETRY,
  VALIDATION_FAILED: RETRY,
  BUILD_FAILED: RETRY,
  UPLOAD_FAILED: RETRY,
  NOTHING_TO_PUBLISH: RETRY,
  PUBLISH_IN_PROGRESS: RETRY,
  UNTRUSTED_WORKSPACE: () => [
    commandStep(vscode.l10n.t('Manage Workspace Trust'), 'workbench.trust.manage'),
  ],
};

/** The settings may be correct and the network may have a problem. */
const NETWORK_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['OFFLINE', 'TIMEOUT', 'TLS']);

/**
 * Returns the buttons of the message about a failed command.
 * @param offered A step that only the code that failed knows.
 */
export function nextSteps(failure: Failure, offered: NextStep | undefined): NextStep[] {
  const { failed, error } = failure;
  const { code, file, setting, unpromoted, appInDoubt } = error;
  if (offered !== undefined) {
    const other = code === 'BUILD_FAILED' ? retryStep(failure) : showLog();
    return [offered, file === undefined ? other : openFile(error, file)];
  }
  if (setting !== undefined) {
    return [settingsStep(setting), ...(NETWORK_CODES.has(code) ? [retryStep(failure)] : [])];
  }
  // A second publish would submit the version twice.
  if (unpromoted !== undefined) {
    return [promoteStep(unpromoted), showOutcome(unpromoted.appId, true)];
  }
  if (appInDoubt !== undefined) {
    return [showOutcome(appInDoubt, error.isUnlisted !== true)];
  }
  // The next step depends on the completed steps, which the list shows.
  if (failed === 'i99dash.replaceKey' && code !== 'NOT_SIGNED_IN') {
    return [listKeysStep(failure)];
  }
  return STEPS[code](failure);
}

/**
 * Returns the steps for an unsuitable key. "Open File" is never one of them, because the file may
 * be a private key.
 */
function otherKeySteps(failure: Failure): NextStep[] {
  const { failed, error } = failure;
  const { code, file } = error;
  const publicKeyPath = code === 'KEY_IS_PRIVATE' && file !== undefined ? `${file}.pub` : undefined;
  const again = (label: string, args = {}): NextStep[] => [commandStep(label, failed, args)];
  switch (failed) {
    case 'i99dash.generateKey':
      return again(vscode.l10n.t('Choose Another Name'));
    case 'i99dash.copyPublicKey':
      return publicKeyPath === undefined
        ? [commandStep(vscode.l10n.t('Generate SSH Key'), 'i99dash.generateKey', {})]
        : again(vscode.l10n.t('Copy the Public Key'), { publicKeyPath });
    case 'i99dash.addKey':
    case 'i99op.addKey':
      if (publicKeyPath !== undefined) {
        return again(vscode.l10n.t('Add the Public Key'), { publicKeyPath });
      }
      return code === 'KEY_EXISTS'
        ? [listKeysStep(failure)]
        : again(vscode.l10n.t('Choose Another Key'));
    case 'i99dash.removeKey':
      return code === 'KEY_NOT_FOUND'
        ? [listKeysStep(failure)]
        : again(vscode.l10n.t('Choose Another Key'));
    default:
      return [
        signInStep(failure, vscode.l10n.t('Choose a Key')),
        ...(code === 'KEY_NOT_FOUND' && !isForOperators(failure) ? [walkthroughStep()] : []),
      ];
  }
}

function isForOperators({ failed }: Failure): boolean {
  return labelsForCommand(failed).label === 'i99op';
}

function retryStep({ retry }: Failure): NextStep {
  return { label: vscode.l10n.t('Try Again'), run: retry };
}

function signInStep({ failed }: Failure, label: string, ...args: unknown[]): NextStep {
  return commandStep(label, labelsForCommand(failed).signIn, ...args);
}

function deviceCodeStep({ failed, retry }: Failure, label: string): NextStep {
  return failed === 'i99dash.rotateApiKey'
    ? { label, run: retry }
    : commandStep(label, 'i99dash.signIn', { method: 'deviceCode' });
}

function listKeysStep(failure: Failure): NextStep {
  const id = isForOperators(failure) ? 'i99op.listKeys' : 'i99dash.listKeys';
  return commandStep(vscode.l10n.t('List SSH Keys'), id);
}

function copyKeyStep(failure: Failure, publicKey: string): NextStep {
  const again = retryStep(failure);
  return {
    label: vscode.l10n.t('Copy Key and Open Console'),
    run: async () =>
      ((await copyKeyAndAsk(publicKey, again.label)) ? again.run : failure.abandon)(),
  };
}

function promoteStep({ appId, version, releaseNotes }: PromotionFailure): NextStep {
  const notes = releaseNotes === undefined ? {} : { releaseNotes };
  // The user agreed to the promotion when publishing to beta. The click completes it.
  const click = new Click({ appId, version, releaseNotes: '', ...notes }, true);
  return commandStep(vscode.l10n.t('Promote to Beta'), 'i99dash.promoteToBeta', click);
}

function settingsStep(setting: string): NextStep {
  return commandStep(vscode.l10n.t('Open Settings'), 'workbench.action.openSettings', setting);
}

function walkthroughStep(): NextStep {
  return { label: vscode.l10n.t('Open Walkthrough'), run: openFirstSteps };
}
