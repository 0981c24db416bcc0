/*
 * Runs inside the extension host in place of the requested test suite and then runs that suite. It
 * formats and marks the suite's output, because VS Code's log arrives through the same channel. It
 * also reports complete runs, because VS Code exits with 0 even when its extension host dies.
 */
import { createRequire } from 'node:module';
import { format } from 'node:util';
import { suiteMarker, suiteVariable, type SuiteMessage } from './suite-channel';

const vscodeConsole = globalThis.console;

/**
 * Runs the suite that the environment names.
 * @throws the suite's error
 */
export async function run(): Promise<void> {
  const file = process.env[suiteVariable];
  if (file === undefined) throw new Error(`${suiteVariable} is not set`);
  globalThis.console = markedConsole();
  const suite = createRequire(file)(file) as { run: () => Promise<void> };
  await suite.run();
  tell('passed', '');
}

/**
 * Returns a console whose printing methods send to the launcher. The methods of VS Code's own
 * console are read-only.
 */
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
