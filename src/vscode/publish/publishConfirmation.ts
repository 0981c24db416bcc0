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

/** The maximum number of warnings in the confirmation. */
const MAX_WARNINGS = 5;
/** The maximum length of the release notes in the confirmation, in characters. */
const MAX_NOTES = 1_000;

/** Rules that report a version that is not new. */
const NOT_NEW = ['version.published', 'version.lower'];

/** Where the bundle is sent, and by which account. */
export interface Destination {
  backendUrl: string;
  /** The display name of the signed-in account. */
  who: string;
  /** The release notes for testers, if known. */
  releaseNotes?: string;
  /**
   * The publisher who first published the app from this computer, if the account or the backend
   * differs.
   */
  otherPublisher?: Publisher;
  /** The folder of the app if it is outside the workspace. */
  folder?: string;
  /** Whether the user skipped the build of the app's `publish` script. */
  isUnbuilt?: boolean;
}

/**
 * Asks for confirmation, and shows what is sent, where, and by whom.
 * @param next the version bump to offer instead
 * @returns whether to publish this version or to bump it first
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

/** Lists what looks suspicious: a different publisher, or a folder outside the workspace. */
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

/** Describes the number of files, and the folder that they come from. */
function describeFiles(project: Project, count: number): string {
  const folder = pathInProject(project, packedFolder(project));
  return plural(count, { one: '{0} file from {1}', other: '{0} files from {1}' }, folder);
}

/** Describes a track and who receives its builds. */
export function describeTrack(track: Track): string {
  return track === 'beta'
    ? vscode.l10n.t('beta (your testers; and to review)')
    : vscode.l10n.t('production (to review, then to everybody)');
}

/** Lists the warnings, and whether the version could not be compared. */
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

/** Returns the app's display name, in the user's language if available. */
export function appName({ id, name }: Manifest): string {
  const names: Readonly<Record<string, string>> = name;
  const language = vscode.env.language.slice(0, 2);
  return sanitizeLine(names[language] ?? names['en'] ?? Object.values(names)[0] ?? id);
}
