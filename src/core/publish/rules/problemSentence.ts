import { relative, sep } from 'node:path';
import { t } from '../../text/l10n';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem } from '../../problem';

/**
 * Returns the message of a problem for places that do not show its file, such as the log and an
 * error. Messages about scripts and pages do not name the file, so it is added.
 * @param folder absolute folder of the mini-app
 */
export function problemSentence({ rule, message, file }: Problem, folder: string): string {
  if (!rule.startsWith('baseline.')) {
    return message;
  }
  const name = relative(folder, file).split(sep).join('/');
  return t('{0}: {1}', sanitizeLine(name), message);
}
