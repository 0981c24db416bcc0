import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Call } from '../../core/consent';
import { I99dashError } from '../../core/errors';
import { abbreviateHome } from '../../core/platform/homePath';
import { CONFIG_FILE, PACKAGE_FILE } from '../../core/miniAppFolder';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { ProcessRunner } from '../../core/platform/interfaces';
import { projectBuild, type Build } from '../../core/publish/build/projectBuild';
import { readRunText, type RunText } from '../../core/publish/project/packageScripts';
import type { Project } from '../../core/publish/project/project';
import { readableCommand, wrapCommand } from '../../core/publish/build/readableCommand';
import { orCancel } from '../ui/ask';
import { confirmGuarded } from '../ui/consent';
import { plainText } from '../ui/plainText';

/** Characters of a command and its scripts that a dialog has room for. */
const MAX_IN_DIALOG = 600;
/**
 * Where the workspace keeps which builds may run, and which are left out: folder → SHA-256 of what
 * they run.
 */
const ALLOWED_BUILDS = 'i99dash.allowedBuilds';
const SKIPPED_BUILDS = 'i99dash.skippedBuilds';
/** Of the document that shows a command which is longer. */
const SCHEME = 'i99dash-build-command';

/** Who asks for a build, and what is remembered. */
export interface BuildRequest {
  call: Call;
  /** Of the workspace. */
  memory: vscode.Memento;
  /** The folder is outside the workspace. */
  isOutside: boolean;
  /** Nothing will be sent. */
  isDryRun: boolean;
}

/**
 * What a person has answered about a build; undefined where there is none, or where nobody had to
 * be asked.
 */
export type BuildAgreement = { digest: string; runs: boolean } | undefined;

/** What is published, without its build where the person left that out. */
export interface AgreedProject {
  project: Project;
  agreed: BuildAgreement;
}

/**
 * Asks before a build runs whose text was not agreed to in this folder: the command line, or a
 * package script that it runs. A build of an agent, of a folder outside the workspace, or of which
 * not every script is known is asked about each time. It can be agreed to only where the whole of
 * it was to be seen. The build of a project's own `publish` script can be left out, too, and stays
 * so until its text changes.
 * @param agreed what was answered for this very publish
 * @throws CancelledError
 */
export async function agreeToBuild(
  project: Project,
  request: BuildRequest,
  agreed?: BuildAgreement,
): Promise<AgreedProject> {
  const { call, memory, isOutside, isDryRun } = request;
  const { folder } = project;
  const build = projectBuild(project);
  if (build === undefined) {
    return { project, agreed: undefined };
  }
  const text = await readRunText(build.commandLine, folder);
  const now = digest(text, build);
  const remembers = (key: string): boolean => !isOutside && readBuilds(memory, key)[folder] === now;
  const answer = agreed?.digest === now ? agreed.runs : undefined;
  if (answer === false || remembers(SKIPPED_BUILDS)) {
    return withoutBuild(project, now);
  }
  if (call.confirmed) {
    return { project, agreed: undefined };
  }
  const asksAlways = call.caller === 'agent' || isOutside || !text.isComplete;
  if (answer === true || (!asksAlways && remembers(ALLOWED_BUILDS))) {
    return { project, agreed: { digest: now, runs: true } };
  }
  const { isComplete } = text;
  const runs = await askAbout(call, text, {
    ...{ folder, file: build.file, asksAlways, isOutside, isComplete, isDryRun },
  });
  if (!isOutside) {
    const key = runs ? ALLOWED_BUILDS : SKIPPED_BUILDS;
    await memory.update(key, { ...readBuilds(memory, key), [folder]: now });
  }
  return runs ? { project, agreed: { digest: now, runs } } : withoutBuild(project, now);
}

function readBuilds(memory: vscode.Memento, key: string): Record<string, string> {
  return memory.get(key, {});
}

/**
 * Only the build of a `publish` script can be left out: what `buildCommand` makes is all that there
 * is to pack.
 */
function withoutBuild(project: Project, now: string): AgreedProject {
  const unbuilt = { ...project };
  delete unbuilt.publishBuild;
  return { project: unbuilt, agreed: { digest: now, runs: false } };
}

/**
 * Runs a build only while its text is the one that was agreed to: it may have waited, and somebody
 * else may write the files.
 */
