const KEYS = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((key) =>
  Symbol.for(key),
);
const globals = globalThis as Record<symbol, unknown>;

const before = KEYS.map((key) => globals[key]);

/** The dispatchers behind everybody's `fetch`, as they were when this module was loaded: import it before undici. */
export const globalDispatchers = {
  /** Puts back what was there. */
  restore(): void {
    KEYS.forEach((key, index) => {
      if (globals[key] !== before[index]) {
        globals[key] = before[index];
      }
    });
  },
};
