import { constants } from 'node:os';
import { I99dashError } from '../../errors';
import { t } from '../../text/l10n';
import { sanitizeLine } from '../../text/sanitizeLine';

/** Shells add this to the number of a signal that ended a command. */
const SIGNAL_BASE = 128;

/** Returns the exit code that shells report for a process ended by a signal. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return SIGNAL_BASE + constants.signals[signal];
}

/** Limit for a command line in a message. The terminal and the configuration show it in full. */
const MAX_COMMAND = 80;

/**
 * Creates the error for a failed build.
 * @param app the app's id
 * @param exitCode not 0
 */
export function buildFailed(app: string, commandLine: string, exitCode: number): I99dashError {
  const signal = findSignal(exitCode);
  const command = sanitizeLine(commandLine, MAX_COMMAND);
  const message =
    signal === 'SIGKILL'
      ? t(
          'The build of {0} was killed ({1}, {2}). The usual cause is too little memory: close other programs, or let the build use less.',
          app,
          command,
          signal,
        )
      : signal === undefined
        ? t('The build of {0} failed ({1}, exit code {2}).', app, command, exitCode)
        : t('The build of {0} was ended by a signal ({1}, {2}).', app, command, signal);
  return new I99dashError('BUILD_FAILED', message);
}

/** Returns the signal that an exit code stands for. Windows has no signals. */
function findSignal(exitCode: number): string | undefined {
  return process.platform === 'win32'
    ? undefined
    : Object.entries(constants.signals).find(
        ([, number]) => SIGNAL_BASE + number === exitCode,
      )?.[0];
}
