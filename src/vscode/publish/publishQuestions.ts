import { basename, relative } from 'node:path';
import * as vscode from 'vscode';
import { I99dashError } from '../../core/errors';
import { accountLabel, type Identity } from '../../core/identity';
import { isInside } from '../../core/platform/paths';
import { abbreviateHome } from '../../core/platform/homePath';
import { packedFolder } from '../../core/publish/build/projectBuild';
import type { VersionBump } from '../../core/publish/checks/appVersion';
import { pathInProject } from '../../core/publish/checks/buildOutput';
import type { PublishableProject } from '../../core/publish/project/project';
import type { PublishDecision, PublishPreview, Track } from '../../core/publish/publish';
import { formatBytes } from '../../core/text/formatBytes';
import { plural } from '../../core/text/l10n';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { confirmModal, orCancel } from '../ui/ask';
import { showInput } from '../ui/pickers';
import { plainText } from '../ui/plainText';
import type { PublishRun } from './publishRun';

/** The maximum number of file names in a question. */
const MAX_NAMES = 8;
/** The maximum number of warnings in the confirmation. */
const MAX_WARNINGS = 5;
/** The maximum length of the release notes in the confirmation, in characters. */
const MAX_NOTES = 1_000;

/** Rules that report a version that is not new. */
const NOT_NEW = ['version.published', 'version.lower'];

/**
 * Saves the unsaved files of a project, because publishing reads from disk.
 * @param asks whether to ask first
 * @throws VALIDATION_FAILED if a file cannot be saved
 * @throws CancelledError
 */
export async function saveFiles(folder: string, asks: boolean): Promise<void> {
  const unsaved = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && isInside(uri.fsPath, folder),
  );
  if (unsaved.length === 0 || (asks && !(await wantsToSave(folder, unsaved)))) {
    return;
  }
  for (const document of unsaved) {
    if (!(await document.save())) {
      const name = relative(folder, document.uri.fsPath);
      throw new I99dashError('VALIDATION_FAILED', vscode.l10n.t('{0} could not be saved.', name), {
        file: document.uri.fsPath,
      });
    }
  }
}

async function wantsToSave(
  folder: string,
  unsaved: readonly vscode.TextDocument[],
): Promise<boolean> {
  const app = sanitizeLine(basename(folder));
  const names = unsaved.map(({ uri }) => sanitizeLine(relative(folder, uri.fsPath)));
  const more = names.length - MAX_NAMES;
  const save = vscode.l10n.t('Save and Continue');
  const skip = vscode.l10n.t("Don't Save");
  const answer = await vscode.window.showWarningMessage(
    plainText(
      names.length === 1
        ? vscode.l10n.t('{0} of {1} is not saved. Save it first?', names[0] ?? '', app)
        : plural(
            names.length,
            {
              one: '{0} file of {1} is not saved. Save it first?',
              other: '{0} files of {1} are not saved. Save them first?',
            },
            app,
          ),
    ),
    {
      modal: true,
      detail: [
        ...(names.length === 1 ? [] : names.slice(0, MAX_NAMES)),
        ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : []),
        vscode.l10n.t('What is on disk is what is published.'),
      ].join('\n'),
    },
    save,
    skip,
  );
  return orCancel(answer) === save;
}

/**
 * Asks for the release notes for beta testers.
 * @returns undefined if the user enters none
 * @throws CancelledError
 */
export async function askReleaseNotes({
  manifest,
}: PublishableProject): Promise<string | undefined> {
  const notes = await showInput({
    title: vscode.l10n.t('Publish {0} {1} to Beta', manifest.id, plainText(manifest.version)),
    prompt: vscode.l10n.t("What's new for testers? Press Enter to skip."),
    placeHolder: vscode.l10n.t('Release notes (optional)'),
    ignoreFocusOut: true,
  });
  const text = orCancel(notes).trim();
  return text === '' ? undefined : text;
}

/**
 * Asks for confirmation, and shows what is sent, where, and by whom.
 * @param bump the version bump to offer instead
 * @throws CancelledError
 */
