import { EventEmitter } from 'node:events';
import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as vscode from 'vscode';

/** A measurement of the extension host. Fields with bytes are named so; all others are counts. */
export interface Vitals {
  /** The JavaScript heap and its external memory after a full garbage collection, in bytes. */
  heapBytes: number;
  /** The resident memory of the process in bytes. */
  residentBytes: number;
  /** Timers, sockets, watchers, child processes: everything that would keep the process alive. */
  handles: number;
  /** Open files and sockets; 0 where the system does not report them. */
  descriptors: number;
  /** Listeners of the process object. */
  processListeners: number;
  /** Node's event emitters. */
  emitters: number;
  /** Abort signals. */
  abortSignals: number;
  /** VS Code's subscriptions and other disposables. */
  disposables: number;
  /** Files and folders in the temporary folder. */
  temporaryFiles: number;
  /** Files and folders in the extension's storage. */
  keptFiles: number;
}

/** Folders whose entries are counted, as absolute paths. */
export interface CountedFolders {
  readonly temporary: string;
  readonly kept: string;
}

const COLLECTIONS = 4;

/** Collects garbage including finalizers and their references, then measures. */
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

/** V8's function, as exposed by `--expose-gc`. */
type Gc = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

let gc: Gc | undefined;

async function collectGarbage(): Promise<void> {
  if (gc === undefined) {
    v8.setFlagsFromString('--expose-gc');
    gc = vm.runInNewContext('gc') as Gc;
  }
  for (let round = 0; round < COLLECTIONS; round++) {
    // Only the last-resort mode releases the pages that V8 keeps in reserve: tens of MiB that vary
    // without a leak.
    gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await setImmediate(); // finalizers run between two turns of the event loop
  }
}

/** Counts the reachable objects of a class and its subclasses. */
function alive(constructor: object): number {
  // Newer than the installed type declarations.
  const { queryObjects } = v8 as unknown as {
    queryObjects: (constructor: object, options: { format: 'count' }) => number;
  };
  return queryObjects(constructor, { format: 'count' });
}

function entriesBelow(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true }).length;
  } catch {
    return 0; // not created yet
  }
}
