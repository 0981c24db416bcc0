import * as vscode from 'vscode';
import type { AppRow, BetaRow } from '../../core/apps/appRows';
import type { Tester } from '../../core/api/testers';
import { exactTime, timeAgo } from '../../core/text/timeAgo';
import { plural, textLanguage } from '../../core/text/l10n';
import type { ProblemCount } from './appProblems';

/** A line below an app. */
export interface AppDetail {
  id: 'reason' | 'problems' | 'versions' | 'beta' | 'published' | 'submitted';
  /** The name of a codicon. */
  icon: string;
  label: string;
  /** The description beside the label. */
  facts: readonly string[];
  /** All of it as plain text: the tooltip, and the text for screen readers. */
  tooltip: string;
  /** The testers to list below it. */
  testers?: readonly Tester[];
}

/**
 * Lists the details of an app besides its state.
 * @param now milliseconds since the epoch
 */
export function listAppDetails(row: AppRow, now: number, problems: ProblemCount): AppDetail[] {
  const found = [detailReason(row), detailProblems(problems), detailVersions(row), detailBeta(row)];
  return [...found, detailPublished(row, now), detailSubmitted(row, now)].filter(
    (fact) => fact !== undefined,
  );
}

function detailProblems({ errors, warnings }: ProblemCount): AppDetail | undefined {
  const facts = [
    ...(errors === 0 ? [] : [plural(errors, { one: '{0} error', other: '{0} errors' })]),
    ...(warnings === 0 ? [] : [plural(warnings, { one: '{0} warning', other: '{0} warnings' })]),
  ];
  if (facts.length === 0) {
    return undefined;
  }
  const label = vscode.l10n.t('Problems');
  return {
    id: 'problems',
    icon: errors > 0 ? 'error' : 'warning',
    label,
    facts,
    tooltip: vscode.l10n.t('{0}: {1}', label, inSentence(facts)),
  };
}

function detailReason({ review, rejectionReason }: AppRow): AppDetail | undefined {
  if (review !== 'rejected') {
    return undefined;
  }
  const reason = rejectionReason ?? vscode.l10n.t('No reason was given.');
  return {
    id: 'reason',
    icon: 'comment',
    label: reason,
    facts: [],
    tooltip: vscode.l10n.t('Rejected: {0}', reason),
  };
}

function detailVersions({ latestVersion, local }: AppRow): AppDetail | undefined {
  const latest = latestVersion === null ? [] : [vscode.l10n.t('latest {0}', latestVersion)];
  const here = typeof local?.version === 'string' ? [vscode.l10n.t('here {0}', local.version)] : [];
  const facts = [...latest, ...here];
  if (facts.length === 0) {
    return undefined;
  }
  const label = vscode.l10n.t('Version');
  return {
    id: 'versions',
    icon: 'versions',
    label,
    facts,
    tooltip: vscode.l10n.t('{0}: {1}', label, inSentence(facts)),
  };
}

function detailBeta({ beta }: AppRow): AppDetail | undefined {
  if (beta === undefined) {
    return undefined;
  }
  const label = vscode.l10n.t('Beta');
  const facts = [beta.version ?? '', daysLeft(beta), testers(beta)];
  const more = inSentence(facts);
  const expires = beta.expiresAt === undefined ? NaN : Date.parse(beta.expiresAt);
  const tooltip = Number.isNaN(expires)
    ? vscode.l10n.t('Beta: {0}.', more)
    : vscode.l10n.t('Beta: {0}. Expires {1}.', more, exactTime(expires, textLanguage()));
  const { roster } = beta;
  const detail = { id: 'beta' as const, icon: 'beaker', label, facts, tooltip };
  return roster === undefined ? detail : { ...detail, testers: roster };
}

function daysLeft({ daysLeft: days }: BetaRow): string {
  if (days === undefined) {
    return '';
  }
  return plural(days, { one: '{0} day left', other: '{0} days left' });
}

function testers({ testers: known }: BetaRow): string {
  return known === undefined ? '' : vscode.l10n.t('{0} of {1} testers', known.count, known.cap);
}

function detailPublished({ lastPublishedAt }: AppRow, now: number): AppDetail | undefined {
  const at = lastPublishedAt === undefined ? NaN : Date.parse(lastPublishedAt);
  if (Number.isNaN(at)) {
    return undefined;
  }
  const language = textLanguage();
  const label = vscode.l10n.t('Last published');
  return {
    id: 'published',
    icon: 'history',
    label,
    facts: [timeAgo(at, now, language)],
    tooltip: vscode.l10n.t('{0}: {1}', label, exactTime(at, language)),
  };
}

function detailSubmitted({ local }: AppRow, now: number): AppDetail | undefined {
  const { version = '', submittedAt = '' } = local?.lastSubmission ?? {};
  const at = Date.parse(submittedAt);
  if (Number.isNaN(at)) {
    return undefined;
  }
  const language = textLanguage();
  const label = vscode.l10n.t('Submitted');
  return {
    id: 'submitted',
    icon: 'history',
    label,
    facts: [version, timeAgo(at, now, language)],
    tooltip: vscode.l10n.t(
      'Last submitted from this computer: {0}',
      inSentence([version, exactTime(at, language)]),
    ),
  };
}

/** Joins facts with a localized separator, because the text may run from right to left. */
function inSentence(facts: readonly string[]): string {
  return facts
    .filter((fact) => fact !== '')
    .reduce((before, fact) => vscode.l10n.t('{0} · {1}', before, fact));
}
