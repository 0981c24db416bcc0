import * as vscode from 'vscode';
import type { KeyPurpose } from '../../core/api/sshKeys';
import { accountLabel, type Account } from '../../core/identity';
import { sanitizeLine } from '../../core/text/sanitizeLine';

/** A pending registration of a key with an account. */
export interface Registration {
  fingerprint: string;
  name: string;
  purpose: KeyPurpose;
  account: Account;
  backendUrl: string;
}

/** Returns the lines that each confirmation of a registration contains. */
export function registrationLines(registration: Registration): string[] {
  const { fingerprint, name, purpose, account, backendUrl } = registration;
  return [
    // No label, because the line would be too long for the dialog.
    fingerprint,
    vscode.l10n.t('Name: {0}', sanitizeLine(name)),
    vscode.l10n.t('Purpose: {0}', describePurpose(purpose)),
    vscode.l10n.t('Account: {0}', sanitizeLine(accountLabel(account))),
    vscode.l10n.t('Backend: {0}', backendUrl),
  ];
}

function describePurpose(purpose: KeyPurpose): string {
  return purpose === 'attest'
    ? vscode.l10n.t('native apps only (attest)')
    : vscode.l10n.t('login (sign in as you)');
}
