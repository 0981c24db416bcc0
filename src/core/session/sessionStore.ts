import { randomUUID } from 'node:crypto';
import { isI99dashError } from '../errors';
import { canRefresh } from '../identity';
import { raceSignal, withDeadline } from '../platform/abort';
import type { Clock, Disposable, SecretStore, StateStore } from '../platform/interfaces';
import type { Realm } from '../realm';
import type { AccessToken } from '../signIn/requestToken';
import type { MachineKeys } from './machineKeys';
import { isFromFuture } from './refreshPolicy';
import {
  isTombstone,
  nextMetadata,
  parseMetadata,
  parseSession,
  reconcile,
  serializeSession,
  toKey,
  toStoredState,
  type SessionMetadata,
  type SessionProfile,
  type SessionRecord,
  type StoredSession,
  type StoredState,
} from './sessionRecord';

/** Timeout for a keyring operation, in milliseconds. */
const KEYRING_TIMEOUT_MS = 5_000;
/** How long an unresponsive keyring is not read, in milliseconds, unless it responds earlier. */
const KEYRING_PAUSE_MS = 60_000;

/**
 * Stores one session per realm and backend: the record with its token in the secret store, and the
 * account in non-secret state. The latter distinguishes a keyring that lost its secrets from a
 * sign-out, and a sign-out from a window without a session. Windows on several machines share both.
 * Which key this machine uses is stored on the machine.
 */
export class SessionStore {
  /** When the keyring last failed to respond; -Infinity while it responds. */
  private silentSince = -Infinity;

  constructor(
    private readonly realm: Realm,
    private readonly secrets: SecretStore,
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly keys: MachineKeys,
  ) {}

  /** Reads the stored state. Responds within seconds and never rejects. */
  async read(backendUrl: string): Promise<StoredState> {
    const stored = await this.readSecret(backendUrl);
    const state = reconcile(stored, this.metadata(backendUrl));
    if (state.kind === 'ended') {
      await this.keys.remove(backendUrl);
    }
    if (state.kind !== 'session') {
      return state;
    }
    const profile = await this.keys.load(backendUrl, state.profile);
    const minted =
      stored === undefined || isTombstone(stored) || state.minted === undefined
        ? undefined
        : await this.byOwnClock(state.minted, stored.machine);
    return { kind: 'session', profile, minted, ...(this.isSilent() && { isUnreadable: true }) };
  }

  /**
   * Determines the session ID of a sign-in: that of the stored session when a key signs in to the
   * same account, on any machine, else a new one.
   */
  async chooseSessionId(
    backendUrl: string,
    { account, source }: Pick<SessionProfile, 'account' | 'source'>,
  ): Promise<string> {
    const stored = await this.read(backendUrl);
    return stored.kind === 'session' &&
      stored.profile.account.devId === account.devId &&
      canRefresh(stored.profile.source) &&
      canRefresh(source)
      ? stored.profile.sessionId
      : randomUUID();
  }

  /**
   * Writes a new session. When the keyring does not store the secret, the secret counts as lost; a
   * session that cannot be stored at all lasts until the window closes.
   */
  async begin(backendUrl: string, record: SessionRecord): Promise<void> {
    const stored = await this.readSecret(backendUrl);
    const metadata = this.metadata(backendUrl);
    const profile = sharedProfile(record, metadata);
    await this.keys.save(backendUrl, record);
    await this.writeRecord(backendUrl, profile, record);
    const next = nextMetadata(metadata, [stored?.sessionId], profile);
    await this.writeMetadata(backendUrl, next).catch(() => undefined);
  }

  /**
   * Writes a refreshed token, unless the session has ended or another window has written a later
   * token.
   * @param replaced The previous token. Undefined when it was missing.
   * @returns The resulting state.
   */
  async saveRefreshed(
    backendUrl: string,
    renewed: SessionRecord,
    replaced: string | undefined,
  ): Promise<StoredState> {
    const before = await this.read(backendUrl);
    if (this.isOutdated(renewed, before, replaced)) {
      return before;
    }
    const metadata = this.metadata(backendUrl);
    const profile = sharedProfile(renewed, metadata);
    if (metadata.profile === undefined) {
      await this.keys.save(backendUrl, renewed);
      const next = nextMetadata(metadata, [], profile);
      await this.writeMetadata(backendUrl, next).catch(() => undefined);
    }
    await this.writeRecord(backendUrl, profile, renewed);
    // There is no compare-and-set: a sign-out or a sign-in may have happened in between.
    const after = await this.read(backendUrl);
    if (!this.isOutdated(renewed, after, replaced)) {
      return toStoredState(renewed);
    }
    if (after.kind === 'ended') {
      await this.writeTombstone(backendUrl, renewed.sessionId).catch(() => undefined);
    }
    return after;
  }

