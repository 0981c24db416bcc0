import * as vscode from 'vscode';
import { readArguments, takesArguments } from '../../core/commandArguments';
import type { Call } from '../../core/consent';
import { CancelledError } from '../../core/errors';
import type { Logger } from '../../core/platform/interfaces';
import { COMMAND_IDS, type CommandHandler, type CommandId } from './commandIds';
import { identifyCaller, Click } from '../ui/consent';
import { reportFailure } from '../ui/failure';
import { getRetry } from '../ui/tryAgain';
import { runCommand } from '../ui/runCommand';
import { TreeNode } from '../ui/treeNode';

/**
 * Secret arguments. They are not reused when a command runs again, so the user is prompted for
 * them.
 */
const SECRET_ARGUMENTS = ['passphrase', 'token'];

/**
 * Registers all commands. A cancelled command returns undefined. A failed command shows one message
 * and rejects with its error.
 */
export function registerCommands(
  handlers: Record<CommandId, CommandHandler>,
  logger: Logger,
): vscode.Disposable {
  return vscode.Disposable.from(
    ...COMMAND_IDS.map((id) =>
      vscode.commands.registerCommand(id, (...args: unknown[]) =>
        handleCommand(id, handlers[id], args, logger),
      ),
    ),
  );
}

async function handleCommand(
  id: CommandId,
  handler: CommandHandler,
  args: unknown[],
  logger: Logger,
): Promise<unknown> {
  const isFromWorkbench = isCalledByWorkbench();
  // The workbench would show the rejection of such a call on top of our message.
  const shownByCaller = isFromWorkbench && isClickedOn(args[0]);
  try {
    return await handler(...parseCall(id, args[0], isFromWorkbench));
  } catch (error) {
    const runAgain = (): void => void runCommand(id, ...args.map(withoutSecrets));
    reportRetryable(id, error, logger, runAgain);
    if (shownByCaller || error instanceof CancelledError) {
      return undefined;
    }
    throw error;
  }
}

/** Reports an error. *Try Again* continues where it failed, if that is possible. */
function reportRetryable(
  id: CommandId,
  error: unknown,
  logger: Logger,
  runAgain: () => void,
): void {
  const retry = getRetry(error);
  const run = (): void =>
    void retry?.run().catch((again: unknown) => reportRetryable(id, again, logger, runAgain));
  reportFailure(id, error, logger, retry === undefined ? runAgain : run, retry?.abandon);
}

/**
 * Checks whether the workbench calls (palette, menu, keybinding), not another extension. VS Code
 * passes the caller to no command; unless it has this name, more is asked and nothing less.
 */
function isCalledByWorkbench(): boolean {
  return (new Error().stack ?? '').includes('$executeContributedCommand');
}

/** Checks whether a click, a keybinding or the palette may pass this first argument. */
function isClickedOn(first: unknown): boolean {
  return first === undefined || first instanceof vscode.Uri || first instanceof TreeNode;
}

/**
 * Converts the argument of a command to what its handler receives. This is the only place that
 * reads `confirmed`, which counts only if the user's settings accept it.
 * @throws VALIDATION_FAILED
 */
function parseCall(id: CommandId, given: unknown, isFromWorkbench: boolean): [unknown, Call] {
  if (!takesArguments(id)) {
    return [given, identifyCaller(given, undefined, isFromWorkbench)];
  }
  const passed = given instanceof Click || given instanceof TreeNode ? given.args : given;
  // A file that the user clicked is also an argument.
  const object = passed instanceof vscode.Uri ? { folder: passed } : passed;
  const { confirmed, ...args } = readArguments(id, object);
  return [args, identifyCaller(given, confirmed, isFromWorkbench)];
}

function withoutSecrets(argument: unknown): unknown {
  if (argument instanceof Click) {
    return argument; // our own UI passes no secrets
  }
  const isPlain = typeof argument === 'object' && argument !== null;
  if (!isPlain || argument instanceof vscode.Uri || argument instanceof TreeNode) {
    return argument;
  }
  return Object.fromEntries(
    Object.entries(argument).filter(([name]) => !SECRET_ARGUMENTS.includes(name)),
  );
}
