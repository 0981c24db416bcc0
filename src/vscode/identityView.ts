import * as vscode from 'vscode';
import type { Held, SessionState, SettledState } from '../core/auth/sessionState';
import { abbreviateHome } from '../core/homePath';
import { accountLabel } from '../core/identity';
import type { CommandId } from './commands';

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
export function identityView(state: SessionState, backendUrl: string, now: number): StatusBarView {
  const { icon, label, accessibilityLabel, command, isError = false } = lookOf(state);
  return {
    text: `$(${icon}) ${escapeIcons(label)}`,
    tooltip: explain(state, backendUrl, now),
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

function lookOfHeld(state: Exclude<SettledState, { kind: 'signedOut' }>, who: string): Look {
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

function explain(state: SessionState, backendUrl: string, now: number): vscode.MarkdownString {
  const hover = new vscode.MarkdownString('', true);
  // Links run these commands and no other; everything that is data goes in as plain text.
  const links = linksFor(state);
  hover.isTrusted = { enabledCommands: links.map(({ command }) => command) };
  hover.appendMarkdown('**i99dash** — ');
  hover.appendText(summaryOf(state));
  hover.appendMarkdown('\n\n');
  for (const [name, value] of rowsOf(state, backendUrl, now)) {
    hover.appendText(`${name}: ${value}`);
    hover.appendMarkdown('  \n');
  }
  hover.appendMarkdown(
    `\n\n${links.map(({ label, command }) => `[${label}](command:${command})`).join(' · ')}`,
  );
  return hover;
}

function summaryOf(state: SessionState): string {
  switch (state.kind) {
    case 'signedOut':
      return vscode.l10n.t('sign in with your SSH key to publish mini-apps.');
    case 'signingIn':
      return vscode.l10n.t('signing in.');
    case 'environment':
      return vscode.l10n.t(
        'signed in by the environment variable {0}, which wins over everything stored.',
        state.variable,
      );
    case 'signedIn':
      return state.profile.account.displayName ?? accountLabel(state.profile.account);
    case 'locked':
      return vscode.l10n.t('locked. {0}', state.failure.message);
    case 'offline':
      return vscode.l10n.t('offline, and trying again by itself. {0}', state.failure.message);
    case 'rejected':
      return state.failure.message;
  }
}

function rowsOf(state: SessionState, backendUrl: string, now: number): [string, string][] {
  const backend: [string, string] = [vscode.l10n.t('Backend'), backendUrl];
  switch (state.kind) {
    case 'signedOut':
    case 'signingIn':
      return [backend];
    case 'environment':
      return state.account === undefined
        ? [backend]
        : [backend, [vscode.l10n.t('Developer id'), state.account.devId]];
    default:
      return [backend, ...heldRows(state, now), ...failureRows(state)];
  }
}

function heldRows({ profile, minted }: Held, now: number): [string, string][] {
  const rows: [string, string][] = [
    [vscode.l10n.t('Account'), accountLabel(profile.account)],
    [vscode.l10n.t('Developer id'), profile.account.devId],
    [vscode.l10n.t('Signed in with'), signedInWith(profile)],
  ];
  if (profile.fingerprint !== undefined) {
    rows.push([vscode.l10n.t('Fingerprint'), profile.fingerprint]);
  }
  if (minted !== undefined) {
    const renewed = new Date(minted.mintedAt).toLocaleTimeString();
    rows.push([vscode.l10n.t('Last renewal'), renewed]);
    rows.push([vscode.l10n.t('Token expires'), expiry(minted.expiresAt, now)]);
  }
  return rows;
}

function failureRows(state: SettledState): [string, string][] {
  if (state.kind !== 'offline' && state.kind !== 'rejected' && state.kind !== 'locked') {
    return [];
  }
  const rows: [string, string][] = [[vscode.l10n.t('Last failure'), state.failure.code]];
  if (state.kind === 'offline') {
    rows.push([vscode.l10n.t('Next try'), new Date(state.retryAt).toLocaleTimeString()]);
  }
  return rows;
}

function signedInWith({ source, keyPath }: Held['profile']): string {
  if (source === 'token') {
    return vscode.l10n.t('a pasted access token');
  }
  const path = keyPath === undefined ? '' : abbreviateHome(keyPath);
  return source === 'agent'
    ? vscode.l10n.t('the SSH agent {0}', path).trim()
    : vscode.l10n.t('the SSH key {0}', path);
}

function expiry(expiresAt: number, now: number): string {
  const time = new Date(expiresAt).toLocaleTimeString();
  const minutes = Math.ceil((expiresAt - now) / 60_000);
  return minutes > 0
    ? vscode.l10n.t('in {0} min, at {1}', minutes, time)
    : vscode.l10n.t('at {0}', time);
}

function linksFor(state: SessionState): { label: string; command: CommandId }[] {
  const signIn = { label: vscode.l10n.t('Sign In'), command: 'i99dash.signIn' as const };
  const signOut = { label: vscode.l10n.t('Sign Out'), command: 'i99dash.signOut' as const };
  const log = { label: vscode.l10n.t('Show Log'), command: 'i99dash.showLog' as const };
  switch (state.kind) {
    case 'signedOut':
      return [signIn];
    case 'signingIn':
    case 'environment':
      return [log];
    case 'locked':
      return [{ label: vscode.l10n.t('Unlock'), command: 'i99dash.unlock' }, signOut, log];
    case 'rejected':
      return [signIn, signOut, log];
    case 'signedIn':
    case 'offline':
      return [signOut, log];
  }
}

/** An account's name is data: `$(name)` in it must not become an icon. */
function escapeIcons(text: string): string {
  return text.replaceAll('$(', '$\u200B(');
}
