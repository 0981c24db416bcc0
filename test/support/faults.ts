import type { Backend } from '../backend/server';

/** An exchange that has been stopped half-way. */
export interface HeldExchange {
  /** Resolves once the request is there. */
  readonly reached: Promise<void>;
  /** Lets the backend answer. */
  release(): void;
}

/**
 * Has the backend hold back its next answer on a path.
 * @param handled whether it has done by then what it was asked for
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
