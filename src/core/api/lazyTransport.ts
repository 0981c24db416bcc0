import type { Transport } from '../ports';

/** A transport that is loaded when the first request is sent, and tried anew after it could not be. */
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
