import { I99dashError, isI99dashError } from '../errors';
import { t } from '../text/l10n';
import type { Signer } from '../platform/interfaces';
import { lacksKey, type SessionProfile } from './sessionRecord';

export interface SignerDeps {
  /**
   * Opens a key file.
   * @throws KEY_*
   */
  openKeyFile: (path: string) => Promise<Signer>;
  /**
   * Returns the signer of a key in the SSH agent, or undefined when the agent does not have it.
   * @param interactive Whether the user is waiting: the agent then has minutes to prompt.
   * @throws AGENT_UNAVAILABLE
   */
  openAgentKey: (fingerprint: string, interactive: boolean) => Promise<Signer | undefined>;
}

/** Finds the key that refreshes a session, without prompting. */
export class KeyRing {
  /**
   * Encrypted keys unlocked in this window, by fingerprint, so that each passphrase is asked for
   * once.
   */
  private readonly opened = new Map<string, Signer>();

  constructor(private readonly deps: SignerDeps) {}

  /** Keeps an unlocked key until the window closes or the user signs out. */
  cache(signer: Signer): void {
    this.opened.set(signer.fingerprint, signer);
  }

  clear(): void {
    this.opened.clear();
  }

  /**
   * Opens the key of a session.
   * @throws KEY_ENCRYPTED when the key needs its passphrase
   * @throws KEY_NOT_FOUND, KEY_UNREADABLE, … when it is unusable
   * @throws AGENT_UNAVAILABLE
   */
  async open(profile: SessionProfile, interactive = false): Promise<Signer> {
    const { fingerprint, keyPath } = profile;
    if (fingerprint === undefined) {
      throw lacksKey(profile)
        ? missingKey()
        : new I99dashError('NOT_SIGNED_IN', t('A pasted access token cannot be renewed.'));
    }
    const kept = this.opened.get(fingerprint);
    if (kept !== undefined) {
      return kept;
    }
    if (keyPath === undefined) {
      const signer = await this.deps.openAgentKey(fingerprint, interactive);
      return signer ?? fail(t('The SSH agent does not hold the key {0}.', fingerprint));
    }
    try {
      const signer = await this.deps.openKeyFile(keyPath);
      return signer.fingerprint === fingerprint
        ? signer
        : fail(t('{0} is no longer the key you signed in with.', keyPath), keyPath);
    } catch (error) {
      const signer = await this.openAgentKey(fingerprint, interactive);
      if (signer === undefined) {
        throw error;
      }
      return signer;
    }
  }

  /** Opens a key in the agent. Returns undefined when there is no agent or it lacks the key. */
  private async openAgentKey(
    fingerprint: string,
    interactive: boolean,
  ): Promise<Signer | undefined> {
    try {
      return await this.deps.openAgentKey(fingerprint, interactive);
    } catch (error) {
      if (isI99dashError(error, 'AGENT_UNAVAILABLE')) {
        return undefined;
      }
      throw error;
    }
  }
}

function fail(message: string, file?: string): never {
  throw new I99dashError('KEY_NOT_FOUND', message, file === undefined ? {} : { file });
}

/** Creates the error for a session whose key is on another machine. */
export function missingKey(): I99dashError {
  return new I99dashError(
    'KEY_NOT_FOUND',
    t('This machine has no key for your session. Sign in on this machine to renew it from here.'),
  );
}
