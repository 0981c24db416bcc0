import { I99dashError } from '../errors';
import { t } from '../text/l10n';

/** A lone surrogate, which cannot be part of a URL. */
const HALF = /\p{Cs}/u;

/**
 * Encodes an ID as a path segment.
 * @throws PROTOCOL for `.` and `..`, which the URL standard resolves even when escaped, and for
 * lone surrogates
 */
export function pathSegment(id: string): string {
  if (id === '.' || id === '..' || HALF.test(id)) {
    throw new I99dashError('PROTOCOL', t('The id is none that an address can hold.'));
  }
  return encodeURIComponent(id);
}
