import * as vscode from 'vscode';
import { CancelledError } from '../core/errors';
import type { Logger } from '../core/ports';
import { reportFailure } from './failure';
import { runQuietly } from './runQuietly';
import { ViewElement } from './viewElement';

const COMMAND_IDS = [
  'i99dash.signIn',
  'i99dash.signOut',
  'i99dash.whoAmI',
  'i99dash.unlock',
  'i99dash.validate',
  'i99dash.publish',
  'i99dash.publishToBeta',
  'i99dash.dryRun',
  'i99dash.generateKey',
  'i99dash.copyPublicKey',
  'i99dash.setUpCi',
  'i99dash.listKeys',
  'i99dash.addKey',
  'i99dash.removeKey',
  'i99dash.replaceKey',
  'i99dash.refreshKeys',
  'i99dash.copyFingerprint',
  'i99dash.rotateApiKey',
  'i99dash.copyDiagnostics',
  'i99dash.showLog',
  'i99dash.showAccountMenu',
  'i99dash.status',
  'i99dash.refreshApps',
  'i99dash.showWorkspaceApps',
  'i99dash.showAllApps',
  'i99dash.publishApp',
  'i99dash.openAppFolder',
  'i99dash.openAppInWebConsole',
  'i99dash.promoteToBeta',
  'i99dash.promoteToProduction',
  'i99dash.endBeta',
  'i99dash.requestAccess',
  'i99op.signIn',
  'i99op.signOut',
  'i99op.unlock',
  'i99op.showConfig',
  'i99op.balance',
  'i99op.listKeys',
  'i99op.addKey',
  'i99op.showAccountMenu',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

/** Runs a command with the arguments it was called with. */
export type CommandHandler = (...args: unknown[]) => Promise<unknown>;

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
    return await handler(...args);
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

function withoutSecrets(argument: unknown): unknown {
  const isPlain = typeof argument === 'object' && argument !== null;
  if (!isPlain || argument instanceof vscode.Uri || argument instanceof ViewElement) {
    return argument;
  }
  return Object.fromEntries(
    Object.entries(argument).filter(([name]) => !SECRET_ARGUMENTS.includes(name)),
  );
}
