import * as vscode from 'vscode';
import { lacksKey } from '../../core/session/sessionRecord';
import type { SessionState } from '../../core/session/sessionState';
import type { CommandId } from '../commands/commandIds';
import type { RealmLabels } from './realmLabels';

/** What the user can do about a session. */
export interface SessionStep {
  /** The name of a codicon. */
  icon: string;
  label: string;
  command: CommandId;
  args?: readonly [object];
}

/**
 * Returns the next step for a session: the status bar, its hover, the account menu and the views
 * offer it.
 * @returns Undefined if nothing needs to be done.
 */
export function sessionStep(
  state: SessionState,
  { signIn, unlock }: RealmLabels,
): SessionStep | undefined {
  switch (state.kind) {
    case 'signedOut':
      return { icon: 'sign-in', label: vscode.l10n.t('Sign In'), command: signIn };
    case 'signingIn':
      return undefined;
    case 'environment': {
      const label = vscode.l10n.t('Ignore It in This Window');
      return state.failure === undefined
        ? undefined
        : { icon: 'circle-slash', label, command: signIn, args: [{ ignoreEnvironment: true }] };
    }
    case 'rejected':
      return { icon: 'sign-in', label: vscode.l10n.t('Sign In Again'), command: signIn };
    default:
      if (lacksKey(state.profile)) {
        const label = vscode.l10n.t('Sign In on This Machine');
        return { icon: 'sign-in', label, command: signIn };
      }
      return state.kind === 'locked'
        ? { icon: 'lock', label: vscode.l10n.t('Unlock'), command: unlock }
        : undefined;
  }
}
