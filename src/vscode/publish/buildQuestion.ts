import { basename } from 'node:path';
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
import { askToRun, digestRunText } from './commandQuestion';

/**
 * The workspace state keys of the allowed and the skipped builds: folder → SHA-256 of the commands.
 */
const ALLOWED_BUILDS = 'i99dash.allowedBuilds';
const SKIPPED_BUILDS = 'i99dash.skippedBuilds';

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
  const { call, memory, isOutside } = request;
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
  const runs = await askAbout(build, text, folder, request, asksAlways);
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

/**
 * @param asksAlways whether the user is asked each time
 * @returns whether to run the build
 * @throws CancelledError
 */
async function askAbout(
  { file }: Build,
  text: RunText,
  folder: string,
  { call, isOutside, isDryRun }: BuildRequest,
  asksAlways: boolean,
): Promise<boolean> {
  const place = sanitizeLine(abbreviateHome(folder));
  const buttons = listButtons(file, isDryRun);
  const answer = await askToRun(call, {
    ...{ text, folder, buttons, isOutside, asksAlways },
    message: vscode.l10n.t('Run the build of {0}?', sanitizeLine(basename(folder))),
    origin:
      file === CONFIG_FILE
        ? vscode.l10n.t('{0} runs this command in {1}.', CONFIG_FILE, place)
        : vscode.l10n.t(
            'The "publish" script of {0} runs this command in {1} before it publishes.',
            PACKAGE_FILE,
            place,
          ),
  });
  return answer === buttons[0];
}

/** Lists the buttons. The first one runs the build. */
function listButtons(file: Build['file'], isDryRun: boolean): [string, ...string[]] {
  if (file === CONFIG_FILE) {
    return [vscode.l10n.t('Run Build')];
  }
  return isDryRun
    ? [vscode.l10n.t('Run Build'), vscode.l10n.t('Skip Build')]
    : [vscode.l10n.t('Run and Publish'), vscode.l10n.t('Publish Without Building')];
}

/**
 * Returns a hash of the text. A `publish` script gets a different hash than a `buildCommand` with
 * the same text, because its build can be skipped and finds other programs.
 */
function digest(text: RunText, build?: Build): string {
  return digestRunText(text, build?.file === PACKAGE_FILE ? `${PACKAGE_FILE} ` : '');
}
