import type { Transport } from '../platform/interfaces';

/**
 * Returns a transport that is loaded on the first request. A failed load is retried on the next
 * request.
 */
export function lazyTransport(load: () => Promise<Transport>): Transport {
  let loading: Promise<Transport> | undefined;
  return {
    async send(request) {
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return (await loading).send(request);
    },
  };
}
