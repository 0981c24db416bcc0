import { relative, sep } from 'node:path';
import { t } from '../l10n';
import { oneLine } from '../oneLine';
import type { Problem } from '../problem';

/**
 * What a problem says where nothing beside it shows its file, as in the log and in a failure. What is found in scripts and pages tells of a
 * line, and not of which file.
 * @param folder of the mini-app, absolute
 */
export function problemSentence({ rule, message, file }: Problem, folder: string): string {
  if (!rule.startsWith('baseline.')) {
    return message;
  }
  const name = relative(folder, file).split(sep).join('/');
  return t('{0}: {1}', oneLine(name), message);
}
