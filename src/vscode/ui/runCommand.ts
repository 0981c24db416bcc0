import * as vscode from 'vscode';

/**
 * Runs a command from a button, a row or a menu. Swallows its error, because the command has
 * already shown it.
 * @returns The result of the command, or undefined if it failed.
 */
export async function runCommand(id: string, ...args: unknown[]): Promise<unknown> {
  try {
    return await vscode.commands.executeCommand(id, ...args);
  } catch {
    return undefined;
  }
}

/** Sets a context key for `when` clauses. */
export function setContextKey(key: string, value: unknown): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', key, value);
}
