import * as vscode from 'vscode';
import { CancelledError } from '../../core/errors';
import { plainLines, plainText } from './plainText';

/**
 * Returns the user's answer.
 * @throws CancelledError if there is none
 */
export function orCancel<T>(answer: T | undefined): T {
  if (answer === undefined) {
    throw new CancelledError();
  }
  return answer;
}

/**
 * Asks a modal question.
 * @param isPlain Whether to omit the warning icon.
 * @returns The button that the user pressed.
 * @throws CancelledError if the user cancels or VS Code cannot show the dialog
 */
export async function confirmModal(
  message: string,
  detail: string,
  buttons: readonly string[],
  isPlain = false,
): Promise<string> {
  const options = { modal: true, detail: plainLines(detail) };
  const show = isPlain ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  let answer: string | undefined;
  try {
    answer = await show(plainText(message), options, ...buttons);
  } catch {
    throw new CancelledError();
  }
  return orCancel(answer);
}
