import { CancelledError, isI99dashError } from '../errors';
import type { Clock, HttpRequest, Logger, Transport } from '../platform/interfaces';

/**
 * Wraps a transport to log each request at level "debug": method, URL, outcome and duration. Leaves
 * out headers, bodies, and the query, which is the secret part of a presigned URL.
 */
export function loggedTransport(transport: Transport, logger: Logger, clock: Clock): Transport {
  return {
    async send(request) {
      const start = clock.now();
      const tell = (outcome: string | number): void => {
        logger.debug(`${describeRequest(request)} → ${outcome} in ${clock.now() - start} ms`);
      };
      try {
        const response = await transport.send(request);
        tell(response.status);
        return response;
      } catch (error) {
        tell(describeOutcome(error));
        throw error;
      }
    },
  };
}

function describeRequest({ method, url }: HttpRequest): string {
  return `${method} ${url.origin}${url.pathname}`;
}

function describeOutcome(error: unknown): string {
  if (error instanceof CancelledError) return 'cancelled';
  return isI99dashError(error) ? error.code : 'failed';
}
