import * as vscode from 'vscode';
import { findNamed, workspaceName, type Root } from '../../core/agents/workspaceNames';
import { dataText, failureText } from '../../core/agents/toolText';
import { CancelledError, describeError, I99dashError } from '../../core/errors';
import type { Logger } from '../../core/platform/interfaces';
import type { FoundProject } from '../../core/projectFolders';
import type { WorkspaceProjects } from '../publish/workspaceProjects';

/** Lists the workspace folders on disk. */
export function workspaceRoots(): Root[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ name, uri }) => ({ name, path: uri.fsPath }));
}

/**
 * Runs a tool and formats its result or error for an agent.
 * @param logger Logs the details that the agent does not get.
 * @param task Receives a signal that aborts when the agent's call is cancelled. Its result is data.
 * @throws Error The message begins with an error code.
 * @throws vscode.CancellationError if the call was cancelled
 */
export async function answerTool(
  logger: Logger,
  token: vscode.CancellationToken,
  task: (signal: AbortSignal) => Promise<unknown>,
): Promise<vscode.LanguageModelToolResult> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const subscription = token.onCancellationRequested(abort);
  if (token.isCancellationRequested) {
    abort();
  }
  try {
    const data = await inWordsForAgents(logger, () => task(controller.signal));
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(dataText(data))]);
  } finally {
    subscription.dispose();
  }
}

/**
 * Runs a task, if the workspace is trusted, and formats its error for an agent.
 * @throws The errors of {@link answerTool}.
 */
export async function inWordsForAgents<T>(logger: Logger, task: () => Promise<T>): Promise<T> {
  const outcome = await trusted(task).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) {
    return outcome.value;
  }
  const { error } = outcome;
  if (error instanceof CancelledError) {
    throw new vscode.CancellationError();
  }
  logger.error(`A tool for agents failed: ${describeError(error)}`);
  // Omit the cause, because VS Code would pass it on with all paths in it.
  throw new Error(failureText(error, workspaceRoots()));
}

async function trusted<T>(task: () => Promise<T>): Promise<T> {
  assertTrusted();
  return task();
}

function assertTrusted(): void {
  if (!vscode.workspace.isTrusted) {
    throw new I99dashError(
      'UNTRUSTED_WORKSPACE',
      'The tools of i99dash work in a workspace that the user trusts.',
    );
  }
}

/**
 * Finds the project that an agent names, or the only one in the workspace. Does not prompt.
 * @throws NOTHING_TO_PUBLISH if there is none, the name is unknown, or there are several and none
 *   is named
 */
export async function projectForAgent(
  miniApps: WorkspaceProjects,
  given: string | undefined,
): Promise<FoundProject> {
  const projects = await miniApps.searchProjects();
  const folders = projects.map(({ folder }) => folder);
  const roots = workspaceRoots();
  const named = given === undefined ? undefined : findNamed(given, folders, roots);
  const found =
    given === undefined && projects.length === 1
      ? projects[0]
      : projects.find(({ folder }) => folder === named);
  if (found !== undefined) {
    return found;
  }
  const names = folders.map((folder) => workspaceName(folder, roots) ?? '').join(', ');
  throw new I99dashError(
    'NOTHING_TO_PUBLISH',
    names === ''
      ? 'There is no project of i99dash in the workspace.'
      : `"folder" must be one of the workspace's projects: ${names}.`,
  );
}
