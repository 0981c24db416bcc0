import type { Backend } from '../backend/server';

/** An exchange that is paused half-way. */
export interface HeldExchange {
  /** Resolves once the request has arrived. */
  readonly reached: Promise<void>;
  /** Lets the backend answer. */
  release(): void;
}

/**
 * Makes the backend hold back its next response on a path.
 * @param handled whether the backend handles the request before it pauses
 */
export function holdBack(
  { faults }: Pick<Backend, 'faults'>,
  path: string,
  { handled = false } = {},
): HeldExchange {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const reached = new Promise<void>((arrive) => {
    faults.inject({
      match: { path },
      fault: {
        kind: 'custom',
        handler: async (_request, next) => {
          const answer = handled ? await next() : undefined;
          arrive();
          await released;
          return answer ?? next();
        },
      },
    });
  });
  return { reached, release };
}
