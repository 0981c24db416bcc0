import * as vscode from 'vscode';
import { isTokenRejection } from '../../core/session/refreshPolicy';
import { lacksKey } from '../../core/session/sessionRecord';
import type { SessionState } from '../../core/session/sessionState';
import { accountLabel } from '../../core/identity';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { CommandId } from '../commands/commandIds';
import { identityHover, type Badge, type SignedInState, type HoverInput } from './identityHover';
import { plainLabel } from '../ui/plainText';
import type { RealmLabels } from './realmLabels';
import { sessionStep } from './sessionStep';

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
  isError?: boolean;
}

/** Computes the status bar item for a session state. Pure function. */
export function statusBarView(state: SessionState, input: HoverInput): StatusBarView {
  const { ui, badge } = input;
  const { icon, label, accessibilityLabel, isError = false } = chooseAppearance(state, ui, badge);
  const isBlocked = state.kind === 'signedOut' || state.kind === 'locked';
  const step = isBlocked ? sessionStep(state, ui) : undefined;
  return {
    text: `$(${icon}) ${plainLabel(label)}`,
    tooltip: identityHover(state, input),
    accessibilityLabel: sanitizeLine(accessibilityLabel),
    command: step?.command ?? ui.showAccountMenu,
    isError,
    isWarning: !isError && state.kind === 'signedIn' && badge?.isWarning === true,
  };
}

function chooseAppearance(state: SessionState, ui: RealmLabels, badge: Badge | undefined): Look {
  const { label: product } = ui;
  switch (state.kind) {
    case 'signedOut':
      return {
        icon: 'sign-in',
        label: vscode.l10n.t('{0}: Sign In', product),
        accessibilityLabel: vscode.l10n.t('{0}: signed out. Sign in.', product),
      };
    case 'signingIn':
      return {
        icon: 'sync~spin',
        label: vscode.l10n.t('{0}: Signing In…', product),
        accessibilityLabel: vscode.l10n.t('{0}: signing in', product),
      };
    case 'environment':
      return describeEnvironment(state, ui);
    default:
      return describeSession(state, ui, badge);
  }
}

function describeEnvironment(
  { account, variable, failure }: SessionState & { kind: 'environment' },
  { label: product }: RealmLabels,
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
      isError: true,
    };
  }
  const label = account === undefined ? variable : accountLabel(account);
  return {
    icon: 'account',
    label,
    accessibilityLabel: vscode.l10n.t('{0}: {1}, from the environment', product, label),
  };
}

function describeSession(state: SignedInState, ui: RealmLabels, badge: Badge | undefined): Look {
  const { label: product } = ui;
  const who = accountLabel(state.profile.account);
  const label = badge === undefined ? who : `${product}: ${badge.text}`;
  switch (state.kind) {
    case 'signedIn':
      return {
        icon: badge?.icon ?? 'account',
        label,
        accessibilityLabel:
          badge?.accessibilityLabel ?? vscode.l10n.t('{0}: signed in as {1}', product, who),
      };
    case 'locked':
      return {
        icon: 'lock',
        label,
        accessibilityLabel: lacksKey(state.profile)
          ? vscode.l10n.t('{0}: {1}, locked. Sign in on this machine.', product, who)
          : vscode.l10n.t('{0}: {1}, locked. Unlock.', product, who),
      };
    case 'offline':
      return {
        icon: 'cloud-offline',
        label,
        accessibilityLabel: isTokenRejection(state.failure)
          ? vscode.l10n.t('{0}: {1}, not accepted', product, who)
          : vscode.l10n.t('{0}: {1}, offline', product, who),
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
        isError: true,
      };
  }
}
