import { isJsonObject } from '../json';
import type { Clock, Disposable, SecretStore, StateStore } from '../ports';
import type { Realm } from '../realm';
import type { MintedToken } from './mint';
import {
  isTombstone,
  parseProfile,
  parseSession,
  profileOf,
  serializeSession,
  type SessionProfile,
  type SessionRecord,
} from './sessionRecord';

/** What the store holds for a backend. */
export type StoredState =
  | { kind: 'none' }
  | { kind: 'ended' }
  | { kind: 'session'; record: SessionRecord }
  /** Someone is signed in, but the secret is gone or unreadable: a keyring that was lost, or never was. */
  | { kind: 'secretLost'; profile: SessionProfile };

/**
 * Keeps one session per realm and backend: the record with its token in the secret store, and beside it, in plain state, who is signed
 * in. The second tells a keyring that lost its secrets from a sign-out, and a sign-out from a window that never heard of it.
 */
export class SessionStore {
  constructor(
    private readonly realm: Realm,
    private readonly secrets: SecretStore,
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {}

  async read(backendUrl: string): Promise<StoredState> {
    const text = await this.readSecret(backendUrl);
    const plain = this.state.get(this.key(backendUrl));
    const endedId = isJsonObject(plain) ? plain['ended'] : undefined;
    const profile = parseProfile(isJsonObject(plain) ? plain['profile'] : undefined);
    const stored = text === undefined ? undefined : parseSession(text);
    if (stored === undefined) {
      return profile === undefined ? { kind: 'none' } : { kind: 'secretLost', profile };
    }
    return isTombstone(stored) || stored.sessionId === endedId
      ? { kind: 'ended' }
      : { kind: 'session', record: stored };
  }

  /** Writes a new session. */
  async begin(backendUrl: string, record: SessionRecord): Promise<void> {
    await this.state.update(this.key(backendUrl), { profile: profileOf(record) });
    await this.secrets.store(this.key(backendUrl), serializeSession(record));
  }

  /**
   * Writes a renewed token, unless its session has ended meanwhile or another window has written a later token.
   * @param replaced the token that was renewed; undefined when it was lost
   * @returns what now counts
   */
  async saveRenewed(
    backendUrl: string,
    renewed: SessionRecord,
    replaced: string | undefined,
  ): Promise<StoredState> {
    const stored = await this.read(backendUrl);
    const { sessionId } = renewed;
    const isSame = stored.kind === 'secretLost' && stored.profile.sessionId === sessionId;
    if (!isSame && (stored.kind !== 'session' || stored.record.sessionId !== sessionId)) {
      return stored;
    }
    if (stored.kind === 'session' && isLater(stored.record, renewed, replaced)) {
      return stored;
    }
    await this.secrets.store(this.key(backendUrl), serializeSession(renewed));
    return { kind: 'session', record: renewed };
  }

  /** Ends the session of a backend. */
  async end(backendUrl: string, sessionId: string | undefined): Promise<void> {
    const ended = sessionId === undefined ? {} : { ended: sessionId };
    await this.state.update(this.key(backendUrl), ended);
    await this.secrets.store(
      this.key(backendUrl),
      serializeSession({ signedOutAt: this.clock.now() }),
    );
  }

  /** Calls back when the session of any backend may have changed. */
  onDidChange(listener: () => void): Disposable {
    return this.secrets.onDidChange((key) => {
      if (key.startsWith(this.key(''))) {
        listener();
      }
    });
  }

  /** A keyring that is locked or broken is like one that is empty: never a sign-out. */
  private async readSecret(backendUrl: string): Promise<string | undefined> {
    try {
      return await this.secrets.get(this.key(backendUrl));
    } catch {
      return undefined;
    }
  }

  private key(backendUrl: string): string {
    return `${this.realm.id}.session:${backendUrl}`;
  }
}

function isLater(stored: MintedToken, renewed: MintedToken, replaced: string | undefined): boolean {
  return stored.token !== replaced && stored.expiresAt >= renewed.expiresAt;
}
