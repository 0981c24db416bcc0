import { I99dashError } from '../errors';
import type { JsonObject } from '../json';
import { t } from '../l10n';
import { StateFile } from '../stateFile';

/** A key, by its fingerprint, and a backend that it has signed for. */
export interface KeyUse {
  fingerprint: string;
  backendUrl: string;
}

/** Says which backends a key may sign for. */
export interface KeyUseGuard {
  /** @throws CHALLENGE_REFUSED when the user has not approved this backend for this key */
  assertKnown(use: KeyUse): Promise<void>;
}

/**
 * The backends that each key may sign for on this computer, as SSH's known hosts. What a key signs is the server's bare nonce, so a backend
 * that passes on another backend's challenge can sign in there with the answer.
 */
export class KnownBackends implements KeyUseGuard {
  private readonly file: StateFile;
  /** Approved in this window, for a computer that cannot write the file. */
  private readonly approved = new Set<string>();

  /**
   * @param file where they are kept
   * @param defaultBackendUrl the realm's, which every key may sign for
   * @param usedBefore what keys signed for before there was such a file: the sessions that are stored then
   */
  constructor(
    file: string,
    private readonly defaultBackendUrl: string,
    private readonly usedBefore: () => readonly KeyUse[] = () => [],
  ) {
    this.file = new StateFile(file);
  }

  /** Whether the user has approved this backend for this key. */
  async isKnown({ fingerprint, backendUrl }: KeyUse): Promise<boolean> {
    if (
      backendUrl === this.defaultBackendUrl ||
      this.approved.has(`${fingerprint} ${backendUrl}`)
    ) {
      return true;
    }
    return backendsIn(await this.read(), fingerprint).includes(backendUrl);
  }

  /** Remembers that the user approves this backend for this key. */
  async approve({ fingerprint, backendUrl }: KeyUse): Promise<void> {
    this.approved.add(`${fingerprint} ${backendUrl}`);
    const known = await this.read();
    await this.file.write(withUse(known, { fingerprint, backendUrl }));
  }

  async assertKnown(use: KeyUse): Promise<void> {
    if (!(await this.isKnown(use))) {
      throw new I99dashError(
        'CHALLENGE_REFUSED',
        t(
          'The key {0} has never signed for {1} on this computer. Sign in to approve this backend.',
          use.fingerprint,
          use.backendUrl,
        ),
      );
    }
  }

  private async read(): Promise<JsonObject> {
    const known = await this.file.read();
    if (known !== undefined) {
      return known;
    }
    const before = this.usedBefore().reduce(withUse, {});
    await this.file.write(before);
    return before;
  }
}

function backendsIn(known: JsonObject, fingerprint: string): string[] {
  const backends = Object.hasOwn(known, fingerprint) ? known[fingerprint] : [];
  return Array.isArray(backends) ? backends.filter((url) => typeof url === 'string') : [];
}

function withUse(known: JsonObject, { fingerprint, backendUrl }: KeyUse): JsonObject {
  const backends = new Set([...backendsIn(known, fingerprint), backendUrl]);
  return { ...known, [fingerprint]: [...backends] };
}
