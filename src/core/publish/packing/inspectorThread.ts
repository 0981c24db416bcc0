import { Worker, type MessagePort } from 'node:worker_threads';
import { localization, localize, type Localization } from '../../text/l10n';
import { isCode, MAX_CHECKED_BYTES } from '../checks/baseline/codeFiles';
import { BaselineCache } from '../checks/baseline/baselineCache';
import type { BundleFile } from '../bundle/files';
import { ContentInspector, type Inspection, type Inspector } from './contentInspector';
import { secretName } from '../checks/secrets/secretFiles';
import { isBinary, SCANNED_BYTES, SNIFFED_BYTES } from '../checks/secrets/secretScanner';

/** A message to the thread. */
type Request =
  | { kind: 'file'; file: BundleFile; chunks: readonly Uint8Array[]; bytes: number }
  | { kind: 'finish'; keepCache: boolean };

/** A message from the thread: how many bytes it has processed, or the result. */
type Answer = { kind: 'done'; bytes: number } | { kind: 'finished'; inspection: Inspection };

/** The data that the thread starts with. */
export interface InspectorSetup {
  /** The file with the results of earlier inspections. */
  cacheFile: string | undefined;
  localization: Localization | undefined;
}

/** Deep syntax needs a deep stack. Syntax trees are many small, short-lived nodes. */
const LIMITS = { stackSizeMb: 16, maxYoungGenerationSizeMb: 48 };
/** The most bytes that may be queued for the thread. */
const MAX_WAITING = 16 * 1024 * 1024;

/** Checks contents in a separate thread, while this one reads and packs. */
export class InspectorThread implements Inspector {
  private readonly worker: Worker;
  private waiting = 0;
  private drained: (() => void) | undefined;
  private finished: ((inspection: Inspection) => void) | undefined;
  private file: BundleFile = { name: '', path: '', size: 0 };
  private chunks: Uint8Array[] = [];
  private bytes = 0;
  private wanted = 0;

  /**
   * @param script runs {@link serveInspector} when it is started as a thread
   * @param cacheFile the file with the results of earlier inspections
   */
  constructor(script: string, cacheFile: string | undefined) {
    const workerData: InspectorSetup = { cacheFile, localization: localization() };
    this.worker = new Worker(script, { workerData, resourceLimits: LIMITS });
    this.worker.on('message', (answer: Answer) => {
      if (answer.kind === 'finished') {
        this.finished?.(answer.inspection);
        return;
      }
      this.waiting -= answer.bytes;
      if (this.waiting <= MAX_WAITING) {
        this.drained?.();
      }
    });
    this.worker.on('error', (error) => {
      throw error; // ends the process, and its parent reports it
    });
  }

  begin(file: BundleFile): void {
    this.file = file;
    this.chunks = [];
    this.bytes = 0;
    this.wanted =
      isCode(file.name) && file.size <= MAX_CHECKED_BYTES ? MAX_CHECKED_BYTES : SCANNED_BYTES;
  }

  add(bytes: Buffer): boolean {
    if (this.bytes >= this.wanted) {
      return false;
    }
    const chunk = new Uint8Array(bytes.subarray(0, this.wanted - this.bytes));
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    const { name } = this.file;
    if (
      this.chunks.length === 1 &&
      chunk.length >= SNIFFED_BYTES &&
      isBinary(bytes) &&
      !isCode(name)
    ) {
      this.wanted = 0; // a binary file is checked by name only
      this.chunks = secretName(this.file) === undefined ? [] : [chunk];
    }
    return this.bytes < this.wanted;
  }

  async end(): Promise<void> {
    const { file, chunks, bytes } = this;
    if (chunks.length === 0 && secretName(file) === undefined) {
      return;
    }
    this.waiting += bytes;
    this.post(
      { kind: 'file', file, chunks, bytes },
      chunks.map(({ buffer }) => buffer as ArrayBuffer),
    );
    if (this.waiting > MAX_WAITING) {
      await new Promise<void>((resolve) => {
        this.drained = resolve;
      });
    }
  }

  async finish(keepCache: boolean): Promise<Inspection> {
    const inspection = await new Promise<Inspection>((resolve) => {
      this.finished = resolve;
      this.post({ kind: 'finish', keepCache });
    });
    await this.worker.terminate();
    return inspection;
  }

  private post(request: Request, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(request, transfer);
  }
}

/** Runs the thread's side of the inspection. */
export async function serveInspector(
  port: MessagePort,
  { cacheFile, localization: told }: InspectorSetup,
): Promise<void> {
  localize(told);
  const inspector = new ContentInspector(await BaselineCache.load(cacheFile));
  const answer = (message: Answer): void => port.postMessage(message);
  const serve = async (request: Request): Promise<void> => {
    if (request.kind === 'finish') {
      answer({ kind: 'finished', inspection: inspector.finish(request.keepCache) });
      return;
    }
    inspector.begin(request.file);
    for (const chunk of request.chunks) {
      inspector.add(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    }
    await inspector.end();
    answer({ kind: 'done', bytes: request.bytes });
  };
  let last = Promise.resolve();
  port.on('message', (request: Request) => {
    last = last.then(() => serve(request));
  });
}
