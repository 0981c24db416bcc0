import * as vscode from 'vscode';
import { toReviewState } from '../../core/apps/reviewState';
import { formatNumber, plural } from '../../core/text/l10n';
import type { ByteRate } from '../../core/text/formatBytes';
import { formatBytes, formatInUnit, chooseUnit } from '../../core/text/formatBytes';
import { getKind } from '../../core/projectKind';
import type { PublishResult } from '../../core/publish/publish';
import type { Progress, Stage } from '../../core/publish/stages';
import { appPage } from '../../core/api/webConsole';
import { plainText } from '../ui/plainText';
import type { PublishReport } from './publishContext';
import { reviewName } from '../apps/reviewName';
import { runCommand } from '../ui/runCommand';
import { settings } from '../settings';

/**
 * Describes the progress of a publish: the stage, files or bytes, and the speed.
 * @param rate measures the speed
 */
export function describeProgress({ stage, done, total }: Progress, rate: ByteRate): string {
  const name = stageName(stage);
  if (done === undefined || total === undefined) {
    return name;
  }
  if (stage !== 'upload') {
    return plural(
      total,
      { one: '{1}: {2} of {0} file', other: '{1}: {2} of {0} files' },
      name,
      formatNumber(done),
    );
  }
  const amount = vscode.l10n.t(
    '{0}: {1} of {2}',
    name,
    formatInUnit(done, chooseUnit(total)),
    formatBytes(total),
  );
  const speed = rate.update(done);
  return speed === undefined || done === total
    ? amount
    : vscode.l10n.t('{0}, {1}/s', amount, formatBytes(speed));
}

function stageName(stage: Stage): string {
  switch (stage) {
    case 'validate':
      return vscode.l10n.t('Validating');
    case 'build':
      return vscode.l10n.t('Building');
    case 'pack':
      return vscode.l10n.t('Packing');
    case 'confirm':
      return vscode.l10n.t('Waiting for your answer');
    case 'upload':
      return vscode.l10n.t('Uploading');
    case 'submit':
      return vscode.l10n.t('Submitting');
    case 'promote':
      return vscode.l10n.t('Promoting to beta');
  }
}

interface ResultButton {
  label: string;
  run: () => unknown;
}

/** Shows the result in a notification. Does not wait for an answer. */
export function showResult(report: PublishReport): void {
  const { result, publishNext } = report;
  const buttons = resultButtons(report);
  const labels = buttons.map(({ label }) => label);
  const text = plainText(describeResult(result));
  const warnings = result.dryRun ? plainText(describeWarnings(report)) : '';
  const doubts = publishNext === undefined ? warnings : whyNotNew(report);
  const shown =
    doubts === ''
      ? vscode.window.showInformationMessage(text, ...labels)
      : vscode.window.showWarningMessage(vscode.l10n.t('{0} {1}', text, doubts), ...labels);
  void shown.then((picked) => buttons.find(({ label }) => label === picked)?.run());
}

function resultButtons({ result, publishNext }: PublishReport): ResultButton[] {
  const { appId, sha256, dryRun } = result;
  const { isListed } = getKind(result.kind);
  const copyHash: ResultButton = {
    label: vscode.l10n.t('Copy Bundle Hash'),
    run: () => vscode.env.clipboard.writeText(sha256),
  };
  if (dryRun) {
    return [copyHash];
  }
  const showStatus: ResultButton = {
    label: vscode.l10n.t('Show Status'),
    run: () => runCommand('i99dash.status', { appId }),
  };
  const webConsole = settings.webConsoleUrl();
  const openConsole: ResultButton = {
    label: vscode.l10n.t('Open in Web Console'),
    run: () =>
      vscode.env.openExternal(vscode.Uri.parse(isListed ? appPage(webConsole, appId) : webConsole)),
  };
  if (!isListed) {
    return [openConsole, copyHash];
  }
  return publishNext === undefined
    ? [showStatus, openConsole, copyHash]
    : [{ label: vscode.l10n.t('Bump and Publish'), run: publishNext }, showStatus, copyHash];
}

/** Describes the warnings of a dry run, which has no confirmation to list them; '' for none. */
function describeWarnings({ problems }: PublishReport): string {
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  const [first] = warnings;
  return first === undefined
    ? ''
    : plural(
        warnings.length,
        { one: '{0} warning: {1}.', other: '{0} warnings, such as: {1}.' },
        first.message,
      );
}

/** Explains why publishing a version that is not new may have no effect. */
export function whyNotNew({ result, problems }: PublishReport): string {
  const version = plainText(result.version);
  return problems.some(({ rule }) => rule === 'version.lower')
    ? vscode.l10n.t('{0} is lower than the latest published version.', version)
    : vscode.l10n.t("{0} had already been submitted. Devices that have it won't update.", version);
}

/** Describes the result in a sentence. */
export function describeResult(result: PublishResult): string {
  const { appId, version, track, dryRun, fileCount, size } = result;
  if (dryRun) {
    return plural(
      fileCount,
      {
        one: '{1} {2} would be sent: {0} file, {3} packed.',
        other: '{1} {2} would be sent: {0} files, {3} packed.',
      },
      appId,
      version,
      formatBytes(size),
    );
  }
  return track === 'beta' ? describeBeta(result) : describeSubmission(result);
}

function describeBeta({ appId, version, reviewStatus = 'pending' }: PublishResult): string {
  return isInReview(reviewStatus)
    ? vscode.l10n.t('{0} {1} was submitted for review and is the beta now.', appId, version)
    : vscode.l10n.t(
        '{0} {1} was submitted and is the beta now. Review: {2}.',
        appId,
        version,
        reviewName(reviewStatus),
      );
}

function describeSubmission({ appId, version, reviewStatus = 'pending' }: PublishResult): string {
  if (isInReview(reviewStatus)) {
    return vscode.l10n.t('{0} {1} was submitted for review.', appId, version);
  }
  return reviewStatus === 'auto-approved'
    ? vscode.l10n.t('{0} {1} was published: approved without a review.', appId, version)
    : vscode.l10n.t(
        '{0} {1} was submitted. Review: {2}.',
        appId,
        version,
        reviewName(reviewStatus),
      );
}

function isInReview(status: string): boolean {
  return toReviewState(status) === 'inReview';
}
