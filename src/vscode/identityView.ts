import * as vscode from 'vscode';
import type { SessionState } from '../core/auth/sessionState';
import { accountLabel } from '../core/identity';
import type { CommandId } from './commands';
import { identityHover, type HeldState } from './identityHover';

/** What a status bar item shows. */
export interface StatusBarView {
  text: string;
  tooltip: vscode.MarkdownString;
  accessibilityLabel: string;
  command: CommandId;
  /** True for what only the user can mend. */
  isError: boolean;
}

interface Look {
  icon: string;
  label: string;
  accessibilityLabel: string;
  command: CommandId;
  isError?: boolean;
}

/** The identity item for a session state. Pure: the same input gives the same view. */
export function identityView(state: SessionState, backend: string, now: number): StatusBarView {
  const { icon, label, accessibilityLabel, command, isError = false } = lookOf(state);
  return {
    text: `$(${icon}) ${escapeIcons(label)}`,
    tooltip: identityHover(state, backend, now),
    accessibilityLabel,
    command,
    isError,
  };
}

function lookOf(state: SessionState): Look {
  switch (state.kind) {
    case 'signedOut':
      return {
        icon: 'sign-in',
        label: vscode.l10n.t('i99dash: Sign In'),
        accessibilityLabel: vscode.l10n.t('i99dash: signed out. Sign in.'),
        command: 'i99dash.signIn',
      };
    case 'signingIn':
      return {
        icon: 'sync~spin',
        label: vscode.l10n.t('i99dash: Signing In…'),
        accessibilityLabel: vscode.l10n.t('i99dash: signing in'),
        command: 'i99dash.showAccountMenu',
      };
    case 'environment': {
      const label = state.account === undefined ? state.variable : accountLabel(state.account);
      return {
        icon: 'account',
        label,
        accessibilityLabel: vscode.l10n.t('i99dash: {0}, from the environment', label),
        command: 'i99dash.showAccountMenu',
      };
    }
    default:
      return lookOfHeld(state, accountLabel(state.profile.account));
  }
}

function lookOfHeld(state: HeldState, who: string): Look {
  switch (state.kind) {
    case 'signedIn':
      return {
        icon: 'account',
        label: who,
        accessibilityLabel: vscode.l10n.t('i99dash: signed in as {0}', who),
        command: 'i99dash.showAccountMenu',
      };
    case 'locked':
      return {
        icon: 'lock',
        label: who,
        accessibilityLabel: vscode.l10n.t('i99dash: {0}, locked. Unlock.', who),
        command: 'i99dash.unlock',
      };
    case 'offline':
      return {
        icon: 'cloud-offline',
        label: who,
        accessibilityLabel: vscode.l10n.t('i99dash: {0}, offline', who),
        command: 'i99dash.showAccountMenu',
      };
    case 'rejected':
      return {
        icon: 'error',
        label: who,
        accessibilityLabel: vscode.l10n.t('i99dash: {0}, no longer accepted. Sign in again.', who),
        command: 'i99dash.showAccountMenu',
        isError: true,
      };
  }
}

/** An account's name is data: `$(name)` in it must not become an icon. */
function escapeIcons(text: string): string {
  return text.replaceAll('$(', '$\u200B(');
}
