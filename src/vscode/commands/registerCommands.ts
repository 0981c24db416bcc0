import * as vscode from 'vscode';
import { readArguments, takesArguments } from '../../core/commandArguments';
import type { Call } from '../../core/consent';
import { CancelledError } from '../../core/errors';
import type { Logger } from '../../core/platform/interfaces';
import { COMMAND_IDS, type CommandHandler, type CommandId } from './commandIds';
import { identifyCaller, Click } from '../ui/consent';
import { reportFailure } from '../ui/failure';
import { getRetry } from '../ui/retry';
import { runCommand } from '../ui/runCommand';
import { ViewElement } from '../ui/viewElement';

/** Arguments that answer a prompt and are asked for anew when a command is run again. */
const SECRET_ARGUMENTS = ['passphrase', 'token'];

/**
 * Registers every command. Cancelled ones return undefined; failed ones show one message and reject
 * with their error.
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
  const isFromWorkbench = (new Error().stack ?? '').includes('$executeContributedCommand');
  const shownByCaller = isFromWorkbench && isClickedOn(args[0]);
  try {
    return await handler(...readCall(id, args[0], isFromWorkbench));
  } catch (error) {
    const runAgain = (): void => void runCommand(id, ...args.map(withoutSecrets));
    reportRetryable(id, error, logger, runAgain);
    if (shownByCaller || error instanceof CancelledError) {
      return undefined;
    }
    throw error;
  }
}

/** Reports a failure. *Try Again* goes on where it happened, if that is possible. */
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
 * Whether a click, a keybinding or the palette passes this. The workbench shows a dialog of its own
 * for a command that rejects, on top of our message, and has no use for the rejection. It calls
 * through the extension host's `$executeContributedCommand`, and passes no argument, the resource
 * or the row of a view it was clicked on; another extension in this host passes through neither.
 */
function isClickedOn(first: unknown): boolean {
  return first === undefined || first instanceof vscode.Uri || first instanceof ViewElement;
}

/**
 * The one place where a command's argument becomes what its handler gets, and `confirmed` what the
 * user lets it be.
 * @throws VALIDATION_FAILED
 */
function readCall(id: CommandId, given: unknown, isFromWorkbench: boolean): [unknown, Call] {
  if (!takesArguments(id) || given instanceof ViewElement) {
    return [given, identifyCaller(given, undefined, isFromWorkbench)];
  }
  const passed = given instanceof Click ? given.args : given;
  // A file that was clicked on is an argument, too.
  const object = passed instanceof vscode.Uri ? { folder: passed } : passed;
  const { confirmed, ...args } = readArguments(id, object);
  return [args, identifyCaller(given, confirmed, isFromWorkbench)];
}

function withoutSecrets(argument: unknown): unknown {
  if (argument instanceof Click) {
    return argument; // our own UI passes no secret
  }
  const isPlain = typeof argument === 'object' && argument !== null;
  if (!isPlain || argument instanceof vscode.Uri || argument instanceof ViewElement) {
    return argument;
  }
  return Object.fromEntries(
    Object.entries(argument).filter(([name]) => !SECRET_ARGUMENTS.includes(name)),
  );
}
