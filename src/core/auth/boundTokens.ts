import { I99dashError } from '../errors';
import { t } from '../l10n';
import type { TokenSource } from '../ports';

/**
 * The tokens of one backend alone: a setting that is changed in the middle must not send another backend's token there.
 * @param inForce the backend that `tokens` are for now
 * @returns a source that throws NOT_SIGNED_IN once another backend is in force
 */
export function boundTokens(
  backendUrl: string,
  tokens: TokenSource,
  inForce: () => string,
): TokenSource {
  return {
    getToken: async (request) => {
      const token = await tokens.getToken(request);
      if (inForce() !== backendUrl) {
        const message = t('The backend was changed in the settings meanwhile. Try again.');
        throw new I99dashError('NOT_SIGNED_IN', message);
      }
      return token;
    },
  };
}
