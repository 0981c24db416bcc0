import type { CheckedContent, Finding } from '../checks/baseline/finding';
import { checkContent, tooLarge } from '../checks/baseline/checkContent';
import { codeKind, isCode, MAX_CHECKED_BYTES } from '../checks/baseline/codeFiles';
import { BaselineCache } from '../checks/baseline/baselineCache';
import type { BundleFile } from '../bundle/files';
import { SecretScanner, type SecretFinding } from '../checks/secrets/secretScanner';

/** The findings in a file's content, and what it defines or loads for other files. */
export interface FileFindings extends Pick<CheckedContent, 'brings' | 'loads'> {
  /** The file's name in the bundle. */
  name: string;
  baseline: readonly Finding[];
  secrets: readonly SecretFinding[];
}

/** The findings in the contents of all files. */
export interface Inspection {
  /** Only files with findings or with an effect on other files, in reading order. */
  found: FileFindings[];
  /** The new content of the cache file; undefined if it has not changed. */
  cache?: string;
}

/**
 * Checks the contents of files while they are read for packing, so that exactly the packed bytes
 * are checked.
 */
export interface Inspector {
  begin(file: BundleFile): void;
  /**
   * Takes the file's next bytes. The caller may reuse the buffer afterwards. Returns whether the
   * inspector needs more of the file.
   */
  add(bytes: Buffer): boolean;
  /** Ends the file. The caller waits if this returns a promise. */
  end(): void | Promise<void>;
  /**
   * Ends the inspection.
   * @param keepCache whether to return the new content of the cache file
   */
  finish(keepCache: boolean): Inspection | Promise<Inspection>;
}

/** @param cacheFile the file with the results of earlier inspections */
export type OpenInspector = (cacheFile: string | undefined) => Promise<Inspector>;

/** Opens an inspector that runs on the calling thread. */
export const inspectInPlace: OpenInspector = async (cacheFile) =>
  new ContentInspector(await BaselineCache.load(cacheFile));

/** Checks contents on the calling thread. */
export class ContentInspector implements Inspector {
  private readonly found: FileFindings[] = [];
  private readonly secrets = new SecretScanner();
  private file: BundleFile = { name: '', path: '', size: 0 };
  /** The whole content of a script or page. */
  private code = Buffer.alloc(0);
  private codeLength = 0;
  private wantsCode = false;

  constructor(private readonly cache: BaselineCache) {}

  begin(file: BundleFile): void {
    this.file = file;
    this.codeLength = 0;
    this.wantsCode = isCode(file.name) && file.size <= MAX_CHECKED_BYTES;
    if (this.wantsCode && this.code.length < file.size) {
      this.code = Buffer.allocUnsafeSlow(Math.min(2 * file.size, MAX_CHECKED_BYTES));
    }
    this.secrets.begin(file);
  }

  add(bytes: Buffer): boolean {
    if (this.wantsCode) {
      const space = this.code.length - this.codeLength;
      this.code.set(bytes.subarray(0, space), this.codeLength);
      this.codeLength += Math.min(bytes.length, space);
    }
    return this.secrets.add(bytes) || this.wantsCode;
  }

  async end(): Promise<void> {
    const { name } = this.file;
    const secrets = this.secrets.end();
    const { findings: baseline, brings, loads } = await this.checkCode();
    if ([secrets, baseline, brings, loads].some(({ length }) => length > 0)) {
      this.found.push({ name, baseline, brings, loads, secrets });
    }
  }

  finish(keepCache: boolean): Inspection {
    const cache = keepCache ? this.cache.serializeIfChanged() : undefined;
    return { found: this.found, ...(cache === undefined ? {} : { cache }) };
  }

  private async checkCode(): Promise<CheckedContent> {
    const { name } = this.file;
    if (isCode(name) && this.wantsCode) {
      return checkContent(this.code.subarray(0, this.codeLength), codeKind(name), this.cache);
    }
    return { findings: isCode(name) ? tooLarge() : [], brings: [], loads: [] };
  }
}
