import { posix } from 'node:path';
import type { CheckedContent } from './finding';

/** A file with what its content means for others. */
export type LoadedFile = Pick<CheckedContent, 'brings' | 'loads'> & { name: string };

interface Step {
  /** The script's name in the bundle; undefined for one in the page. */
  name?: string;
  brings: readonly string[];
}

/** Tells which functions the scripts of a bundle bring for those that run after them. */
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
   * What is there before a script runs: in each page that loads it, or, where no page does, in all of the bundle, for scripts load others.
   * @param step of code in a page: how many of the page's scripts have run before
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

/** The name in the bundle that an address in a page means. */
function resolveAddress(address: string, page: string): string {
  const [path = ''] = address.trim().split(/[?#]/u, 1);
  const name = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(page), path);
  try {
    return decodeURIComponent(posix.normalize(name));
  } catch {
    return name;
  }
}
