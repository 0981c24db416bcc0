import * as vscode from 'vscode';
import type { Realm } from '../../core/realm';
import type { CommandId } from '../commands/commandIds';

/** Labels, commands and status bar settings of a realm. */
export interface RealmLabels {
  readonly label: string;
  readonly signIn: CommandId;
  readonly signOut: CommandId;
  readonly unlock: CommandId;
  readonly showAccountMenu: CommandId;
  /** Id of the status bar item. */
  readonly itemId: string;
  /** Priority of the status bar item: higher values are further left. */
  readonly priority: number;
  /** Returns the label of an account id. */
  readonly idName: () => string;
  /** Returns the text that says why to sign in. */
  readonly invitation: () => string;
}

const developerUi: RealmLabels = {
  label: 'i99dash',
  signIn: 'i99dash.signIn',
  signOut: 'i99dash.signOut',
  unlock: 'i99dash.unlock',
  showAccountMenu: 'i99dash.showAccountMenu',
  itemId: 'i99dash.identity',
  priority: 50,
  idName: () => vscode.l10n.t('Developer id'),
  invitation: () => vscode.l10n.t('Sign in with your SSH key to publish mini-apps.'),
};

const operatorUi: RealmLabels = {
  label: 'i99op',
  signIn: 'i99op.signIn',
  signOut: 'i99op.signOut',
  unlock: 'i99op.unlock',
  showAccountMenu: 'i99op.showAccountMenu',
  itemId: 'i99op.identity',
  priority: 49,
  idName: () => vscode.l10n.t('Operator id'),
  invitation: () => vscode.l10n.t('Sign in with your SSH key to see your wallet.'),
};

/** Returns the labels of a realm. */
export function realmLabels({ id }: Pick<Realm, 'id'>): RealmLabels {
  return id === 'i99op' ? operatorUi : developerUi;
}

/** Returns the labels of the realm that a command belongs to. */
export function labelsForCommand(command: CommandId): RealmLabels {
  return command.startsWith('i99op.') ? operatorUi : developerUi;
}
