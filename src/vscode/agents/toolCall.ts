import * as vscode from 'vscode';
import { findNamed, workspaceName, type Root } from '../../core/agents/workspaceNames';
import { dataText, failureText } from '../../core/agents/toolText';
import { CancelledError, describeError, I99dashError } from '../../core/errors';
import type { Logger } from '../../core/platform/interfaces';
import type { MiniApps } from '../publish/miniApps';

/** The workspace's folders on disk. */
export function workspaceRoots(): Root[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ name, uri }) => ({ name, path: uri.fsPath }));
}

/**
 * Does what a tool does, and tells its result or failure in the words an agent gets.
 * @param logger is told what is kept from the agent
 * @param task gets a signal that aborts when the agent's call is cancelled; what it returns is data
 * @throws Error whose message begins with a code; vscode.CancellationError when the call was
 *   cancelled
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
 * Runs a task in a workspace that is trusted.
 * @throws as {@link answerTool}
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
  // Without its cause, which VS Code would pass on with every path in it.
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
 * The mini-app of the workspace that an agent names, or the only one. Asks nobody.
 * @returns its folder, absolute
 * @throws NOTHING_TO_PUBLISH (none, none of that name, or several and none is named)
 */
export async function miniAppForAgent(
  miniApps: MiniApps,
  given: string | undefined,
): Promise<string> {
  const folders = await miniApps.search();
  const roots = workspaceRoots();
  const [only] = folders;
  const found = given === undefined ? only : findNamed(given, folders, roots);
  if (found !== undefined && (given !== undefined || folders.length === 1)) {
    return found;
  }
  const names = folders.map((folder) => workspaceName(folder, roots) ?? '').join(', ');
  throw new I99dashError(
    'NOTHING_TO_PUBLISH',
    names === ''
      ? 'There is no mini-app in the workspace.'
      : `"folder" must be one of the workspace's mini-apps: ${names}.`,
  );
}