export function runAgreed(
  runner: ProcessRunner,
  { project, agreed }: AgreedProject,
): ProcessRunner {
  const build = projectBuild(project);
  return {
    run: async (options) => {
      const { commandLine, cwd } = options;
      const now = agreed && digest(await readRunText(commandLine, cwd), build);
      if (now !== agreed?.digest) {
        throw new I99dashError(
          'VALIDATION_FAILED',
          vscode.l10n.t(
            'The build of {0} changed after it was agreed to, and did not run. Start again.',
            sanitizeLine(basename(cwd)),
          ),
        );
      }
      return runner.run(options);
    },
  };
}

interface About {
  folder: string;
  /** Where the command comes from. */
  file: Build['file'];
  asksAlways: boolean;
  isOutside: boolean;
  isComplete: boolean;
  isDryRun: boolean;
}

/**
 * The command, and below it each script by its name. No script can pass for a line of another one.
 */
function readableText({ commandLine, scripts }: RunText, folder: string): string {
  const lines = scripts.map(({ file, name, text }) => {
    const place = dirname(file) === folder ? '' : ` (${sanitizeLine(abbreviateHome(file))})`;
    return `• ${readableCommand(name)}${place}: ${readableCommand(text)}`;
  });
  return [readableCommand(commandLine), ...lines].join('\n');
}

/**
 * @returns whether the build is to run
 * @throws CancelledError
 */
async function askAbout(call: Call, text: RunText, about: About): Promise<boolean> {
  const whole = readableText(text, about.folder);
  const [run, ...others] = listButtons(about);
  const ask = async (shown: string): Promise<boolean> =>
    (await confirmGuarded(call, {
      message: question(about),
      detail: describeBuild(about, shown),
      buttons: [run, ...others],
    })) === run;
  if (whole.length <= MAX_IN_DIALOG) {
    return ask(whole);
  }
  return withTextInEditor(digest(text), whole, async () => {
    const next = vscode.l10n.t('Continue…');
    const told = vscode.l10n.t('{0} The whole command is in the editor.', question(about));
    orCancel(await vscode.window.showWarningMessage(told, next));
    const more = whole.length - MAX_IN_DIALOG;
    const beginning = whole.slice(0, MAX_IN_DIALOG);
    const shown = vscode.l10n.t('{0} … and {1} more characters', beginning, more);
    return ask([shown, vscode.l10n.t('The whole command is in the editor.')].join('\n'));
  });
}

/** The first one runs the build. */
function listButtons({ file, isDryRun }: About): [string, ...string[]] {
  if (file === CONFIG_FILE) {
    return [vscode.l10n.t('Run Build')];
  }
  return isDryRun
    ? [vscode.l10n.t('Run Build'), vscode.l10n.t('Skip Build')]
    : [vscode.l10n.t('Run and Publish'), vscode.l10n.t('Publish Without Building')];
}

/**
 * Shows a text for which a dialog has no room in an editor for as long as something is asked.
 * @param name of the text, unique
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

function question({ folder }: About): string {
  return plainText(vscode.l10n.t('Run the build of {0}?', sanitizeLine(basename(folder))));
}

function describeBuild(about: About, text: string): string[] {
  const { folder, file, asksAlways, isOutside, isComplete } = about;
  const place = sanitizeLine(abbreviateHome(folder));
  return [
    text,
    '',
    file === CONFIG_FILE
      ? vscode.l10n.t('{0} runs this command in {1}.', CONFIG_FILE, place)
      : vscode.l10n.t(
          'The "publish" script of {0} runs this command in {1} before it publishes.',
          PACKAGE_FILE,
          place,
        ),
    ...(isOutside ? [vscode.l10n.t('This folder is outside the workspace.')] : []),
    ...(isComplete
      ? []
      : [vscode.l10n.t('It also runs scripts of other packages, which are not shown here.')]),
    asksAlways
      ? vscode.l10n.t('You are asked each time.')
      : vscode.l10n.t("You'll be asked again only if this text changes."),
  ];
}

/**
 * The same for the same text, and another one for a `publish` script: its build can be left out,
 * and finds other programs.
 */
function digest({ commandLine, scripts, isComplete }: RunText, build?: Build): string {
  const text = scripts.length === 0 ? commandLine : JSON.stringify([commandLine, scripts]);
  const source = build?.file === PACKAGE_FILE ? `${PACKAGE_FILE} ` : '';
  return createHash('sha256')
    .update(source + (isComplete ? text : `${text}*`))
    .digest('hex');
}
