import * as vscode from 'vscode';
import type { Session } from '../core/auth/session';
import type { SessionState } from '../core/auth/sessionState';
import { CancelledError } from '../core/errors';
import { accountLabel } from '../core/identity';
import type { CommandId } from './commands';

interface MenuItem extends vscode.QuickPickItem {
  run?: () => Thenable<unknown>;
}

/** What a click on the identity in the status bar opens. */
export async function showAccountMenu(session: Session, backendUrl: string): Promise<void> {
  const { state } = session;
  const picked = await vscode.window.showQuickPick([...itemsFor(state), ...commonItems()], {
    title: titleFor(state),
    placeHolder: backendUrl,
  });
  if (picked?.run === undefined) {
    throw new CancelledError();
  }
  // The command shows its own failure; this one has done its part.
  await picked.run().then(undefined, () => undefined);
}

function titleFor(state: SessionState): string {
  switch (state.kind) {
    case 'signedOut':
      return vscode.l10n.t('i99dash: signed out');
    case 'signingIn':
      return vscode.l10n.t('i99dash: signing in');
    case 'environment':
      return vscode.l10n.t('i99dash: signed in by {0}', state.variable);
    default:
      return vscode.l10n.t('i99dash: {0}', accountLabel(state.profile.account));
  }
}

function itemsFor(state: SessionState): MenuItem[] {
  if (state.kind === 'signingIn') {
    return [];
  }
  if (state.kind === 'signedOut') {
    return [item('sign-in', vscode.l10n.t('Sign In'), 'i99dash.signIn')];
  }
  return [
    ...(state.kind === 'locked' ? [item('lock', vscode.l10n.t('Unlock'), 'i99dash.unlock')] : []),
    ...(state.kind === 'rejected'
      ? [item('sign-in', vscode.l10n.t('Sign In Again'), 'i99dash.signIn')]
      : []),
    item('account', vscode.l10n.t('Who Am I?'), 'i99dash.whoAmI'),
    item('cloud-upload', vscode.l10n.t('Publish Mini-App'), 'i99dash.publish'),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    ...(state.kind === 'rejected'
      ? []
      : [item('key', vscode.l10n.t('Sign In with Another Key'), 'i99dash.signIn')]),
    item('list-unordered', vscode.l10n.t('SSH Keys'), 'i99dash.listKeys'),
    item('copy', vscode.l10n.t('Copy Public Key and Open Web Console'), 'i99dash.copyPublicKey'),
    item('sign-out', vscode.l10n.t('Sign Out'), 'i99dash.signOut'),
  ];
}

function commonItems(): MenuItem[] {
  return [
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    {
      label: `$(gear) ${vscode.l10n.t('Settings')}`,
      run: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', '@ext:i99dash.i99dash'),
    },
    item('clippy', vscode.l10n.t('Copy Diagnostics'), 'i99dash.copyDiagnostics'),
    item('output', vscode.l10n.t('Show Log'), 'i99dash.showLog'),
  ];
}

function item(icon: string, label: string, command: CommandId): MenuItem {
  return {
    label: `$(${icon}) ${label}`,
    run: () => vscode.commands.executeCommand(command),
  };
}
