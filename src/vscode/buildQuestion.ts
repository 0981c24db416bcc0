import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Call } from '../core/consent';
import { I99dashError } from '../core/errors';
import { abbreviateHome } from '../core/homePath';
import { CONFIG_FILE } from '../core/miniAppFolder';
import { oneLine } from '../core/oneLine';
import type { ProcessRunner } from '../core/ports';
import { readRunText, type RunText } from '../core/publish/packageScripts';
import type { Project } from '../core/publish/project';
import { readableCommand, wrapCommand } from '../core/publish/readableCommand';
import { answered } from './ask';
import { confirmModal } from './consent';
import { plainText } from './plainText';

/** Characters of a command and its scripts that a dialog has room for. */
const MAX_IN_DIALOG = 600;
/** Where the workspace keeps which builds may run: folder → SHA-256 of what they run. */
const ALLOWED_BUILDS = 'i99dash.allowedBuilds';
/** Of the document that shows a command which is longer. */
const SCHEME = 'i99dash-build-command';

/** A mini-app's build, as its configuration has it. */
type Build = Pick<Project, 'folder' | 'buildCommand'>;

/** Who asks for a build, and what is remembered. */
export interface BuildRequest {
  call: Call;
  /** Of the workspace. */
  memory: vscode.Memento;
  /** The folder is outside the workspace. */
  isOutside: boolean;
}

/** What a person has agreed to; undefined where there is no build, or where nobody had to be asked. */
export type BuildAgreement = string | undefined;

/**
 * Asks before a build runs whose text was not agreed to in this folder: the command line, or a package script that it runs. A build of an
 * agent, of a folder outside the workspace, or of which not every script is known is asked about each time. It can be agreed to only where
 * the whole of it was to be seen.
 * @param agreed what was agreed to for this very publish
 * @throws CancelledError
 */
export async function agreeToBuild(
  { folder, buildCommand }: Build,
  request: BuildRequest,
  agreed?: BuildAgreement,
): Promise<BuildAgreement> {
  const { call, memory, isOutside } = request;
  if (buildCommand === undefined || call.confirmed) {
    return undefined;
  }
  const text = await readRunText(buildCommand, folder);
  const now = digest(text);
  const allowed = memory.get<Record<string, string>>(ALLOWED_BUILDS, {});
  const asksAlways = call.caller === 'agent' || isOutside || !text.isComplete;
  if (agreed === now || (allowed[folder] === now && !asksAlways)) {
    return now;
  }
  const readable = readableText(text, folder);
  const about = { folder, asksAlways, isOutside, isComplete: text.isComplete };
  await (readable.length > MAX_IN_DIALOG
    ? askInEditor(call, about, text, readable)
    : askInDialog(call, about, readable));
  if (!isOutside) {
    const known = memory.get<Record<string, string>>(ALLOWED_BUILDS, {});
    await memory.update(ALLOWED_BUILDS, { ...known, [folder]: now });
  }
  return now;
}

/** Runs a build only while its text is the one that was agreed to: it may have waited, and somebody else may write the files. */
export function runAgreed(runner: ProcessRunner, agreed: BuildAgreement): ProcessRunner {
  return {
    run: async (options) => {
      const { commandLine, cwd } = options;
      if (agreed !== undefined && digest(await readRunText(commandLine, cwd)) !== agreed) {
        throw new I99dashError(
          'VALIDATION_FAILED',
          vscode.l10n.t(
            'The build of {0} changed after it was agreed to, and did not run. Start again.',
            oneLine(basename(cwd)),
          ),
        );
      }
      return runner.run(options);
    },
  };
}

interface About {
  folder: string;
  asksAlways: boolean;
  isOutside: boolean;
  isComplete: boolean;
}

/** The command, and below it each script by its name. No script can pass for a line of another one. */
function readableText({ commandLine, scripts }: RunText, folder: string): string {
  const lines = scripts.map(({ file, name, text }) => {
    const place = dirname(file) === folder ? '' : ` (${oneLine(abbreviateHome(file))})`;
    return `• ${readableCommand(name)}${place}: ${readableCommand(text)}`;
  });
  return [readableCommand(commandLine), ...lines].join('\n');
}

/** @throws CancelledError */
async function askInDialog(call: Call, about: About, text: string): Promise<void> {
  const buttons = [vscode.l10n.t('Run Build')] as const;
  await confirmModal(call, { message: question(about), detail: detailOf(about, text), buttons });
}

/** A dialog has no room: the text is in an editor, and the question beside it. @throws CancelledError */
async function askInEditor(call: Call, about: About, text: RunText, whole: string): Promise<void> {
  const beginning = vscode.l10n.t(
    '{0} … and {1} more characters',
    whole.slice(0, MAX_IN_DIALOG),
    whole.length - MAX_IN_DIALOG,
  );
  const message = question(about);
  await confirmModal(call, {
    message,
    detail: detailOf(about, beginning),
    buttons: [vscode.l10n.t('Show the Whole Command')],
  });
  const content = whole
    .split('\n')
    .map((line) => wrapCommand(line))
    .join('\n\n');
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: () => content,
  });
  try {
    const path = `/${digest(text)}/${vscode.l10n.t('build command')}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    await vscode.window.showTextDocument(uri, { preview: true });
    const run = vscode.l10n.t('Run Build');
    const told = vscode.l10n.t('{0} The whole command is in the editor.', message);
    answered(await vscode.window.showWarningMessage(told, run));
  } finally {
    provider.dispose();
  }
}

function question({ folder }: About): string {
  return plainText(vscode.l10n.t('Run the build of {0}?', oneLine(basename(folder))));
}

function detailOf({ folder, asksAlways, isOutside, isComplete }: About, text: string): string[] {
  const place = oneLine(abbreviateHome(folder));
  return [
    text,
    '',
    vscode.l10n.t('{0} runs this command in {1}.', CONFIG_FILE, place),
    ...(isOutside ? [vscode.l10n.t('This folder is outside the workspace.')] : []),
    ...(isComplete
      ? []
      : [vscode.l10n.t('It also runs scripts of other packages, which are not shown here.')]),
    asksAlways
      ? vscode.l10n.t('You are asked each time.')
      : vscode.l10n.t("You'll be asked again only if this text changes."),
  ];
}

function digest({ commandLine, scripts, isComplete }: RunText): string {
  const text = scripts.length === 0 ? commandLine : JSON.stringify([commandLine, scripts]);
  return createHash('sha256')
    .update(isComplete ? text : `${text}*`)
    .digest('hex');
}
