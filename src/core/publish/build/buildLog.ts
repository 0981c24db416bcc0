import { stripVTControlCharacters } from 'node:util';
import type { Logger } from '../../platform/interfaces';

/**
 * The most output of one build that is logged, in UTF-16 units. The limit keeps an endless build
 * from filling the disk.
 */
export const MAX_LOGGED = 1024 * 1024;

/** @returns a function that logs the output of one build line by line, up to {@link MAX_LOGGED} */
export function buildLog(logger: Logger): (text: string) => void {
  let left = MAX_LOGGED;
  return (text) => {
    if (left <= 0) {
      return;
    }
    const kept = text.slice(0, left);
    left -= kept.length;
    for (const line of stripVTControlCharacters(kept).split(/[\r\n]+/u)) {
      if (line.trim() !== '') {
        logger.info(`build: ${line}`);
      }
    }
    if (left <= 0) {
      logger.warn('The build prints more than the log keeps. The terminal has the rest.');
    }
  };
}
