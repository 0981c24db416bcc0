import * as vscode from 'vscode';
import { readArguments, takesArguments } from '../core/commandArguments';
import { CancelledError } from '../core/errors';
import type { Logger } from '../core/ports';
import { COMMAND_IDS, type CommandHandler, type CommandId } from './commandIds';
import { reportFailure } from './failure';
import { runQuietly } from './runQuietly';
import { ViewElement } from './viewElement';

/** Arguments that answer a prompt and are asked for anew when a command is run again. */
const SECRET_ARGUMENTS = ['passphrase', 'token'];

/** Registers every command. Cancelled ones return undefined; failed ones show one message and reject with their error. */
export function registerCommands(
  handlers: Record<CommandId, CommandHandler>,
  logger: Logger,
): vscode.Disposable {
  return vscode.Disposable.from(
    ...COMMAND_IDS.map((id) =>
      vscode.commands.registerCommand(id, (...args: unknown[]) =>
        runCommand(id, handlers[id], args, logger),
      ),
    ),
  );
}

async function runCommand(
  id: CommandId,
  handler: CommandHandler,
  args: unknown[],
  logger: Logger,
): Promise<unknown> {
  const shownByCaller = isCalledByWorkbench(args, new Error().stack ?? '');
  try {
    const [first, ...others] = args;
    return await handler(argumentOf(id, first), ...others);
  } catch (error) {
    reportFailure(id, error, logger, () => void runQuietly(id, ...args.map(withoutSecrets)));
    if (shownByCaller || error instanceof CancelledError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Whether a click, a keybinding or the palette started the command. The workbench shows a dialog of its own for a command that
 * rejects, on top of our message, and has no use for the rejection. It calls through the extension host's
 * `$executeContributedCommand`, and passes no argument, the resource or the row of a view it was clicked on; another extension in this host passes through neither.
 */
function isCalledByWorkbench(args: unknown[], stack: string): boolean {
  const fromWorkbench = stack.includes('$executeContributedCommand');
  const [first] = args;
  const isClickedOn = first instanceof vscode.Uri || first instanceof ViewElement;
  return fromWorkbench && (first === undefined || isClickedOn);
}

/** A row of a view and a file that was clicked on are arguments, too. @throws VALIDATION_FAILED */
function argumentOf(id: CommandId, given: unknown): unknown {
  if (!takesArguments(id) || given instanceof ViewElement) {
    return given;
  }
  return readArguments(id, given instanceof vscode.Uri ? { folder: given } : given);
}

function withoutSecrets(argument: unknown): unknown {
  const isPlain = typeof argument === 'object' && argument !== null;
  if (!isPlain || argument instanceof vscode.Uri || argument instanceof ViewElement) {
    return argument;
  }
  return Object.fromEntries(
    Object.entries(argument).filter(([name]) => !SECRET_ARGUMENTS.includes(name)),
  );
}
