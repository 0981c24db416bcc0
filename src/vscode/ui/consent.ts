import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { BY_HAND, type Call } from '../../core/consent';
import { isInside } from '../../core/miniAppFolder';
import { confirmModal } from './ask';
import { settings } from '../settings';
import { ViewElement } from './viewElement';

/**
 * What a click in our own UI passes to a command that it starts: the call is by hand although some
 * of its arguments are known. JSON cannot say it, and no other extension can make one.
 */
export class Click {
  /** @param answered the person has answered the guarded question already, before this click */
  constructor(
    readonly args: object,
    readonly answered = false,
  ) {}
}

/**
 * Tells how a call of a command came in.
 * @param given the first argument as it came
 * @param confirmed what it says in `confirmed`
 * @param isFromWorkbench VS Code itself made the call, as for a click or a keybinding
 */
export function identifyCaller(given: unknown, confirmed: unknown, isFromWorkbench: boolean): Call {
  if (given instanceof Click) {
    return { ...BY_HAND, confirmed: given.answered };
  }
  const isClickedOn =
    given instanceof ViewElement || (given instanceof vscode.Uri && isFromWorkbench);
  if (given === undefined || isClickedOn) {
    return BY_HAND;
  }
  return { caller: 'arguments', confirmed: confirmed === true && settings.acceptConfirmed() };
}

/** A question before something that only a person decides. */
export interface GuardedQuestion {
  message: string;
  /** Lines that name what is about to happen. Foreign words in them are one line each. */
  detail: readonly string[];
  /** The first one says yes. */
  buttons: readonly [string, ...string[]];
  /** True: nothing speaks against it. */
  isPlain?: boolean;
}

/**
 * Asks a guarded question, unless the call has answered it.
 * @returns the button pressed
 * @throws CancelledError when the person refuses, or when the question cannot be shown
 */
export async function confirmGuarded(call: Call, question: GuardedQuestion): Promise<string> {
  const { message, detail, buttons, isPlain = false } = question;
  return call.confirmed ? buttons[0] : confirmModal(message, detail.join('\n'), buttons, isPlain);
}

/** Whether a folder is in no folder of the workspace. A link counts as what it leads to. */
export async function isOutsideWorkspace(folder: string): Promise<boolean> {
  const resolve = (path: string): Promise<string> => realpath(path).catch(() => path);
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(
    ({ uri }) => uri.scheme === 'file',
  );
  const [real, ...realRoots] = await Promise.all(
    [folder, ...roots.map(({ uri }) => uri.fsPath)].map(resolve),
  );
  return !realRoots.some((root) => isInside(real ?? folder, root));
}
