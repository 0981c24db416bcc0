import { I99dashError } from '../errors';
import { t } from '../l10n';

/** Half a character: no address can hold it. */
const HALF = /\p{Cs}/u;

/**
 * An id as one part of a path, whatever it holds.
 * @throws PROTOCOL for the ids that no escape keeps from leading elsewhere (`.` and `..`, as the URL standard has it), or that no path can hold
 */
export function pathSegment(id: string): string {
  if (id === '.' || id === '..' || HALF.test(id)) {
    throw new I99dashError('PROTOCOL', t('The id is none that an address can hold.'));
  }
  return encodeURIComponent(id);
}
