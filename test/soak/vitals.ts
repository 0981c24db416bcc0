import { EventEmitter } from 'node:events';
import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as vscode from 'vscode';

/** What the extension host holds at one moment. Bytes are named so; all else are counts. */
export interface Vitals {
  /** The JavaScript heap and what it holds outside of itself, after everything unreachable was collected, in bytes. */
  heapBytes: number;
  /** What the operating system has given the process, in bytes. */
  residentBytes: number;
  /** Timers, sockets, watchers, child processes: all that would keep the process alive. */
  handles: number;
  /** Open files and sockets; 0 where the system does not tell. */
  descriptors: number;
  /** Listeners of the process itself. */
  processListeners: number;
  /** Node's event emitters. */
  emitters: number;
  /** Signals that something may abort. */
  abortSignals: number;
  /** VS Code's subscriptions and other things to dispose of. */
  disposables: number;
  /** Files and folders in the temporary folder. */
  temporaryFiles: number;
  /** Files and folders that the extension keeps. */
  keptFiles: number;
}

/** Folders whose entries are counted, as absolute paths. */
export interface CountedFolders {
  readonly temporary: string;
  readonly kept: string;
}

const COLLECTIONS = 4;

/** Collects garbage, finalizers and what these let go included, and looks. */
export async function takeVitals({ temporary, kept }: CountedFolders): Promise<Vitals> {
  await collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    heapBytes: heapUsed + external,
    residentBytes: rss,
    handles: process.getActiveResourcesInfo().length,
    descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
    processListeners: process
      .eventNames()
      .reduce((sum, event) => sum + process.listenerCount(event), 0),
    emitters: alive(EventEmitter),
    abortSignals: alive(AbortSignal),
    disposables: alive(vscode.Disposable),
    temporaryFiles: entriesBelow(temporary),
    keptFiles: entriesBelow(kept),
  };
}

/** V8's own, as `--expose-gc` has it. */
type Gc = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

let gc: Gc | undefined;

async function collectGarbage(): Promise<void> {
  if (gc === undefined) {
    v8.setFlagsFromString('--expose-gc');
    gc = vm.runInNewContext('gc') as Gc;
  }
  for (let round = 0; round < COLLECTIONS; round++) {
    // Only the last resort gives the pages back that V8 keeps for later: tens of MiB, which come and go while nothing grows.
    gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await setImmediate(); // finalizers run between two turns of the event loop
  }
}

/** How many objects of a class, or of one made from it, can still be reached. */
function alive(constructor: object): number {
  // Later than the type declarations at hand.
  const { queryObjects } = v8 as unknown as {
    queryObjects: (constructor: object, options: { format: 'count' }) => number;
  };
  return queryObjects(constructor, { format: 'count' });
}

function entriesBelow(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true }).length;
  } catch {
    return 0; // not made yet
  }
}
