import * as vscode from 'vscode';
import type { Session } from '../../core/session/session';
import type { SessionState } from '../../core/session/sessionState';
import { CancelledError } from '../../core/errors';
import { accountLabel } from '../../core/identity';
import type { CommandId } from '../commands/commandIds';
import { showPicker } from '../ui/pickers';
import { plainText } from '../ui/plainText';
import { separator } from '../ui/quickPick';
import { realmLabels, type RealmLabels } from './realmLabels';
import { sessionStep } from './sessionStep';

export interface MenuItem extends vscode.QuickPickItem {
  run?: () => unknown;
}

/**
 * Shows the menu that opens when the user clicks the identity in the status bar.
 * @param backend The backend URL, or the reason why it is rejected.
 * @param own Menu items of the realm for a signed-in user.
 * @throws CancelledError
 */
export async function showAccountMenu(
  session: Session,
  backend: string,
  own: readonly MenuItem[],
): Promise<void> {
  const { state, realm } = session;
  const picked = await showPicker([...menuItems(session, own), ...commonItems()], {
    title: menuTitle(state, realm.label),
    placeHolder: backend,
  });
  if (picked?.run === undefined) {
    throw new CancelledError();
  }
  // The command shows its own error, so it is ignored here.
  await Promise.resolve(picked.run()).catch(() => undefined);
}

/** Returns the menu items for developers. */
export function developerItems(session: Session): MenuItem[] {
  const isApiKey = session.ownSession?.profile.source === 'deviceCode';
  return [
    menuItem('account', vscode.l10n.t('Who Am I?'), 'i99dash.whoAmI'),
    menuItem('cloud-upload', vscode.l10n.t('Publish Mini-App'), 'i99dash.publish'),
    separator(''),
    ...(isApiKey
      ? [menuItem('sync', vscode.l10n.t('Rotate API Key'), 'i99dash.rotateApiKey')]
      : []),
    menuItem('list-unordered', vscode.l10n.t('SSH Keys'), 'i99dash.listKeys'),
    menuItem(
      'copy',
      vscode.l10n.t('Copy Public Key and Open Web Console'),
      'i99dash.copyPublicKey',
    ),
  ];
}

/** Creates a menu item that runs a command. */
export function menuItem(
  icon: string,
  label: string,
  command: CommandId,
  ...args: unknown[]
): MenuItem {
  return {
    label: `$(${icon}) ${label}`,
    run: () => vscode.commands.executeCommand(command, ...args),
  };
}

function menuTitle(state: SessionState, product: string): string {
  switch (state.kind) {
    case 'signedOut':
      return vscode.l10n.t('{0}: signed out', product);
    case 'signingIn':
      return vscode.l10n.t('{0}: signing in', product);
    case 'environment':
      return state.failure === undefined
        ? vscode.l10n.t('{0}: signed in by {1}', product, state.variable)
        : vscode.l10n.t('{0}: {1} is not accepted', product, state.variable);
    default:
      return vscode.l10n.t({
        message: '{0}: {1}',
        args: [product, plainText(accountLabel(state.profile.account))],
        comment: 'The product, and who is signed in',
      });
  }
}

function menuItems(session: Session, own: readonly MenuItem[]): MenuItem[] {
  const { state } = session;
  const ui = realmLabels(session.realm);
  const step = sessionStep(state, ui);
  const first =
    step === undefined ? [] : [menuItem(step.icon, step.label, step.command, ...(step.args ?? []))];
  switch (state.kind) {
    case 'signingIn':
      return [
        {
          label: `$(close) ${vscode.l10n.t('Cancel Sign-In')}`,
          run: () => session.cancelSignIn(),
        },
      ];
    case 'signedOut':
      return first;
    case 'environment':
      return state.failure === undefined ? [...own, ...signedInItems(ui, state.kind)] : first;
    default:
      return [...first, ...own, ...signedInItems(ui, state.kind)];
  }
}

function signedInItems({ signIn, signOut }: RealmLabels, kind: SessionState['kind']): MenuItem[] {
  const label =
    kind === 'environment'
      ? vscode.l10n.t('Sign In with a Key')
      : vscode.l10n.t('Sign In with Another Key');
  return [
    ...(kind === 'rejected' ? [] : [menuItem('key', label, signIn)]),
    menuItem('sign-out', vscode.l10n.t('Sign Out'), signOut),
  ];
}

function commonItems(): MenuItem[] {
  return [
    separator(''),
    {
      label: `$(gear) ${vscode.l10n.t('Settings')}`,
      run: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', '@ext:i99dash.i99dash'),
    },
    menuItem('clippy', vscode.l10n.t('Copy Diagnostics'), 'i99dash.copyDiagnostics'),
    menuItem('output', vscode.l10n.t('Show Log'), 'i99dash.showLog'),
  ];
}
