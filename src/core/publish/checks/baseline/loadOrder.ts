import { posix } from 'node:path';
import type { CheckedContent } from './finding';

/** A file, with what its content defines and loads. */
export type LoadedFile = Pick<CheckedContent, 'brings' | 'loads'> & { name: string };

interface Step {
  /** The script's name in the bundle; undefined for an inline script. */
  name?: string;
  brings: readonly string[];
}

/** Tells which functions the scripts of a bundle define before another script runs. */
export class LoadOrder {
  private readonly pages = new Map<string, readonly Step[]>();
  private readonly all: ReadonlySet<string>;
  private readonly known = new Map<string, ReadonlySet<string>>();

  constructor(files: readonly LoadedFile[]) {
    const scripts = new Map(files.map(({ name, brings }) => [name, brings]));
    for (const { name: page, loads } of files) {
      if (loads.length > 0) {
        const steps = loads.map((load): Step => {
          if (!('src' in load)) {
            return load;
          }
          const name = resolveAddress(load.src, page);
          return { name, brings: scripts.get(name) ?? [] };
        });
        this.pages.set(page, steps);
      }
    }
    const inline = [...this.pages.values()].flat().flatMap(({ brings }) => brings);
    this.all = new Set([...scripts.values()].flat().concat(inline));
  }

  /**
   * Returns what is defined before a script runs: in every page that loads it, or, if no page does,
   * in the whole bundle, because scripts can load other scripts.
   * @param step for code in a page: how many of the page's scripts have run before it
   */
  findBrought(file: string, step?: number): ReadonlySet<string> {
    if (step !== undefined) {
      const steps = this.pages.get(file) ?? [];
      return new Set(steps.slice(0, step).flatMap(({ brings }) => brings));
    }
    let brought = this.known.get(file);
    if (brought === undefined) {
      brought = this.findBefore(file);
      this.known.set(file, brought);
    }
    return brought;
  }

  private findBefore(file: string): ReadonlySet<string> {
    const before = [...this.pages.values()].flatMap((steps) => {
      const index = steps.findIndex(({ name }) => name === file);
      return index === -1 ? [] : [new Set(steps.slice(0, index).flatMap(({ brings }) => brings))];
    });
    const [first, ...others] = before;
    return first === undefined
      ? this.all
      : new Set([...first].filter((name) => others.every((names) => names.has(name))));
  }
}

/** Resolves an address in a page to a name in the bundle. */
function resolveAddress(address: string, page: string): string {
  const [path = ''] = address.trim().split(/[?#]/u, 1);
  const name = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(page), path);
  try {
    return decodeURIComponent(posix.normalize(name));
  } catch {
    return name;
  }
}
