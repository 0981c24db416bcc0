import * as vscode from 'vscode';
import { CancelledError } from '../../core/errors';
import { plainLines, plainText } from './plainText';

/**
 * What somebody has answered.
 * @throws CancelledError when they gave no answer
 */
export function orCancel<T>(answer: T | undefined): T {
  if (answer === undefined) {
    throw new CancelledError();
  }
  return answer;
}

/**
 * A modal question.
 * @param isPlain without the sign of a warning
 * @returns the button pressed
 * @throws CancelledError also when VS Code cannot show it
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
