import { basename } from 'node:path';
import * as vscode from 'vscode';
import { readToolInput } from '../../core/agents/toolInput';
import { listProblems } from '../../core/agents/toolText';
import { workspaceName } from '../../core/agents/workspaceNames';
import type { TaskContext } from '../publish/publishContext';
import { plainMarkdown } from '../ui/plainText';
import { answerTool, inWordsForAgents, projectForAgent, workspaceRoots } from './toolCall';

type ValidateContext = Pick<TaskContext, 'logger' | 'miniApps' | 'validate'>;

/**
 * Returns the message that the chat shows during the validation.
 * @throws The errors of {@link inWordsForAgents}.
 */
export function prepareValidate(
  { logger, miniApps }: ValidateContext,
  input: unknown,
): Promise<vscode.PreparedToolInvocation> {
  return inWordsForAgents(logger, async () => {
    const { folder } = readToolInput('i99dash_validate_app', input);
    const project = await projectForAgent(miniApps, folder);
    const name = basename(project.folder);
    return { invocationMessage: plainMarkdown(vscode.l10n.t('Validating {0}', name)) };
  });
}

/**
 * Returns all problems of a project that can be found without a build. They are also shown in the
 * Problems panel.
 * @throws The errors of {@link answerTool}.
 */
export function invokeValidate(
  { logger, miniApps, validate }: ValidateContext,
  input: unknown,
  token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
  return answerTool(logger, token, async (signal) => {
    const given = readToolInput('i99dash_validate_app', input);
    const { folder } = await projectForAgent(miniApps, given.folder);
    const roots = workspaceRoots();
    const found = await validate(folder, signal);
    return { folder: workspaceName(folder, roots), ...listProblems(found, roots) };
  });
}
