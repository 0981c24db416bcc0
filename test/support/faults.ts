import type { Backend } from '../backend/server';

/** An exchange that has been stopped half-way. */
export interface HeldExchange {
  /** Resolves once the request is there. */
  readonly reached: Promise<void>;
  /** Lets the backend answer. */
  release(): void;
}

/** Has the backend hold back its next answer on a path. */
export function holdBack({ faults }: Pick<Backend, 'faults'>, path: string): HeldExchange {
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
          arrive();
          await released;
          return next();
        },
      },
    });
  });
  return { reached, release };
}
