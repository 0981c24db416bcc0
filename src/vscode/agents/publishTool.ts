import * as vscode from 'vscode';
import { readToolInput, type PublishInput } from '../../core/agents/toolInput';
import { DECLINED, listProblems } from '../../core/agents/toolText';
import { BY_AGENT } from '../../core/consent';
import { CancelledError, throwIfCancelled } from '../../core/errors';
import { accountLabel } from '../../core/identity';
import { projectBuild } from '../../core/publish/build/projectBuild';
import { KINDS } from '../../core/publish/kindDefinitions';
import type { PublishableProject } from '../../core/publish/project/project';
import { assertTrack } from '../../core/publish/publish';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { readableCommand } from '../../core/publish/build/readableCommand';
import { publishProject } from '../publish/publishCommand';
import { appName, describeTrack } from '../publish/publishQuestions';
import { getIdentity } from '../session/getIdentity';
import {
  notificationUi,
  type PublishContext,
  type PublishReport,
  type PublishUi,
} from '../publish/publishContext';
import { plainMarkdown } from '../ui/plainText';
import { answerTool, inWordsForAgents, projectForAgent, workspaceRoots } from './toolCall';

const TOOL = 'i99dash_publish_app';

/**
 * Prepares the confirmation that is shown before anything runs: app, version, track, backend and
 * account. Has no side effects.
 * @throws Error The message begins with an error code.
 */
export function preparePublish(
  context: PublishContext,
  input: unknown,
): Promise<vscode.PreparedToolInvocation> {
  return inWordsForAgents(context.logger, async () => {
    const wanted = readToolInput(TOOL, input);
    const { folder, kind } = await projectForAgent(context.miniApps, wanted.folder);
    const project = await KINDS[kind.id].load(folder);
    assertTrack(project, wanted);
    const { id, version } = project.manifest;
    const isDryRun = wanted.dryRun === true;
    const facts = isDryRun ? dryRunFacts(project) : await publishFacts(context, project, wanted);
    return {
      invocationMessage: plainMarkdown(
        isDryRun
          ? vscode.l10n.t('Packing {0} {1}', id, version)
          : vscode.l10n.t('Publishing {0} {1}', id, version),
      ),
      confirmationMessages: {
        // The title may be shown as Markdown, so it contains only the app id, whose format is
        // restricted.
        title: isDryRun
          ? vscode.l10n.t('Build and pack {0}?', id)
          : vscode.l10n.t('Publish {0}?', id),
        message: plainMarkdown(...facts),
      },
    };
  });
}

function dryRunFacts(project: PublishableProject): string[] {
  return [
    ...projectFacts(project),
    ...buildFact(project),
    vscode.l10n.t('This is a dry run: nothing is sent.'),
  ];
}

async function publishFacts(
  context: PublishContext,
  project: PublishableProject,
  { track, releaseNotes }: PublishInput,
): Promise<string[]> {
  const { session, backendUrl } = context;
  // Does not prompt for the passphrase, which only the publish itself may do.
  const identity = await getIdentity({ session, tokens: session });
  return [
    ...projectFacts(project),
    vscode.l10n.t('Track: {0}', describeTrack(track)),
    vscode.l10n.t('Backend: {0}', backendUrl()),
    vscode.l10n.t('Signed in as: {0}', sanitizeLine(accountLabel(identity))),
    ...(releaseNotes === undefined
      ? []
      : [vscode.l10n.t('Release notes: {0}', sanitizeLine(releaseNotes, releaseNotes.length))]),
    ...buildFact(project),
    vscode.l10n.t('Once it is packed and checked, you are asked again before it is sent.'),
  ];
}

function projectFacts({ kind, manifest }: PublishableProject): string[] {
  return [
    vscode.l10n.t('Kind: {0}', kind.name()),
    vscode.l10n.t('App: {0}', appName(manifest)),
    vscode.l10n.t('Version: {0}', sanitizeLine(manifest.version)),
  ];
}

function buildFact(project: PublishableProject): string[] {
  const build = projectBuild(project);
  return build === undefined
    ? []
    : [vscode.l10n.t('Build: {0}', readableCommand(build.commandLine))];
}

/**
 * Publishes like the command, with the same questions. The user always confirms the packed bundle,
 * even if the chat is set to always allow this tool.
 * @throws The errors of {@link answerTool}.
 */
export function invokePublish(
  context: PublishContext,
  input: unknown,
  token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
  return answerTool(context.logger, token, async (signal) => {
    const { folder: given, track, releaseNotes, dryRun = false } = readToolInput(TOOL, input);
    const { folder } = await projectForAgent(context.miniApps, given);
    throwIfCancelled(signal);
    let problems: PublishReport['problems'] = [];
    const ui = uiForAgent(
      notificationUi(context),
      signal,
      (report) => (problems = report.problems),
    );
    try {
      const notes = releaseNotes === undefined ? {} : { releaseNotes };
      const args = { folder, track, dryRun, ...notes };
      const result = await publishProject(context, BY_AGENT, args, ui);
      return { ...result, ...listProblems(problems, workspaceRoots()) };
    } catch (error) {
      if (error instanceof CancelledError && !signal.aborted) {
        return { published: false, why: DECLINED };
      }
      throw error;
    }
  });
}

/** Creates the UI of a publish that the agent's call can also cancel. */
function uiForAgent(
  base: PublishUi,
  signal: AbortSignal,
  onReport: (report: PublishReport) => void,
): PublishUi {
  return {
    run: (title, task) =>
      base.run(title, (view) => task({ ...view, signal: AbortSignal.any([view.signal, signal]) })),
    showResult: (report) => {
      onReport(report);
      base.showResult(report);
    },
  };
}
