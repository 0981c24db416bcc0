import { constants } from 'node:os';
import { I99dashError } from '../errors';
import { t } from '../l10n';

/** Shells add this to the number of a signal that ended a command. */
const SIGNAL_BASE = 128;

/** Returns the exit code that shells report for a process ended by a signal. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return SIGNAL_BASE + constants.signals[signal];
}

/**
 * Creates the error for a failed build.
 * @param exitCode not 0
 */
export function buildFailed(exitCode: number): I99dashError {
  const signal = findSignal(exitCode);
  const message =
    signal === 'SIGKILL'
      ? t(
          'The build was killed ({0}). The usual cause is too little memory: close other programs, or let the build use less.',
          signal,
        )
      : signal === undefined
        ? t('The build ended with exit code {0}.', exitCode)
        : t('The build was ended by a signal ({0}).', signal);
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
