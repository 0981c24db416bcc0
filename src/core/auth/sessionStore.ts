import type { Clock, Disposable, SecretStore } from '../ports';
import type { Realm } from '../realm';
import {
  isTombstone,
  parseSession,
  serializeSession,
  type SessionRecord,
  type StoredSession,
} from './sessionRecord';

/** Keeps one session per realm and backend in the secret store. */
export class SessionStore {
  constructor(
    private readonly realm: Realm,
    private readonly secrets: SecretStore,
    private readonly clock: Clock,
  ) {}

  /** The session of a backend; undefined when there is none, or when what is stored cannot be read. */
  async read(backendUrl: string): Promise<SessionRecord | undefined> {
    const stored = await this.readStored(backendUrl);
    return stored === undefined || isTombstone(stored) ? undefined : stored;
  }

  async save(backendUrl: string, record: SessionRecord): Promise<void> {
    await this.secrets.store(this.key(backendUrl), serializeSession(record));
  }

  /**
   * Writes a renewed record, unless its session has ended meanwhile or another window has written a later token.
   * @param replaced the token that was renewed
   * @returns the record that now counts; undefined when the session has ended
   */
  async saveRenewed(
    backendUrl: string,
    renewed: SessionRecord,
    replaced: string,
  ): Promise<SessionRecord | undefined> {
    const stored = await this.read(backendUrl);
    if (stored?.sessionId !== renewed.sessionId) {
      return stored;
    }
    if (stored.token !== replaced && stored.expiresAt >= renewed.expiresAt) {
      return stored;
    }
    await this.save(backendUrl, renewed);
    return renewed;
  }

  /** Ends the session of a backend. */
  async end(backendUrl: string): Promise<void> {
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

  private async readStored(backendUrl: string): Promise<StoredSession | undefined> {
    const text = await this.secrets.get(this.key(backendUrl));
    return text === undefined ? undefined : parseSession(text);
  }

  private key(backendUrl: string): string {
    return `${this.realm.id}.session:${backendUrl}`;
  }
}
