import { I99dashError } from '../errors';
import type { JsonObject } from '../platform/json';
import { t } from '../text/l10n';
import { StateFile } from '../platform/stateFile';

/** A key fingerprint and a backend that the key has signed for. */
export interface KeyUse {
  fingerprint: string;
  backendUrl: string;
}

/** Checks which backends a key may sign for. */
export interface KeyUseGuard {
  /**
   * Checks that the user has approved this backend for this key.
   * @throws CHALLENGE_REFUSED when it is not approved
   */
  assertKnown(use: KeyUse): Promise<void>;
}

/**
 * The backends that each key may sign for on this computer, similar to SSH's known hosts. Keys sign
 * the server's bare nonce, so a malicious backend could forward another backend's challenge and
 * sign in there with the signature.
 */
export class ApprovedBackends implements KeyUseGuard {
  private readonly file: StateFile;
  /** Approvals of this window, in case the file cannot be written. */
  private readonly approved = new Set<string>();

  /**
   * Creates the list.
   * @param file Where the approvals are stored.
   * @param defaultBackendUrl The realm's backend, which is always approved.
   * @param usedBefore Approvals to import when the file does not exist yet: those of the stored
   * sessions.
   */
  constructor(
    file: string,
    private readonly defaultBackendUrl: string,
    private readonly usedBefore: () => readonly KeyUse[] = () => [],
  ) {
    this.file = new StateFile(file);
  }

  /** Checks whether the user has approved this backend for this key. */
  async isKnown({ fingerprint, backendUrl }: KeyUse): Promise<boolean> {
    if (
      backendUrl === this.defaultBackendUrl ||
      this.approved.has(`${fingerprint} ${backendUrl}`)
    ) {
      return true;
    }
    return readBackends(await this.read(), fingerprint).includes(backendUrl);
  }

  /** Stores the user's approval of this backend for this key. */
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

function readBackends(known: JsonObject, fingerprint: string): string[] {
  const backends = Object.hasOwn(known, fingerprint) ? known[fingerprint] : [];
  return Array.isArray(backends) ? backends.filter((url) => typeof url === 'string') : [];
}

function withUse(known: JsonObject, { fingerprint, backendUrl }: KeyUse): JsonObject {
  const backends = new Set([...readBackends(known, fingerprint), backendUrl]);
  return { ...known, [fingerprint]: [...backends] };
}
