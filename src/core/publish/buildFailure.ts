import { constants } from 'node:os';
import { I99dashError } from '../errors';
import { t } from '../l10n';

/** What a shell adds to the number of a signal that ended a command. */
const SIGNAL_BASE = 128;

/** The exit code of a process that a signal ended, as shells have it. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return SIGNAL_BASE + constants.signals[signal];
}

/** The error for a build that failed. @param exitCode not 0 */
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

/** The signal that an exit code stands for. Windows has none. */
function findSignal(exitCode: number): string | undefined {
  return process.platform === 'win32'
    ? undefined
    : Object.entries(constants.signals).find(
        ([, number]) => SIGNAL_BASE + number === exitCode,
      )?.[0];
}
