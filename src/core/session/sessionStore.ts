import { randomUUID } from 'node:crypto';
import { isRenewable } from '../identity';
import type { Clock, Disposable, SecretStore, StateStore } from '../platform/interfaces';
import type { Realm } from '../realm';
import { SecretStoreWithTimeout, SecretStoreTimeoutError } from './secretStoreWithTimeout';
import { sharedProfile, type MachineKeys } from './machineKeys';
import type { AccessToken } from '../signIn/requestToken';
import { isFromFuture } from './refreshPolicy';
import {
  reconcile,
  nextMetadata,
  parseMetadata,
  type SessionMetadata,
  type StoredState,
} from './sessionMetadata';
import {
  parseSession,
  serializeSession,
  type FormerKey,
  type SessionProfile,
  type SessionRecord,
  type StoredSession,
} from './sessionRecord';

/**
 * Stores one session per realm and backend: the record with its token in the secret store, and the
 * account in non-secret state. The latter distinguishes a keyring that lost its secrets from a
 * sign-out, and a sign-out from a window without a session. Windows on several machines share both.
 * Which key this machine uses is stored on the machine.
 */
export class SessionStore {
  private readonly secrets: SecretStoreWithTimeout;

  constructor(
    private readonly realm: Realm,
    secrets: SecretStore,
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly keys: MachineKeys,
  ) {
    this.secrets = new SecretStoreWithTimeout(secrets, clock);
  }

  /** Reads the stored state. Responds within seconds and never rejects. */
  async read(backendUrl: string): Promise<StoredState> {
    const { stored, isSilent } = await this.readSecret(backendUrl);
    const state = reconcile(stored, this.notes(backendUrl));
    switch (state.kind) {
      case 'session':
        return { kind: 'session', record: await this.toOwn(backendUrl, state.record) };
      case 'secretLost': {
        const profile = await this.keys.load(backendUrl, state.profile);
        return { kind: 'secretLost', profile, ...(isSilent ? { isSilent } : {}) };
      }
      case 'ended':
        await this.keys.remove(backendUrl);
        return state;
      case 'none':
        return state;
    }
  }

  /**
   * Determines the session ID of a sign-in: that of the stored session when a key signs in to the
   * same account, on any machine, else a new one.
   */
  async join(
    backendUrl: string,
    { account, source }: Pick<SessionProfile, 'account' | 'source'>,
  ): Promise<{ sessionId: string; formerKey?: FormerKey }> {
    const state = await this.read(backendUrl);
    const before = state.kind === 'session' ? state.record : undefined;
    const there = state.kind === 'secretLost' ? state.profile : before;
    const isSame =
      there?.account.devId === account.devId && isRenewable(there.source) && isRenewable(source);
    if (!isSame) {
      return { sessionId: randomUUID() };
    }
    const { sessionId, formerKey } = there;
    return formerKey === undefined ? { sessionId } : { sessionId, formerKey };
  }

  /**
   * Writes a new session. When the keyring does not store the secret, the secret counts as lost; a
   * session that cannot be stored at all lasts until the window closes.
   */
  async begin(backendUrl: string, record: SessionRecord): Promise<void> {
    const { stored } = await this.readSecret(backendUrl);
    await this.keys.save(backendUrl, record);
    await this.writeRecord(backendUrl, record).catch(() => undefined);
    const notes = nextMetadata(this.notes(backendUrl), stored, sharedProfile(record));
    await this.note(backendUrl, notes).catch(() => undefined);
  }

  /**
   * Writes a refreshed token, unless the session has ended or another window has written a later
   * token.
   * @param replaced The previous token. Undefined when it was missing.
   * @returns The resulting state.
   */
  async saveRenewed(
    backendUrl: string,
    renewed: SessionRecord,
    replaced: string | undefined,
  ): Promise<StoredState> {
    const before = this.resolveConflict(await this.read(backendUrl), renewed, replaced);
    if (before.kind !== 'session' || before.record !== renewed) {
      return before;
    }
    const notes = this.notes(backendUrl);
    if (notes.profile === undefined) {
      await this.keys.save(backendUrl, renewed);
      const next = nextMetadata(notes, undefined, sharedProfile(renewed));
      await this.note(backendUrl, next).catch(() => undefined);
    }
    await this.writeRecord(backendUrl, renewed).catch(() => undefined);
    // There is no compare-and-set: a sign-out or a sign-in may have happened in between.
    const after = this.resolveConflict(await this.read(backendUrl), renewed, replaced);
    if (after.kind === 'ended') {
      await this.writeTombstone(backendUrl, renewed.sessionId).catch(() => undefined);
    }
    return after;
  }

  /**
   * Ends the session of a backend.
   * @param held ID of the session in this window.
   * @throws The error of the keyring or of the state, after both were tried. The session has ended,
   * but its secret may still be stored.
   */
  async end(backendUrl: string, held: string | undefined): Promise<void> {
    const { stored } = await this.readSecret(backendUrl);
    const notes = nextMetadata(this.notes(backendUrl), stored, undefined, held);
    await this.keys.remove(backendUrl);
    const noted = await Promise.allSettled([this.note(backendUrl, notes)]);
    const ended = await Promise.allSettled([this.writeTombstone(backendUrl, notes.ended.at(-1))]);
    const failed = [...ended, ...noted].find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) {
      throw failed.reason;
    }
  }

  /** Notifies the listener when the session of any backend may have changed. */
  onDidChange(listener: () => void): Disposable {
    const parts = [
      this.secrets.onDidAnswer(listener),
      this.secrets.onDidChange((key) => {
        if (key.startsWith(this.key(''))) {
          listener();
        }
      }),
    ];
    return { dispose: () => parts.forEach((part) => part.dispose()) };
  }

  /** Returns the refreshed session, or the state that prevents writing it. */
  private resolveConflict(
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
    stored: AccessToken,
    renewed: AccessToken,
    replaced: string | undefined,
  ): boolean {
    return (
      stored.token !== replaced &&
      stored.expiresAt >= renewed.expiresAt &&
      !isFromFuture(stored, this.clock.now())
    );
  }

  /** A locked, failing or unresponsive keyring counts as empty, never as a sign-out. */
  private async readSecret(
    backendUrl: string,
  ): Promise<{ stored: StoredSession | undefined; isSilent: boolean }> {
    try {
      const text = await this.secrets.get(this.key(backendUrl));
      return { stored: text === undefined ? undefined : parseSession(text), isSilent: false };
    } catch (error) {
      return { stored: undefined, isSilent: error instanceof SecretStoreTimeoutError };
    }
  }

  /** Treats a token from a machine whose clock is ahead as new. */
  private async toOwn(backendUrl: string, stored: SessionRecord): Promise<SessionRecord> {
    const { machine, ...record } = await this.keys.load(backendUrl, stored);
    const now = this.clock.now();
    const isForeign = machine !== undefined && machine !== (await this.keys.machineId());
    return isForeign && isFromFuture(record, now)
      ? { ...record, mintedAt: now, expiresAt: now + record.expiresAt - record.mintedAt }
      : record;
  }

  private async writeRecord(backendUrl: string, record: SessionRecord): Promise<void> {
    const machine = await this.keys.machineId();
    await this.writeSecret(backendUrl, { ...sharedProfile(record), machine });
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

  private notes(backendUrl: string): SessionMetadata {
    return parseMetadata(this.state.get(this.key(backendUrl)));
  }

  private note(backendUrl: string, notes: SessionMetadata): Promise<void> {
    return this.state.update(this.key(backendUrl), notes);
  }

  private key(backendUrl: string): string {
    return `${this.realm.id}.session:${backendUrl}`;
  }
}
