import type { Transport } from '../ports';

/** A transport that is loaded when the first request is sent. */
export function lazyTransport(load: () => Promise<Transport>): Transport {
  let loading: Promise<Transport> | undefined;
  return {
    async send(request) {
      loading ??= load();
      return (await loading).send(request);
    },
  };
}