export async function askToPublish(
  run: PublishRun,
  identity: Identity,
  preview: PublishPreview,
  bump: VersionBump | undefined,
): Promise<PublishDecision> {
  const { manifest } = preview.project;
  const isNew = !preview.problems.some(({ rule }) => NOT_NEW.includes(rule));
  const publish = isNew ? vscode.l10n.t('Publish') : vscode.l10n.t('Publish Anyway');
  const bumpFirst = vscode.l10n.t('Bump and Publish');
  const buttons = bump === undefined ? [publish] : [bumpFirst, publish];
  const who = accountLabel(identity);
  const warnings = [...listDoubts(run, who), ...listWarnings(preview, bump)];
  const message = vscode.l10n.t('Publish {0} {1}?', manifest.id, sanitizeLine(manifest.version));
  const detail = [...listFacts(run, who, preview), ...warnings].join('\n');
  const answer = await confirmModal(message, detail, buttons, warnings.length === 0);
  return answer === bumpFirst && bump !== undefined ? bump : 'publish';
}

/** Lists what looks suspicious: a different publisher, or a folder outside the workspace. */
function listDoubts(
  { backendUrl, otherPublisher, isOutside, project }: PublishRun,
  who: string,
): string[] {
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
    ...(isOutside
      ? [
          '',
          vscode.l10n.t(
            '⚠ Its folder is outside the workspace: {0}',
            sanitizeLine(abbreviateHome(project.folder)),
          ),
        ]
      : []),
  ];
}

function listFacts(
  { backendUrl, options: { releaseNotes }, agreed }: PublishRun,
  who: string,
  { project, track, size, fileCount }: PublishPreview,
): string[] {
  return [
    vscode.l10n.t('Kind: {0}', project.kind.name()),
    vscode.l10n.t('App: {0}', appName(project.manifest)),
    vscode.l10n.t('Version: {0}', sanitizeLine(project.manifest.version)),
    vscode.l10n.t('Track: {0}', describeTrack(track)),
    vscode.l10n.t('Backend: {0}', backendUrl),
    vscode.l10n.t('Signed in as: {0}', sanitizeLine(who)),
    ...(project.isBuilt === true
      ? [vscode.l10n.t('Built folder: {0}', sanitizeLine(abbreviateHome(project.appRoot)))]
      : []),
    ...(agreed?.runs === false ? [vscode.l10n.t('Build: left out')] : []),
    vscode.l10n.t('Bundle: {0}, {1}', describeFiles(project, fileCount), formatBytes(size)),
    ...(releaseNotes === undefined
      ? []
      : [vscode.l10n.t('Release notes: {0}', sanitizeLine(releaseNotes, MAX_NOTES))]),
  ];
}

/** Describes the number of files, and the folder in the project that they come from. */
function describeFiles(project: PublishableProject, count: number): string {
  const packed = packedFolder(project);
  if (packed === project.folder) {
    return plural(count, { one: '{0} file', other: '{0} files' });
  }
  const folder = pathInProject(project, packed);
  return plural(count, { one: '{0} file from {1}', other: '{0} files from {1}' }, folder);
}

/** Describes a track and who receives its builds. */
export function describeTrack(track: Track): string {
  return track === 'beta'
    ? vscode.l10n.t('beta (your testers; and to review)')
    : vscode.l10n.t('production (to review, then to everybody)');
}

/** Lists the warnings, and whether the version could not be compared. */
function listWarnings(
  { problems, project }: PublishPreview,
  bump: VersionBump | undefined,
): string[] {
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
    ...(bump === undefined
      ? []
      : [
          '',
          vscode.l10n.t(
            'Bump and Publish writes {0} into {1}, and publishes that.',
            sanitizeLine(bump.version),
            [
              project.kind.manifestFile,
              ...bump.pages.map(({ file }) => sanitizeLine(basename(file))),
            ].join(', '),
          ),
        ]),
  ];
}

/** Returns the app's display name, in the user's language if available. */
export function appName({ id, name }: PublishableProject['manifest']): string {
  const names: Readonly<Record<string, string>> = name;
  const language = vscode.env.language.slice(0, 2);
  return sanitizeLine(names[language] ?? names['en'] ?? Object.values(names)[0] ?? id);
}
