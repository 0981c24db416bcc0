import * as vscode from 'vscode';
import { isTokenRejection } from '../../core/session/refreshFailures';
import { lacksKey } from '../../core/session/sessionRecord';
import type { SessionState } from '../../core/session/sessionState';
import { accountLabel } from '../../core/identity';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { CommandId } from '../commands/commandIds';
import { identityHover, type Badge, type SignedInState, type HoverInput } from './identityHover';
import { plainLabel } from '../ui/plainText';
import type { RealmLabels } from './realmLabels';

/** Properties of a status bar item. */
export interface StatusBarView {
  text: string;
  tooltip: vscode.MarkdownString;
  accessibilityLabel: string;
  command: CommandId;
  /** True for errors that only the user can fix. */
  isError: boolean;
  /** True for conditions that need the user's attention soon. */
  isWarning: boolean;
}

interface Look {
  icon: string;
  label: string;
  accessibilityLabel: string;
  command: CommandId;
  isError?: boolean;
}

/** Computes the status bar item for a session state. Pure function. */
export function identityView(state: SessionState, surroundings: HoverInput): StatusBarView {
  const { ui, badge } = surroundings;
  const {
    icon,
    label,
    accessibilityLabel,
    command,
    isError = false,
  } = chooseAppearance(state, ui, badge);
  return {
    text: `$(${icon}) ${plainLabel(label)}`,
    tooltip: identityHover(state, surroundings),
    accessibilityLabel: sanitizeLine(accessibilityLabel),
    command,
    isError,
    isWarning: !isError && state.kind === 'signedIn' && badge?.isWarning === true,
  };
}

function chooseAppearance(state: SessionState, ui: RealmLabels, badge: Badge | undefined): Look {
  const { label: product, showAccountMenu } = ui;
  switch (state.kind) {
    case 'signedOut':
      return {
        icon: 'sign-in',
        label: vscode.l10n.t('{0}: Sign In', product),
        accessibilityLabel: vscode.l10n.t('{0}: signed out. Sign in.', product),
        command: ui.signIn,
      };
    case 'signingIn':
      return {
        icon: 'sync~spin',
        label: vscode.l10n.t('{0}: Signing In…', product),
        accessibilityLabel: vscode.l10n.t('{0}: signing in', product),
        command: showAccountMenu,
      };
    case 'environment':
      return lookOfEnvironment(state, ui);
    default:
      return lookOfHeld(state, ui, badge);
  }
}

function lookOfEnvironment(
  { account, variable, failure }: SessionState & { kind: 'environment' },
  { label: product, showAccountMenu: command }: RealmLabels,
): Look {
  if (failure !== undefined) {
    return {
      icon: 'error',
      label: variable,
      accessibilityLabel: vscode.l10n.t(
        '{0}: the backend does not accept {1} of the environment',
        product,
        variable,
      ),
      command,
      isError: true,
    };
  }
  const label = account === undefined ? variable : accountLabel(account);
  return {
    icon: 'account',
    label,
    accessibilityLabel: vscode.l10n.t('{0}: {1}, from the environment', product, label),
    command,
  };
}

function lookOfHeld(state: SignedInState, ui: RealmLabels, badge: Badge | undefined): Look {
  const { label: product, showAccountMenu } = ui;
  const who = accountLabel(state.profile.account);
  const label = badge === undefined ? who : `${product}: ${badge.text}`;
  switch (state.kind) {
    case 'signedIn':
      return {
        icon: badge?.icon ?? 'account',
        label,
        accessibilityLabel:
          badge?.accessibilityLabel ?? vscode.l10n.t('{0}: signed in as {1}', product, who),
        command: showAccountMenu,
      };
    case 'locked': {
      const needsSignIn = lacksKey(state.profile);
      return {
        icon: 'lock',
        label,
        accessibilityLabel: needsSignIn
          ? vscode.l10n.t('{0}: {1}, locked. Sign in on this machine.', product, who)
          : vscode.l10n.t('{0}: {1}, locked. Unlock.', product, who),
        command: needsSignIn ? ui.signIn : ui.unlock,
      };
    }
    case 'offline':
      return {
        icon: 'cloud-offline',
        label,
        accessibilityLabel: isTokenRejection(state.failure)
          ? vscode.l10n.t('{0}: {1}, not accepted', product, who)
          : vscode.l10n.t('{0}: {1}, offline', product, who),
        command: showAccountMenu,
      };
    case 'rejected':
      return {
        icon: 'error',
        label,
        accessibilityLabel: vscode.l10n.t(
          '{0}: {1}, no longer accepted. Sign in again.',
          product,
          who,
        ),
        command: showAccountMenu,
        isError: true,
      };
  }
}
