import * as vscode from 'vscode';
import type { ReviewDecision } from '../../core/apps/reviewPoller';
import { appPage } from '../../core/api/webConsole';
import { plainText } from '../ui/plainText';
import { runCommand } from '../ui/runCommand';
import { settings } from '../settings';

/** Shows the decision of a review in a notification. Does not wait for an answer. */
export function showReviewDecision(decision: ReviewDecision): void {
  const status = vscode.l10n.t('Show Status');
  const console = vscode.l10n.t('Open in Web Console');
  const { showInformationMessage, showWarningMessage } = vscode.window;
  const show = decision.state === 'approved' ? showInformationMessage : showWarningMessage;
  void show(plainText(describeDecision(decision)), status, console).then((picked) => {
    const { appId } = decision;
    if (picked === status) {
      return runCommand('i99dash.status', { appId });
    }
    const page = vscode.Uri.parse(appPage(settings.webConsoleUrl(), appId));
    return picked === console ? vscode.env.openExternal(page) : undefined;
  });
}

function describeDecision({ appId, version, state, reason }: ReviewDecision): string {
  const name = version === undefined ? appId : `${appId} ${version}`;
  if (state === 'approved') {
    return vscode.l10n.t('{0} was approved.', name);
  }
  return reason === undefined
    ? vscode.l10n.t('{0} was rejected.', name)
    : vscode.l10n.t('{0} was rejected: {1}', name, reason);
}
