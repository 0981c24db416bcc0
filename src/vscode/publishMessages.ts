import * as vscode from 'vscode';
import type { PublishResult } from '../core/publish/publish';
import type { Progress, Stage } from '../core/publish/stages';
import { appPage } from '../core/webConsole';
import { plainText } from './plainText';
import { settings } from './settings';

/** What the progress notification says. */
export function describeProgress({ stage, done, total }: Progress): string {
  const name = stageName(stage);
  if (done === undefined || total === undefined) {
    return name;
  }
  return stage === 'upload'
    ? vscode.l10n.t('{0}: {1} of {2} kB', name, toKb(done), toKb(total))
    : vscode.l10n.t('{0}: {1} of {2} files', name, done, total);
}

function stageName(stage: Stage): string {
  switch (stage) {
    case 'validate':
      return vscode.l10n.t('Validating');
    case 'build':
      return vscode.l10n.t('Building');
    case 'pack':
      return vscode.l10n.t('Packing');
    case 'upload':
      return vscode.l10n.t('Uploading');
    case 'submit':
      return vscode.l10n.t('Submitting');
    case 'promote':
      return vscode.l10n.t('Promoting to beta');
  }
}

function toKb(bytes: number): number {
  return Math.ceil(bytes / 1000);
}

/** Tells the outcome without holding up the command's result. */
export function tell(result: PublishResult): PublishResult {
  const openConsole = vscode.l10n.t('Open in Web Console');
  const buttons = result.dryRun ? [] : [openConsole];
  void vscode.window
    .showInformationMessage(plainText(describeResult(result)), ...buttons)
    .then((picked) =>
      picked === openConsole
        ? vscode.env.openExternal(vscode.Uri.parse(appPage(settings.webConsoleUrl(), result.appId)))
        : undefined,
    );
  return result;
}

function describeResult(result: PublishResult): string {
  const { appId, version, track, dryRun, reviewStatus = '', fileCount, size } = result;
  if (dryRun) {
    return vscode.l10n.t(
      '{0} {1} would be sent: {2} files, {3} kB packed.',
      appId,
      version,
      fileCount,
      toKb(size),
    );
  }
  if (track === 'beta') {
    return vscode.l10n.t(
      '{0} {1} was submitted and is the beta now. Review: {2}.',
      appId,
      version,
      reviewStatus,
    );
  }
  return reviewStatus === 'auto-approved'
    ? vscode.l10n.t('{0} {1} was published: approved without a review.', appId, version)
    : vscode.l10n.t('{0} {1} was submitted. Review: {2}.', appId, version, reviewStatus);
}
