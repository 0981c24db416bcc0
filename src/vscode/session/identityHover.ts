import * as vscode from 'vscode';
import { NO_EXPIRY } from '../../core/signIn/accessToken';
import { isTokenRejection } from '../../core/session/refreshPolicy';
import { lacksKey } from '../../core/session/sessionRecord';
import type { SignedInSession, SessionState, SettledState } from '../../core/session/sessionState';
import { abbreviateHome } from '../../core/platform/homePath';
import { accountLabel } from '../../core/identity';
import { textLanguage } from '../../core/text/l10n';
import { appendEscaped } from '../ui/plainText';
import type { RealmLabels } from './realmLabels';
import { sessionStep, type SessionStep } from './sessionStep';

/** The session states with a signed-in account. */
export type SignedInState = Exclude<SettledState, { kind: 'signedOut' }>;

type Link = Pick<SessionStep, 'label' | 'command' | 'args'>;

/** Information that a realm adds to its status bar item and hover. */
export interface Badge {
  /** Text in the status bar instead of the account name. */
  text: string;
  icon: string;
  accessibilityLabel: string;
  isWarning: boolean;
  /** Names and values of additional rows in the hover. */
  rows: readonly [string, string][];
  links: readonly Link[];
}

/** Input for the hover in addition to the session state. */
export interface HoverInput {
  ui: RealmLabels;
  /** The backend URL, or the reason why it is rejected. */
  backend: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** Shown instead of the account name. */
  badge?: Badge | undefined;
}

/** Creates the hover for a session state, with links to the next steps. Pure function. */
export function identityHover(
  state: SessionState,
  { ui, backend, now, badge }: HoverInput,
): vscode.MarkdownString {
  const hover = new vscode.MarkdownString('', true);
  const isSignedIn = state.kind !== 'signedOut' && state.kind !== 'signingIn';
  const links = [...(isSignedIn ? (badge?.links ?? []) : []), ...listLinks(state, ui)];
  // Only the commands of these links may run. All data is escaped.
  hover.isTrusted = { enabledCommands: links.map(({ command }) => command) };
  hover.appendMarkdown(`**${ui.label}** — `);
  appendEscaped(hover, formatHeadline(state));
  hover.appendMarkdown('\n\n');
  appendEscaped(hover, explainState(state, ui));
  hover.appendMarkdown('\n\n');
  const extra = isSignedIn ? (badge?.rows ?? []) : [];
  for (const [name, value] of [...extra, ...listRows(state, { ui, backend, now })]) {
    appendEscaped(hover, vscode.l10n.t('{0}: {1}', name, value));
    hover.appendMarkdown('  \n');
  }
  hover.appendMarkdown(`\n\n${links.map(formatLink).join(' · ')}`);
  return hover;
}

function formatLink({ label, command, args }: Link): string {
  const query = args === undefined ? '' : `?${encodeURIComponent(JSON.stringify(args))}`;
  return `[${label}](command:${command}${query})`;
}

function formatHeadline(state: SessionState): string {
  switch (state.kind) {
    case 'signedOut':
      return vscode.l10n.t('signed out');
    case 'signingIn':
      return vscode.l10n.t('signing in…');
    case 'environment':
      return state.failure === undefined
        ? vscode.l10n.t('signed in by the environment')
        : vscode.l10n.t('not accepted');
    case 'signedIn':
      return state.profile.account.displayName ?? accountLabel(state.profile.account);
    case 'locked':
      return vscode.l10n.t('locked');
    case 'offline':
      return isTokenRejection(state.failure)
        ? vscode.l10n.t('not accepted, and trying again by itself')
        : vscode.l10n.t('offline, and trying again by itself');
    case 'rejected':
      return vscode.l10n.t('no longer accepted');
  }
}

/**
 * Explains a state in more detail than the headline.
 * @returns The explanation, or '' if there is none.
 */
function explainState(state: SessionState, ui: RealmLabels): string {
  switch (state.kind) {
    case 'signedOut':
      return ui.invitation();
    case 'environment':
      if (state.failure !== undefined) {
        return state.failure.message;
      }
      return vscode.l10n.t(
        'The environment variable {0} holds the credential and overrides the stored session.',
        state.variable,
      );
    case 'locked':
    case 'offline':
    case 'rejected':
      return state.failure.message;
    case 'signedIn':
      return lacksKey(state.profile)
        ? vscode.l10n.t(
            'This machine has no key for your session. It uses the access token of another machine until that ends. Sign in on this machine to renew it from here.',
          )
        : '';
    case 'signingIn':
      return '';
  }
}

