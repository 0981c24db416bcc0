import * as vscode from 'vscode';

/**
 * Runs a command from a button, a row or a menu. A failure is not passed on: the command has shown
 * it where it happened.
 * @returns the command's result; undefined when it failed
 */
export async function runCommand(id: string, ...args: unknown[]): Promise<unknown> {
  try {
    return await vscode.commands.executeCommand(id, ...args);
  } catch {
    return undefined;
  }
}
