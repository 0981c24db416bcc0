import * as vscode from 'vscode';
import type { TaskContext } from '../publish/publishContext';

/**
 * Registers the language model tools for agents in the editor. Their code is loaded on first use.
 * Editors based on VS Code may not support such tools.
 */
export function registerAgentTools(context: TaskContext): vscode.Disposable {
  const { lm } = vscode as { lm?: Partial<typeof vscode.lm> };
  if (typeof lm?.registerTool !== 'function') {
    return vscode.Disposable.from();
  }
  const tools = () => import('./tools');
  return vscode.Disposable.from(
    lm.registerTool('i99dash_get_status', {
      prepareInvocation: async () => (await tools()).prepareStatus(),
      invoke: async ({ input }, token) => (await tools()).invokeStatus(context, input, token),
    }),
    lm.registerTool('i99dash_validate_app', {
      prepareInvocation: async ({ input }) => (await tools()).prepareValidate(context, input),
      invoke: async ({ input }, token) => (await tools()).invokeValidate(context, input, token),
    }),
    lm.registerTool('i99dash_publish_app', {
      prepareInvocation: async ({ input }) => (await tools()).preparePublish(context, input),
      invoke: async ({ input }, token) => (await tools()).invokePublish(context, input, token),
    }),
  );
}
