import { basename } from 'node:path';
import * as vscode from 'vscode';
import { plural } from '../../core/text/l10n';
import { abbreviateHome } from '../../core/platform/homePath';
import { MANIFEST_FILE } from '../../core/miniAppFolder';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { formatBytes } from '../../core/text/formatBytes';
import type { Manifest } from '../../core/publish/project/manifest';
import { packedFolder } from '../../core/publish/build/projectBuild';
import { pathInProject } from '../../core/publish/checks/buildOutput';
import type { Project } from '../../core/publish/project/project';
import type { Publisher } from '../../core/publish/firstPublishers';
import type { PublishPreview, Track } from '../../core/publish/publish';
import { confirmModal } from '../ui/ask';
import type { Bump } from './bumpVersion';

/** Warnings that the question lists in full. */
const MAX_WARNINGS = 5;
/** Characters of the release notes that the question shows. */
const MAX_NOTES = 1_000;

/** Rules that a version breaks which is not new. */
const NOT_NEW = ['version.published', 'version.lower'];

/** Whom the bundle goes to, and in whose name. */
export interface Destination {
  backendUrl: string;
  /** Who is signed in, as people read it. */
  who: string;
  /** What testers will read, where that is known. */
  releaseNotes?: string;
  /** Who published the app first from this computer, where it is another account or backend. */
  otherPublisher?: Publisher;
  /** Where the app lies, if outside the workspace. */
  folder?: string;
  /** The person left out the build of its `publish` script. */
  isUnbuilt?: boolean;
}

/**
 * Asks once everything is known: what is sent, where to, by whom.
 * @param next what to offer in place of this version
 * @returns whether this version is to be published, or the next one in its place
 * @throws CancelledError
 */
export async function askToPublish(
  prepared: PublishPreview,
  destination: Destination,
  next: Bump | undefined,
): Promise<'publish' | 'bump'> {
  const { manifest } = prepared.project;
  const isNew = !prepared.problems.some(({ rule }) => NOT_NEW.includes(rule));
  const publish = isNew ? vscode.l10n.t('Publish') : vscode.l10n.t('Publish Anyway');
  const bump = vscode.l10n.t('Bump and Publish');
  const buttons = next === undefined ? [publish] : [bump, publish];
  const warnings = [...doubtsAbout(destination), ...listWarnings(prepared, next)];
  const message = vscode.l10n.t('Publish {0} {1}?', manifest.id, sanitizeLine(manifest.version));
  const detail = [...facts(prepared, destination), ...warnings].join('\n');
  const answer = await confirmModal(message, detail, buttons, warnings.length === 0);
  return answer === bump ? 'bump' : 'publish';
}

/** What a person should look at who published this app before, or who did not open its folder. */
function doubtsAbout({ backendUrl, who, otherPublisher, folder }: Destination): string[] {
  return [
    ...(otherPublisher === undefined
      ? []
      : [
          '',
          vscode.l10n.t(
            '⚠ From this computer it was first published by {0} to {1}, not by {2} to {3}.',
            sanitizeLine(otherPublisher.account),
            sanitizeLine(otherPublisher.backendUrl),
            sanitizeLine(who),
            backendUrl,
          ),
        ]),
    ...(folder === undefined
      ? []
      : [
          '',
          vscode.l10n.t(
            '⚠ Its folder is outside the workspace: {0}',
            sanitizeLine(abbreviateHome(folder)),
          ),
        ]),
  ];
}

function facts(
  { project, track, size, fileCount }: PublishPreview,
  { backendUrl, who, releaseNotes, isUnbuilt }: Destination,
): string[] {
  return [
    vscode.l10n.t('Kind: {0}', vscode.l10n.t('mini-app')),
    vscode.l10n.t('App: {0}', appName(project.manifest)),
    vscode.l10n.t('Version: {0}', sanitizeLine(project.manifest.version)),
    vscode.l10n.t('Track: {0}', describeTrack(track)),
    vscode.l10n.t('Backend: {0}', backendUrl),
    vscode.l10n.t('Signed in as: {0}', sanitizeLine(who)),
    ...(isUnbuilt === true ? [vscode.l10n.t('Build: left out')] : []),
    vscode.l10n.t('Bundle: {0}, {1}', describeFiles(project, fileCount), formatBytes(size)),
    ...(releaseNotes === undefined
      ? []
      : [vscode.l10n.t('Release notes: {0}', sanitizeLine(releaseNotes, MAX_NOTES))]),
  ];
}

/** How many files are sent, and of which folder. */
function describeFiles(project: Project, count: number): string {
  const folder = pathInProject(project, packedFolder(project));
  return plural(count, { one: '{0} file from {1}', other: '{0} files from {1}' }, folder);
}

/** A track, and who gets what is published to it. */
export function describeTrack(track: Track): string {
  return track === 'beta'
    ? vscode.l10n.t('beta (your testers; and to review)')
    : vscode.l10n.t('production (to review, then to everybody)');
}

/** Everything that speaks against it, and that nobody could compare the versions. */
function listWarnings({ problems }: PublishPreview, next: Bump | undefined): string[] {
  const notes = problems.filter(({ rule }) => rule === 'version.not-compared');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  const listed = [...warnings, ...notes].slice(0, MAX_WARNINGS);
  const more = warnings.length + notes.length - listed.length;
  if (listed.length === 0) {
    return [];
  }
  return [
    '',
    ...listed.map(
      ({ file, range, message }) =>
        `⚠ ${sanitizeLine(message)} (${sanitizeLine(basename(file))}${range === undefined ? '' : `:${range.start.line + 1}`})`,
    ),
    ...(more > 0 ? [vscode.l10n.t('and {0} more, which the log has', more)] : []),
    ...(next === undefined
      ? []
      : [
          '',
          vscode.l10n.t(
            'Bump and Publish writes {0} into {1}, and publishes that.',
            sanitizeLine(next.version),
            [MANIFEST_FILE, ...next.pages.map(({ file }) => sanitizeLine(basename(file)))].join(
              ', ',
            ),
          ),
        ]),
  ];
}

/** The app's name for people, in their language where it has one. */
export function appName({ id, name }: Manifest): string {
  const names: Readonly<Record<string, string>> = name;
  const language = vscode.env.language.slice(0, 2);
  return sanitizeLine(names[language] ?? names['en'] ?? Object.values(names)[0] ?? id);
}
