import * as vscode from 'vscode';
import type { ApprovedBackends } from '../../core/signIn/approvedBackends';
import type { ConfirmReplacement } from '../../core/session/signInRunner';
import type { Call } from '../../core/consent';
import { accountLabel, type Account } from '../../core/identity';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { Realm } from '../../core/realm';
import { confirmGuarded } from '../ui/consent';
import { hideProgressWhile } from '../ui/progress';

/** A pending change of a realm's backend. */
export interface BackendChange {
  before: string;
  now: string;
  /** Whether the user is signed in to the previous backend. */
  endsSession: boolean;
}

/** The key of a pending sign-in. */
interface SigningKey {
  fingerprint: string;
  backendUrl: string;
}

/**
 * Asks for confirmation before a key is first used with a backend from this computer, and before
 * the realm's backend changes. If both apply, asks once.
 * @param key Undefined for a sign-in without a key.
 * @returns False if the user wants to sign in with another key.
 * @throws CancelledError
 */
export async function confirmSignIn(
  call: Call,
  { label }: Realm,
  knownBackends: ApprovedBackends,
  { key, change }: { key?: SigningKey; change?: BackendChange },
): Promise<boolean> {
  const isNew = key !== undefined && !(await knownBackends.isKnown(key));
  const another = vscode.l10n.t('Use Another Key…');
  if (change !== undefined || isNew) {
    const backendUrl = change?.now ?? key?.backendUrl ?? '';
    const answer = await confirmGuarded(call, {
      message:
        change === undefined
          ? vscode.l10n.t('Sign in to {0} with this key?', getHost(backendUrl))
          : vscode.l10n.t('Change the {0} backend to {1}?', label, getHost(backendUrl)),
      detail: [
        ...(isNew ? [key.fingerprint] : []),
        ...(change === undefined
          ? [vscode.l10n.t('Backend: {0}', backendUrl)]
          : changeLines(change)),
        ...(isNew ? ['', ...newBackendLines()] : []),
      ],
      buttons: [
        change === undefined ? vscode.l10n.t('Sign In') : vscode.l10n.t('Change and Sign In'),
        ...(isNew ? [another] : []),
      ],
    });
    if (answer === another) {
      return false;
    }
  }
  if (isNew) {
    await knownBackends.approve(key);
  }
  return true;
}

/** Returns the warning about using a key with a backend for the first time. */
export function newBackendLines(): string[] {
  return [
    vscode.l10n.t('You have never signed in to this backend with this key on this computer.'),
    '',
    vscode.l10n.t(
      'The people who run the backend can use this signature to sign in as you elsewhere. A key of its own for this backend is safer.',
    ),
  ];
}

function changeLines({ before, now, endsSession }: BackendChange): string[] {
  return [
    vscode.l10n.t('Current backend: {0}', before),
    vscode.l10n.t('New backend: {0}', now),
    ...(endsSession
      ? [vscode.l10n.t('You will be signed out of {0} first.', getHost(before))]
      : []),
  ];
}

/** Creates the confirmation for replacing the session of another account. */
export function askToReplace(call: Call, backendUrl: string): ConfirmReplacement {
  return async (before, now) => {
    await hideProgressWhile(() =>
      confirmGuarded(call, {
        message: vscode.l10n.t(
          'Sign in as {0} instead of {1}?',
          sanitizeLine(accountLabel(now)),
          sanitizeLine(accountLabel(before)),
        ),
        detail: [
          vscode.l10n.t('Current session: {0}', describeAccount(before)),
          vscode.l10n.t('New session: {0}', describeAccount(now)),
          vscode.l10n.t('Backend: {0}', backendUrl),
          '',
          vscode.l10n.t(
            '{0} will be signed out in every window.',
            sanitizeLine(accountLabel(before)),
          ),
        ],
        buttons: [vscode.l10n.t('Replace Session')],
      }),
    );
  };
}

/** Describes an account by its label and its id. Only the id is unique. */
function describeAccount(account: Account): string {
  const label = sanitizeLine(accountLabel(account));
  return label === account.devId ? label : `${label} (${sanitizeLine(account.devId)})`;
}

/** Returns the host of a URL, by which users recognize a backend. */
export function getHost(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
