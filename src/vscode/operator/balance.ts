import * as vscode from 'vscode';
import { textLanguage } from '../../core/text/l10n';
import { formatBalance, isLow, type Balance } from '../../core/operator/wallet';
import type { WalletWatch } from '../../core/operator/walletWatch';
import type { TokenSource } from '../../core/platform/interfaces';
import { menuItem, type MenuItem } from '../session/accountMenu';
import type { Badge } from '../session/identityHover';
import { withDelayedProgress } from '../ui/progress';
import { settings } from '../settings';

/**
 * Loads and shows the balance. If it is low, the message is a warning.
 * @throws CancelledError and the errors of the API client
 */
export async function showBalance(wallet: WalletWatch, tokens: TokenSource): Promise<Balance> {
  const balance = await withDelayedProgress(vscode.l10n.t('Asking for the balance…'), (signal) =>
    wallet.fetch(tokens, signal),
  );
  const text = formatForUser(balance);
  const topUp = vscode.l10n.t('Top Up');
  const shown = isLow(balance)
    ? vscode.window.showWarningMessage(
        vscode.l10n.t('Your operator wallet is low: {0}.', text),
        topUp,
      )
    : vscode.window.showInformationMessage(
        vscode.l10n.t('Your operator wallet holds {0}.', text),
        topUp,
      );
  void shown.then((picked) => (picked === topUp ? openTopUp() : undefined));
  return balance;
}

/** Returns the menu items for operators. */
export function operatorItems(): MenuItem[] {
  return [
    menuItem('credit-card', vscode.l10n.t('Wallet Balance'), 'i99op.balance'),
    { label: `$(link-external) ${vscode.l10n.t('Top Up in the Web Console')}`, run: openTopUp },
    menuItem('list-unordered', vscode.l10n.t('SSH Keys'), 'i99op.listKeys'),
    menuItem('info', vscode.l10n.t('Show Configuration'), 'i99op.showConfig'),
  ];
}

/** Returns the balance for the status bar, or undefined if it is not known. */
export function balanceBadge(balance: Balance | undefined): Badge | undefined {
  if (balance === undefined) {
    return undefined;
  }
  const text = formatForUser(balance);
  const isWarning = isLow(balance);
  return {
    text,
    isWarning,
    icon: isWarning ? 'warning' : 'credit-card',
    accessibilityLabel: isWarning
      ? vscode.l10n.t('i99op: the wallet is low, {0}', text)
      : vscode.l10n.t('i99op: the wallet holds {0}', text),
    rows: [[vscode.l10n.t('Wallet'), isWarning ? vscode.l10n.t('{0}, which is low', text) : text]],
    links: [{ label: vscode.l10n.t('Wallet Balance'), command: 'i99op.balance' }],
  };
}

function formatForUser(balance: Balance): string {
  return formatBalance(balance, textLanguage());
}

/**
 * Opens the web console. The URL of the top-up page is not documented, but the console links to it.
 */
function openTopUp(): Thenable<boolean> {
  return vscode.env.openExternal(vscode.Uri.parse(settings.webConsoleUrl()));
}
