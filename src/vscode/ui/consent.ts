import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { BY_HAND, type Call } from '../../core/consent';
import { I99dashError } from '../../core/errors';
import { isInside } from '../../core/platform/paths';
import { confirmModal } from './ask';
import { settings } from '../settings';
import { TreeNode } from './treeNode';

/**
 * The argument that our own UI passes to the commands it runs. It marks the call as started by the
 * user, although some arguments are given. Neither JSON nor another extension can create one.
 */
export class Click {
  /**
   * Creates the argument.
   * @param answered Whether the user has already accepted the guarded confirmation.
   */
  constructor(
    readonly args: object,
    readonly answered = false,
  ) {}
}

/**
 * Determines how a command was called.
 * @param given The first argument, unparsed.
 * @param confirmed The value of its `confirmed` property.
 * @param isFromWorkbench Whether VS Code itself made the call, as for a click or a keybinding.
 */
export function identifyCaller(given: unknown, confirmed: unknown, isFromWorkbench: boolean): Call {
  if (given instanceof Click) {
    return { ...BY_HAND, confirmed: given.answered };
  }
  const isClickedOn = given instanceof TreeNode || (given instanceof vscode.Uri && isFromWorkbench);
  if (given === undefined || isClickedOn) {
    return BY_HAND;
  }
  return { caller: 'arguments', confirmed: confirmed === true && settings.acceptConfirmed() };
}

/** A confirmation of an action that only the user may decide on. */
export interface GuardedQuestion {
  message: string;
  /** Lines that describe the action. Untrusted text in them must already be reduced to one line. */
  detail: readonly string[];
  /** The first button confirms. */
  buttons: readonly [string, ...string[]];
  /** Whether to omit the warning icon, because there is nothing to warn about. */
  isPlain?: boolean;
}

/**
 * Asks for a guarded confirmation, unless the call is already confirmed.
 * @returns The button that the user pressed.
 * @throws CancelledError if the user declines or the dialog cannot be shown
 */
export async function confirmGuarded(call: Call, question: GuardedQuestion): Promise<string> {
  const { message, detail, buttons, isPlain = false } = question;
  return call.confirmed ? buttons[0] : confirmModal(message, detail.join('\n'), buttons, isPlain);
}

/** Checks whether a folder is outside of all workspace folders. Symbolic links are resolved. */
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

/**
 * @param message why the workspace must be trusted
 * @throws UNTRUSTED_WORKSPACE
 */
export function assertTrusted(message: string): void {
  if (!vscode.workspace.isTrusted) {
    throw new I99dashError('UNTRUSTED_WORKSPACE', message);
  }
}
