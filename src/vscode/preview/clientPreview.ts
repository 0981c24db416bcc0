import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Call } from '../../core/consent';
import { I99dashError } from '../../core/errors';
import { abbreviateHome } from '../../core/platform/homePath';
import { DEV_COMMAND, type Client } from '../../core/preview/client';
import { PrintedAddress } from '../../core/preview/printedAddress';
import { shellRunner } from '../../core/publish/build/shellRunner';
import { readRunText } from '../../core/publish/project/packageScripts';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { askToRun, digestRunText } from '../publish/commandQuestion';
import { isOutsideWorkspace } from '../ui/consent';
import { offerStep } from '../ui/failure';
import type { OutputTerminal } from '../ui/outputTerminal';
import type { RunningPreview } from './appPreviews';

/** The workspace state key of the allowed clients: folder → SHA-256 of command and program. */
const ALLOWED_CLIENTS = 'i99dash.allowedClients';
/** How long the client may take to print its address, in milliseconds. It may build first. */
const START_MS = 120_000;
/** How long output may pause within an address, in milliseconds. */
const PAUSE_MS = 500;

/**
 * Asks before the client of a project runs, as before a build: once for each folder, command line
 * and program, and each time if the folder is outside the workspace.
 * @param memory the state of the workspace
 * @throws CancelledError
 */
export async function agreeToClient(
  folder: string,
  { program }: Client,
  call: Call,
  memory: vscode.Memento,
): Promise<void> {
  const isOutside = await isOutsideWorkspace(folder);
  const text = await readRunText(DEV_COMMAND, folder);
  const now = digestRunText(text, `${program} `);
  const allowed = memory.get<Record<string, string>>(ALLOWED_CLIENTS, {});
  const asksAlways = isOutside || !text.isComplete;
  if (call.confirmed || (!asksAlways && allowed[folder] === now)) {
    return;
  }
  await askToRun(call, {
    ...{ text, folder, isOutside, asksAlways },
    message: vscode.l10n.t('Run the i99dash client of {0}?', sanitizeLine(basename(folder))),
    origin: vscode.l10n.t(
      'The preview runs this command in {0}. Its program is {1}.',
      sanitizeLine(abbreviateHome(folder)),
      sanitizeLine(abbreviateHome(program)),
    ),
    buttons: [vscode.l10n.t('Run Client')],
  });
  if (!isOutside) {
    await memory.update(ALLOWED_CLIENTS, { ...allowed, [folder]: now });
  }
}

/**
 * Runs the development server of the client, and waits for its address.
 * @param terminal shows its output
 * @param controller ends the client
 * @throws BUILD_FAILED if the client ends before
 * @throws TIMEOUT if it prints no address of this computer
 * @throws CancelledError
 */
export async function startClientPreview(
  folder: string,
  { env }: Client,
  terminal: OutputTerminal,
  controller: AbortController,
): Promise<RunningPreview> {
  const { signal } = controller;
  const { found, add } = listenForAddress();
  const exited = shellRunner.run({
    ...{ commandLine: DEV_COMMAND, cwd: folder, env, signal },
    onOutput: (text) => {
      if (!signal.aborted) {
        terminal.write(text);
        add(text);
      }
    },
  });
  let deadline: NodeJS.Timeout | undefined;
  try {
    const address = await Promise.race([
      found,
      exited.then((exitCode) => {
        throw clientEnded(exitCode, terminal);
      }),
      new Promise<never>((_, reject) => {
        deadline = setTimeout(() => reject(noAddress(terminal)), START_MS);
      }),
    ]);
    const ended = exited.then(
      (exitCode) => terminal.write(`\n${describeEnd(exitCode)}\n`),
      () => undefined,
    );
    return { address, ended };
  } finally {
    clearTimeout(deadline);
  }
}

/** Waits for the first address in the output that is added. */
function listenForAddress(): { found: Promise<string>; add: (text: string) => void } {
  const output = new PrintedAddress();
  let timer: NodeJS.Timeout | undefined;
  let add = (text: string): void => void output.add(text);
  const found = new Promise<string>((resolve) => {
    const settle = (address: string | undefined): void => {
      if (address !== undefined) {
        resolve(address);
      }
    };
    add = (text) => {
      clearTimeout(timer);
      timer = setTimeout(() => settle(output.finish()), PAUSE_MS);
      settle(output.add(text));
    };
  });
  return { found, add };
}

function describeEnd(exitCode: number): string {
  return vscode.l10n.t('{0} ended (exit code {1}).', DEV_COMMAND, exitCode);
}

function clientEnded(exitCode: number, terminal: OutputTerminal): I99dashError {
  return withTerminal(new I99dashError('BUILD_FAILED', describeEnd(exitCode)), terminal);
}

function noAddress(terminal: OutputTerminal): I99dashError {
  const message = vscode.l10n.t('{0} printed no address of this computer in time.', DEV_COMMAND);
  return withTerminal(new I99dashError('TIMEOUT', message), terminal);
}

function withTerminal(error: I99dashError, terminal: OutputTerminal): I99dashError {
  offerStep(error, vscode.l10n.t('Show Terminal'), () => terminal.reveal());
  return error;
}
