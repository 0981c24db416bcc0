import * as vscode from 'vscode';
import type { Repository } from '../../core/ci/gitRemote';
import { SECRET_NAME } from '../../core/ci/workflow';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { Call } from '../../core/consent';
import type { Account } from '../../core/identity';
import type { CiTarget } from './ciTarget';
import { confirmGuarded } from '../ui/consent';
import { showInfo } from '../ui/showInfo';
import { plainText } from '../ui/plainText';
import { registrationLines } from '../keys/registerQuestion';

/** The maximum length of a line, in UTF-16 units. The longest sentence below fits. */
const MAX_PATH_LINE = 500;

/** Where the private key is stored. */
export type SecretPlace = 'repository' | 'clipboard';

interface CiPlan {
  target: CiTarget;
  place: SecretPlace;
  /** The path of the workflow, relative to the repository's root. */
  path: string;
  fingerprint: string;
  account: Account;
  backendUrl: string;
}

/**
 * Explains what will happen, and asks for confirmation.
 * @throws CancelledError
 */
export async function confirmCi(call: Call, plan: CiPlan): Promise<void> {
  const { target, place, path, fingerprint, account, backendUrl } = plan;
  const { name } = target;
  const detail = [
    vscode.l10n.t('A new SSH key is registered for this repository alone:'),
    ...registrationLines({ fingerprint, name, purpose: 'login', account, backendUrl }),
    '',
    vscode.l10n.t('Private key goes to: {0}', describePlace(target, place)),
    ...describeUnknownHost(target),
    vscode.l10n.t('Workflow to review and save: {0}', path),
    '',
    vscode.l10n.t(
      'The purpose is login because “i99dash login” needs it: anyone who has the private key can sign in as you until you remove the key.',
    ),
    vscode.l10n.t(
      'A short job can use an access token in I99DASH_TOKEN instead. It expires after about 15 minutes.',
    ),
  ];
  const { repository } = target;
  const message =
    repository === undefined
      ? vscode.l10n.t('Set up CI publishing for {0}?', name)
      : vscode.l10n.t('Set up CI publishing for {0} on {1}?', repository.path, repository.host);
  await confirmGuarded(call, {
    message,
    detail: detail.map((line) => sanitizeLine(line, MAX_PATH_LINE)),
    buttons: [vscode.l10n.t('Set Up')],
  });
}

function describePlace({ repository, service }: CiTarget, place: SecretPlace): string {
  if (repository === undefined) {
    return service === 'gitlab'
      ? vscode.l10n.t(
          'the clipboard, for 90 seconds, to be pasted as the variable {0}',
          SECRET_NAME,
        )
      : vscode.l10n.t('the clipboard, for 90 seconds, to be pasted as the secret {0}', SECRET_NAME);
  }
  const { path, host } = repository;
  if (place === 'repository') {
    return vscode.l10n.t(
      'the secret {0} of {1} on {2}, by the GitHub CLI; if that fails, the clipboard, for 90 seconds',
      SECRET_NAME,
      path,
      host,
    );
  }
  return service === 'gitlab'
    ? vscode.l10n.t(
        'the clipboard, for 90 seconds, to be pasted as the variable {0} of {1} on {2}',
        SECRET_NAME,
        path,
        host,
      )
    : vscode.l10n.t(
        'the clipboard, for 90 seconds, to be pasted as the secret {0} of {1} on {2}',
        SECRET_NAME,
        path,
        host,
      );
}

/** Warns of an unknown host, because a host named like GitHub may belong to anyone. */
function describeUnknownHost({ repository }: CiTarget): string[] {
  return repository === undefined || repository.service !== undefined
    ? []
    : [
        vscode.l10n.t(
          '{0} is neither GitHub nor GitLab as far as this computer knows: no gh or glab is signed in to it.',
          repository.host,
        ),
      ];
}

/** Reports that the secret is stored in the repository. */
export function explainSecret({ path }: Repository): void {
  showInfo(
    vscode.l10n.t(
      'The key is registered, and {0} has it as the secret {1}. Look through the workflow, save it, and push a version tag.',
      path,
      SECRET_NAME,
    ),
  );
}

/**
 * Reports that the secret is on the clipboard and that the user must store it in the repository.
 */
export function explainClipboard(target: CiTarget, ghFailed: boolean): void {
  const page = secretsPage(target);
  const message = [
    ...(ghFailed ? [vscode.l10n.t('The GitHub CLI could not set the secret.')] : []),
    target.service === 'gitlab'
      ? vscode.l10n.t(
          'The private key is on the clipboard for 90 seconds. Paste it as a CI/CD variable of type File, named {0}. Then look through the pipeline and save it.',
          SECRET_NAME,
        )
      : vscode.l10n.t(
          'The private key is on the clipboard for 90 seconds. Paste it as an Actions secret, named {0}. Then look through the workflow and save it.',
          SECRET_NAME,
        ),
  ].join(' ');
  if (page === undefined) {
    showInfo(message);
    return;
  }
  const open = vscode.l10n.t('Open the Repository’s Settings');
  void vscode.window
    .showInformationMessage(plainText(message), open)
    .then((picked) =>
      picked === open ? vscode.env.openExternal(vscode.Uri.parse(page)) : undefined,
    );
}

/** Describes the state after the private key could not be stored. */
export function describeUnplaced({ name }: CiTarget, isGone: boolean): string {
  return isGone
    ? vscode.l10n.t(
        'The clipboard did not take the private key, so the key was removed from your account again.',
      )
    : vscode.l10n.t(
        'The clipboard did not take the private key. The key “{0}” is still registered: remove it in the view SSH Keys.',
        name,
      );
}

function secretsPage({ repository, service }: CiTarget): string | undefined {
  if (repository?.service === undefined) {
    return undefined;
  }
  const below = service === 'gitlab' ? '-/settings/ci_cd' : 'settings/secrets/actions/new';
  return `https://${repository.host}/${repository.path}/${below}`;
}
