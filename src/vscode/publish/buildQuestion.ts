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
import type { PublishableProject } from '../../core/publish/project/project';
import { readableCommand, wrapCommand } from '../../core/publish/build/readableCommand';
import { orCancel } from '../ui/ask';
import { confirmGuarded } from '../ui/consent';
import { plainText } from '../ui/plainText';

/** The maximum length of a command and its scripts in a dialog, in characters. */
const MAX_IN_DIALOG = 600;
/**
 * The workspace state keys of the allowed and the skipped builds: folder → SHA-256 of the commands.
 */
const ALLOWED_BUILDS = 'i99dash.allowedBuilds';
const SKIPPED_BUILDS = 'i99dash.skippedBuilds';
/** The URI scheme of the document that shows a long command. */
const SCHEME = 'i99dash-build-command';

/** Who asks for a build, and where the answers are stored. */
export interface BuildRequest {
  call: Call;
  /** The state of the workspace. */
  memory: vscode.Memento;
  /** Whether the folder is outside the workspace. */
  isOutside: boolean;
  /** Whether nothing is sent to the backend. */
  isDryRun: boolean;
}

/** The user's answer about a build; undefined if there is no build or the user was not asked. */
export type BuildAgreement = { digest: string; runs: boolean } | undefined;

/** The project to publish, without its build if the user skipped it. */
export interface AgreedProject {
  project: PublishableProject;
  agreed: BuildAgreement;
}

/**
 * Asks before a build runs, unless the user has already allowed the same command line and package
 * scripts in this folder. Always asks if an agent starts the build, if the folder is outside the
 * workspace, or if not all scripts are known. The user can only allow a build after seeing the
 * whole text. The build of a project's own `publish` script can also be skipped, until its text
 * changes.
 * @param agreed the user's answer from earlier in this publish
 * @throws CancelledError
 */
export async function agreeToBuild(
  project: PublishableProject,
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
 * Removes the build of a `publish` script. The build of a `buildCommand` cannot be skipped, because
 * its output is what is packed.
 */
function withoutBuild(project: PublishableProject, now: string): AgreedProject {
  const unbuilt = { ...project };
  delete unbuilt.publishBuild;
  return { project: unbuilt, agreed: { digest: now, runs: false } };
}

/**
 * Wraps a runner so that it runs the build only if its text is still the one that the user allowed.
 * Time may have passed since then, and other programs can write the files.
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
  /** The file that defines the command. */
  file: Build['file'];
  asksAlways: boolean;
  isOutside: boolean;
  isComplete: boolean;
  isDryRun: boolean;
}

/**
 * Formats the command, followed by each script with its name. A script cannot imitate the line of
 * another script.
 */
function readableText({ commandLine, scripts }: RunText, folder: string): string {
  const lines = scripts.map(({ file, name, text }) => {
    const place = dirname(file) === folder ? '' : ` (${sanitizeLine(abbreviateHome(file))})`;
    return `• ${readableCommand(name)}${place}: ${readableCommand(text)}`;
  });
  return [readableCommand(commandLine), ...lines].join('\n');
}

/**
 * @returns whether to run the build
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

/** Lists the buttons. The first one runs the build. */
function listButtons({ file, isDryRun }: About): [string, ...string[]] {
  if (file === CONFIG_FILE) {
    return [vscode.l10n.t('Run Build')];
  }
  return isDryRun
    ? [vscode.l10n.t('Run Build'), vscode.l10n.t('Skip Build')]
    : [vscode.l10n.t('Run and Publish'), vscode.l10n.t('Publish Without Building')];
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
 * Returns a hash of the text. A `publish` script gets a different hash than a `buildCommand` with
 * the same text, because its build can be skipped and finds other programs.
 */
function digest({ commandLine, scripts, isComplete }: RunText, build?: Build): string {
  const text = scripts.length === 0 ? commandLine : JSON.stringify([commandLine, scripts]);
  const source = build?.file === PACKAGE_FILE ? `${PACKAGE_FILE} ` : '';
  return createHash('sha256')
    .update(source + (isComplete ? text : `${text}*`))
    .digest('hex');
}
