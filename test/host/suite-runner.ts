/*
 * Runs inside the extension host, in place of the test suite that was asked for, and then runs that. What the suite prints is formatted
 * here and marked: VS Code's log and the suite's output arrive through the same channel, and only complete runs may count as passed,
 * whereas VS Code reports 0 also when its extension host dies.
 */
import { createRequire } from 'node:module';
import { format } from 'node:util';
import { suiteMarker, suiteVariable, type SuiteMessage } from './suite-channel';

const vscodeConsole = globalThis.console;

/**
 * Runs the suite that the environment names.
 * @throws what the suite throws
 */
export async function run(): Promise<void> {
  const file = process.env[suiteVariable];
  if (file === undefined) throw new Error(`${suiteVariable} is not set`);
  globalThis.console = markedConsole();
  const suite = createRequire(file)(file) as { run: () => Promise<void> };
  await suite.run();
  tell('passed', '');
}

/** A console whose printing methods go to the launcher. VS Code has made those of its own console read-only. */
function markedConsole(): Console {
  const methods = ['log', 'info', 'warn', 'error', 'debug'];
  const printing = methods.map((name) => [name, { value: print, writable: true }] as const);
  return Object.create(vscodeConsole, Object.fromEntries(printing)) as Console;
}

function print(...args: unknown[]): void {
  tell('output', format(...args));
}

function tell(message: SuiteMessage, text: string): void {
  vscodeConsole.log(suiteMarker, message, text);
}