function listRows(
  state: SessionState,
  { ui, backend: backendUrl, now }: HoverInput,
): [string, string][] {
  const backend: [string, string] = [vscode.l10n.t('Backend'), backendUrl];
  switch (state.kind) {
    case 'signedOut':
    case 'signingIn':
      return [backend];
    case 'environment':
      return state.account === undefined
        ? [backend]
        : [
            backend,
            [vscode.l10n.t('Account'), accountLabel(state.account)],
            [ui.idName(), state.account.devId],
          ];
    default:
      return [backend, ...accountRows(state, ui), ...tokenRows(state, now), ...failureRows(state)];
  }
}

function accountRows({ profile }: SignedInSession, ui: RealmLabels): [string, string][] {
  const rows: [string, string][] = [
    [vscode.l10n.t('Account'), accountLabel(profile.account)],
    [ui.idName(), profile.account.devId],
    [vscode.l10n.t('Signed in with'), signedInWith(profile)],
  ];
  if (profile.fingerprint !== undefined) {
    rows.push([vscode.l10n.t('Fingerprint'), profile.fingerprint]);
  }
  return rows;
}

function tokenRows(state: SignedInState, now: number): [string, string][] {
  const { kind, minted, profile } = state;
  if (minted === undefined) {
    return [];
  }
  if (profile.source === 'deviceCode') {
    return [[vscode.l10n.t('Made'), new Date(minted.mintedAt).toLocaleString(textLanguage())]];
  }
  const renewed = new Date(minted.mintedAt).toLocaleTimeString(textLanguage());
  // The expiry of a rejected token is of no use.
  const isOver = kind === 'rejected' || minted.expiresAt === NO_EXPIRY;
  const expiry = isOver ? [] : [expiryRow(minted.expiresAt, now)];
  return [[vscode.l10n.t('Last renewal'), renewed], ...expiry];
}

function failureRows(state: SettledState): [string, string][] {
  if (state.kind !== 'offline' && state.kind !== 'rejected' && state.kind !== 'locked') {
    return [];
  }
  const rows: [string, string][] = [[vscode.l10n.t('Last failure'), state.failure.code]];
  if (state.kind === 'offline') {
    rows.push([
      vscode.l10n.t('Next try'),
      new Date(state.retryAt).toLocaleTimeString(textLanguage()),
    ]);
  }
  return rows;
}

function signedInWith(profile: SignedInSession['profile']): string {
  const { source, keyPath } = profile;
  if (lacksKey(profile)) {
    return vscode.l10n.t('an SSH key of another machine');
  }
  if (source === 'token') {
    return vscode.l10n.t('a pasted access token');
  }
  if (source === 'deviceCode') {
    return vscode.l10n.t('an API key, which lives until it is rotated');
  }
  const path = keyPath === undefined ? '' : abbreviateHome(keyPath);
  return source === 'agent'
    ? vscode.l10n.t('the SSH agent {0}', path).trim()
    : vscode.l10n.t('the SSH key {0}', path);
}

function expiryRow(expiresAt: number, now: number): [string, string] {
  const time = new Date(expiresAt).toLocaleTimeString(textLanguage());
  const minutes = Math.ceil((expiresAt - now) / 60_000);
  return minutes > 0
    ? [vscode.l10n.t('Token expires'), vscode.l10n.t('in {0} min, at {1}', minutes, time)]
    : [vscode.l10n.t('Token expired'), vscode.l10n.t('at {0}', time)];
}

function listLinks(state: SessionState, ui: RealmLabels): Link[] {
  const step = sessionStep(state, ui);
  const isHeld = 'profile' in state;
  return [
    ...(step === undefined ? [] : [step]),
    ...(isHeld ? [{ label: vscode.l10n.t('Sign Out'), command: ui.signOut }] : []),
    ...(state.kind === 'signedOut'
      ? []
      : [{ label: vscode.l10n.t('Show Log'), command: 'i99dash.showLog' as const }]),
  ];
}
