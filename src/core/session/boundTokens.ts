import { I99dashError } from '../errors';
import { t } from '../text/l10n';
import type { TokenSource } from '../platform/interfaces';

/**
 * Binds a token source to one backend, so that a settings change during an operation does not send
 * another backend's token there.
 * @param inForce Returns the backend that `tokens` currently belongs to.
 * @returns A source that throws NOT_SIGNED_IN after the backend has changed.
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
