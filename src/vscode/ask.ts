import * as vscode from 'vscode';
import { CancelledError } from '../core/errors';
import { plainLines, plainText } from './plainText';

/** What somebody has answered. @throws CancelledError when they gave no answer */
export function answered<T>(answer: T | undefined): T {
  if (answer === undefined) {
    throw new CancelledError();
  }
  return answer;
}

/** A modal question. @returns the button pressed @throws CancelledError */
export async function ask(message: string, detail: string, buttons: string[]): Promise<string> {
  const options = { modal: true, detail: plainLines(detail) };
  return answered(await vscode.window.showWarningMessage(plainText(message), options, ...buttons));
}
