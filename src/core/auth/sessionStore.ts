import type { Clock, Disposable, SecretStore, StateStore } from '../ports';
import type { Realm } from '../realm';
import type { MintedToken } from './mint';
import { isFromFuture } from './renewalPolicy';
import { judge, nextNotes, parseNotes, type SessionNotes, type StoredState } from './sessionNotes';
import {
  parseSession,
  serializeSession,
  type SessionRecord,
  type StoredSession,
} from './sessionRecord';

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
    const stored = await this.readSecret(backendUrl);
    return judge(stored, this.notes(backendUrl));
  }

  /** Writes a new session. A keyring that does not take its secret is one that will have lost it. */
  async begin(backendUrl: string, record: SessionRecord): Promise<void> {
    const stored = await this.readSecret(backendUrl);
    await this.writeSecret(backendUrl, record).catch(() => undefined);
    await this.note(backendUrl, nextNotes(this.notes(backendUrl), stored, record));
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
    const before = this.whatCounts(await this.read(backendUrl), renewed, replaced);
    if (before.kind !== 'session' || before.record !== renewed) {
      return before;
    }
    const notes = this.notes(backendUrl);
    if (notes.profile === undefined) {
      await this.note(backendUrl, nextNotes(notes, undefined, renewed));
    }
    await this.writeSecret(backendUrl, renewed).catch(() => undefined);
    // There is no compare-and-set: a sign-out or a sign-in may have come in between.
    const after = this.whatCounts(await this.read(backendUrl), renewed, replaced);
    if (after.kind === 'ended') {
      await this.writeTombstone(backendUrl, renewed.sessionId).catch(() => undefined);
    }
    return after;
  }

  /**
   * Ends the session of a backend.
   * @param held the id of the session that the window holds
   * @throws what the keyring throws; the session has ended, but its secret may still be there
   */
  async end(backendUrl: string, held: string | undefined): Promise<void> {
    const stored = await this.readSecret(backendUrl);
    const notes = nextNotes(this.notes(backendUrl), stored, undefined, held);
    await this.note(backendUrl, notes);
    await this.writeTombstone(backendUrl, notes.ended.at(-1));
  }

  /** Calls back when the session of any backend may have changed. */
  onDidChange(listener: () => void): Disposable {
    return this.secrets.onDidChange((key) => {
      if (key.startsWith(this.key(''))) {
        listener();
      }
    });
  }

  /** The renewed session, or what keeps it from being written. */
  private whatCounts(
    stored: StoredState,
    renewed: SessionRecord,
    replaced: string | undefined,
  ): StoredState {
    switch (stored.kind) {
      case 'none':
        break;
      case 'ended':
        return stored;
      case 'secretLost':
        if (stored.profile.sessionId !== renewed.sessionId) {
          return stored;
        }
        break;
      case 'session': {
        const { record } = stored;
        if (record.sessionId !== renewed.sessionId || this.isLater(record, renewed, replaced)) {
          return stored;
        }
      }
    }
    return { kind: 'session', record: renewed };
  }

  private isLater(
    stored: MintedToken,
    renewed: MintedToken,
    replaced: string | undefined,
  ): boolean {
    return (
      stored.token !== replaced &&
      stored.expiresAt >= renewed.expiresAt &&
      !isFromFuture(stored, this.clock.now())
    );
  }

  /** A keyring that is locked or broken is like one that is empty: never a sign-out. */
  private async readSecret(backendUrl: string): Promise<StoredSession | undefined> {
    try {
      const text = await this.secrets.get(this.key(backendUrl));
      return text === undefined ? undefined : parseSession(text);
    } catch {
      return undefined;
    }
  }

  private writeSecret(backendUrl: string, session: StoredSession): Promise<void> {
    return this.secrets.store(this.key(backendUrl), serializeSession(session));
  }

  private writeTombstone(backendUrl: string, sessionId: string | undefined): Promise<void> {
    const signedOutAt = this.clock.now();
    return this.writeSecret(
      backendUrl,
      sessionId === undefined ? { signedOutAt } : { signedOutAt, sessionId },
    );
  }

  private notes(backendUrl: string): SessionNotes {
    return parseNotes(this.state.get(this.key(backendUrl)));
  }

  private note(backendUrl: string, notes: SessionNotes): Promise<void> {
    return this.state.update(this.key(backendUrl), notes);
  }

  private key(backendUrl: string): string {
    return `${this.realm.id}.session:${backendUrl}`;
  }
}
