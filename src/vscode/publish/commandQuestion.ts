import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../../core/platform/paths';
import type { Call } from '../../core/consent';
import { abbreviateHome } from '../../core/platform/homePath';
import { readableCommand, wrapCommand } from '../../core/publish/build/readableCommand';
import type { RunText } from '../../core/publish/project/packageScripts';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { orCancel } from '../ui/ask';
import { confirmGuarded } from '../ui/consent';
import { plainText } from '../ui/plainText';

/** The maximum length of a command and its scripts in a dialog, in characters. */
const MAX_IN_DIALOG = 600;
/** The URI scheme of the document that shows a long command. */
const SCHEME = 'i99dash-build-command';

/** A question whether a command line of a project may run. */
interface CommandQuestion {
  message: string;
  text: RunText;
  /** The folder in which it runs. */
  folder: string;
  /** What runs the command, and where. */
  origin: string;
  /** The first one runs the command. */
  buttons: readonly [string, ...string[]];
  isOutside: boolean;
  asksAlways: boolean;
}

/**
 * Asks whether a command line may run. Shows its whole text, which consent is about.
 * @returns the button that the user pressed
 * @throws CancelledError
 */
export async function askToRun(call: Call, question: CommandQuestion): Promise<string> {
  const { text, folder, buttons } = question;
  const message = plainText(question.message);
  const whole = readableText(text, folder);
  const ask = (shown: string): Promise<string> =>
    confirmGuarded(call, { message, detail: describe(question, shown), buttons });
  if (whole.length <= MAX_IN_DIALOG) {
    return ask(whole);
  }
  return withTextInEditor(digestRunText(text), whole, async () => {
    const next = vscode.l10n.t('Continue…');
    const told = vscode.l10n.t('{0} The whole command is in the editor.', message);
    orCancel(await vscode.window.showWarningMessage(told, next));
    const more = whole.length - MAX_IN_DIALOG;
    const beginning = whole.slice(0, MAX_IN_DIALOG);
    const shown = vscode.l10n.t('{0} … and {1} more characters', beginning, more);
    return ask([shown, vscode.l10n.t('The whole command is in the editor.')].join('\n'));
  });
}

/**
 * Returns a hash of the text that consent is about.
 * @param origin distinguishes commands with the same text that run in other ways
 */
export function digestRunText({ commandLine, scripts, isComplete }: RunText, origin = ''): string {
  const text = scripts.length === 0 ? commandLine : JSON.stringify([commandLine, scripts]);
  return createHash('sha256')
    .update(origin + (isComplete ? text : `${text}*`))
    .digest('hex');
}

/**
 * Formats the command, followed by each script with its name. A script cannot imitate the line of
 * another script.
 */
function readableText({ commandLine, scripts }: RunText, folder: string): string {
  const lines = scripts.map(({ file, name, text }) => {
    const place = isSamePath(dirname(file), folder)
      ? ''
      : ` (${sanitizeLine(abbreviateHome(file))})`;
    return `• ${readableCommand(name)}${place}: ${readableCommand(text)}`;
  });
  return [readableCommand(commandLine), ...lines].join('\n');
}

function describe({ text, origin, isOutside, asksAlways }: CommandQuestion, shown: string) {
  return [
    shown,
    '',
    origin,
    ...(isOutside ? [vscode.l10n.t('This folder is outside the workspace.')] : []),
    ...(text.isComplete
      ? []
      : [vscode.l10n.t('It also runs scripts of other packages, which are not shown here.')]),
    asksAlways
      ? vscode.l10n.t('You are asked each time.')
      : vscode.l10n.t("You'll be asked again only if this text changes."),
  ];
}

/**
 * Shows a text that is too long for a dialog in an editor while the user is asked.
 * @param name a unique name of the text
 */
async function withTextInEditor<T>(name: string, whole: string, ask: () => Promise<T>): Promise<T> {
  const content = whole
    .split('\n')
    .map((line) => wrapCommand(line))
    .join('\n\n');
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: () => content,
  });
  try {
    const path = `/${name}/${vscode.l10n.t('build command')}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    await vscode.window.showTextDocument(uri, { preview: true });
    return await ask();
  } finally {
    provider.dispose();
  }
}