  /**
   * Ends the session of a backend.
   * @param sessionId ID of the session in this window.
   * @throws The error of the keyring or of the state, after both were tried. The session has ended,
   * but its secret may still be stored.
   */
  async end(backendUrl: string, sessionId: string | undefined): Promise<void> {
    const stored = await this.readSecret(backendUrl);
    const metadata = this.metadata(backendUrl);
    const next = nextMetadata(metadata, [stored?.sessionId, sessionId]);
    await this.keys.remove(backendUrl);
    const [noted] = await Promise.allSettled([this.writeMetadata(backendUrl, next)]);
    await this.writeTombstone(backendUrl, next.ended.at(-1));
    if (noted.status === 'rejected') {
      throw noted.reason;
    }
  }

  /** Notifies the listener when the session of any backend may have changed. */
  onDidChange(listener: () => void): Disposable {
    return this.secrets.onDidChange((key) => {
      if (key.startsWith(this.key(''))) {
        listener();
      }
    });
  }

  /** Checks whether a refreshed token must not be written over the stored state. */
  private isOutdated(
    renewed: SessionRecord,
    stored: StoredState,
    replaced: string | undefined,
  ): boolean {
    if (stored.kind !== 'session') {
      return stored.kind === 'ended';
    }
    const { profile, minted } = stored;
    const isLater =
      minted !== undefined &&
      minted.token !== replaced &&
      minted.expiresAt >= renewed.expiresAt &&
      !isFromFuture(minted, this.clock.now());
    return profile.sessionId !== renewed.sessionId || isLater;
  }

  /** A locked, failing or unresponsive keyring counts as empty, never as a sign-out. */
  private async readSecret(backendUrl: string): Promise<StoredSession | undefined> {
    if (this.isSilent()) {
      return undefined;
    }
    try {
      const text = await this.withTimeout(this.secrets.get(this.key(backendUrl)));
      return text === undefined ? undefined : parseSession(text);
    } catch {
      return undefined;
    }
  }

  private writeSecret(backendUrl: string, session: StoredSession): Promise<void> {
    return this.withTimeout(this.secrets.store(this.key(backendUrl), serializeSession(session)));
  }

  /**
   * Waits a few seconds for the keyring, which may wait for the user to unlock it, or hang.
   * @throws The errors of the keyring, or one for its silence: a write may then complete later.
   */
  private async withTimeout<T>(answer: Promise<T>): Promise<T> {
    const ms = this.isSilent() ? 0 : KEYRING_TIMEOUT_MS;
    try {
      return await withDeadline(this.clock, ms, (deadline) => raceSignal(answer, deadline));
    } catch (error) {
      if (!isI99dashError(error, 'TIMEOUT')) {
        throw error;
      }
      this.silentSince = this.clock.now();
      const answered = (): void => void (this.silentSince = -Infinity);
      void answer.then(answered, answered);
      throw new Error('The keyring did not answer in time.', { cause: error });
    }
  }

  private isSilent(): boolean {
    const now = this.clock.now();
    return this.silentSince <= now && now < this.silentSince + KEYRING_PAUSE_MS;
  }

  /** Treats a token from a machine whose clock is ahead as new. */
  private async byOwnClock(minted: AccessToken, machine: string | undefined): Promise<AccessToken> {
    const now = this.clock.now();
    const isForeign = machine !== undefined && machine !== (await this.keys.machineId());
    return isForeign && isFromFuture(minted, now)
      ? { ...minted, mintedAt: now, expiresAt: now + minted.expiresAt - minted.mintedAt }
      : minted;
  }

  /** Writes a record. When that fails, the secret counts as lost. */
  private async writeRecord(
    backendUrl: string,
    profile: SessionProfile,
    { token, mintedAt, expiresAt }: AccessToken,
  ): Promise<void> {
    const machine = await this.keys.machineId();
    const record = { ...profile, token, mintedAt, expiresAt, machine };
    await this.writeSecret(backendUrl, record).catch(() => undefined);
  }

  private writeTombstone(backendUrl: string, sessionId: string | undefined): Promise<void> {
    const signedOutAt = this.clock.now();
    return this.writeSecret(
      backendUrl,
      sessionId === undefined ? { signedOutAt } : { signedOutAt, sessionId },
    );
  }

  private metadata(backendUrl: string): SessionMetadata {
    return parseMetadata(this.state.get(this.key(backendUrl)));
  }

  private writeMetadata(backendUrl: string, metadata: SessionMetadata): Promise<void> {
    return this.state.update(this.key(backendUrl), metadata);
  }

  private key(backendUrl: string): string {
    return `${this.realm.id}.session:${backendUrl}`;
  }
}

/**
 * Returns the part of a profile that is stored for all machines: without the key, except one that
 * version 1.0.0 stored for all of them.
 */
function sharedProfile(
  { sessionId, account, source }: SessionProfile,
  { profile: before }: SessionMetadata,
): SessionProfile {
  const key = before?.sessionId === sessionId ? toKey(before) : {};
  return { sessionId, account, source, ...key };
}
