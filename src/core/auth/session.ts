import { randomUUID } from 'node:crypto';
import { ApiClient } from '../api/client';
import { fetchAccount } from '../api/identity';
import { I99dashError } from '../errors';
import { Emitter } from '../events';
import type { Account, CredentialSource, Identity } from '../identity';
import type { Clock, Logger, Signer, TokenSource, Transport } from '../ports';
import { isTokenText, tokenLifeMs } from './accessToken';
import { mintWithKey, type MintedToken } from './mint';
import type { SessionRecord } from './sessionRecord';
import type { SessionStore } from './sessionStore';

export type SessionState =
  | { kind: 'signedOut' }
  /** A sign-in is under way; `previous` is what counts again when it fails. */
  | { kind: 'signingIn'; previous: SessionRecord | undefined }
  | { kind: 'signedIn'; record: SessionRecord };

export interface SessionPorts {
  store: SessionStore;
  transport: Transport;
  clock: Clock;
  logger: Logger;
  /** The backend in force now. @throws BACKEND_REFUSED */
  backendUrl: () => string;
  /** Opens a remembered key without asking anybody. @throws KEY_* */
  openKey: (path: string) => Promise<Signer>;
}

/** Who is signed in to the backend in force, and the token that proves it. */
export class Session implements TokenSource {
  private current: SessionState = { kind: 'signedOut' };
  private renewal: Promise<SessionRecord> | undefined;
  /** The key opened at sign-in: an encrypted one needs its passphrase once per window. */
  private signer: Signer | undefined;
  private readonly changes: Emitter<SessionState>;

  constructor(private readonly ports: SessionPorts) {
    this.changes = new Emitter((error) =>
      ports.logger.error(`A session listener failed: ${String(error)}`),
    );
  }

  get state(): SessionState {
    return this.current;
  }

  get onDidChange(): Emitter<SessionState>['event'] {
    return this.changes.event;
  }

  /** The session as it counts now, also while another sign-in is under way. */
  get record(): SessionRecord | undefined {
    switch (this.current.kind) {
      case 'signedOut':
        return undefined;
      case 'signingIn':
        return this.current.previous;
      case 'signedIn':
        return this.current.record;
    }
  }

  /** Takes over what the store holds for the backend in force. No network, no prompt. */
  async restore(): Promise<void> {
    const record = await this.ports.store.read(this.ports.backendUrl());
    if (this.current.kind !== 'signingIn') {
      this.become(record);
    }
  }

  /**
   * Signs in with an opened key.
   * @throws what {@link mintWithKey} throws, SIGN_IN_REJECTED; the session that was there before then stays
   */
  async signInWithKey(signer: Signer, keyPath: string, signal?: AbortSignal): Promise<Identity> {
    return this.signIn('ssh', async (backendUrl) => {
      const api = new ApiClient(backendUrl, this.ports.transport);
      const minted = await mintWithKey(api, signer, this.ports.clock, signal);
      const account = await this.accountOf(minted.token, backendUrl, signal);
      this.signer = signer;
      return { minted, account, fingerprint: signer.fingerprint, keyPath };
    });
  }

  /**
   * Signs in with a token minted elsewhere. It is used until it dies and cannot be renewed.
   * @throws SIGN_IN_REJECTED, OFFLINE, TIMEOUT, TLS, SERVER, PROTOCOL
   */
  async signInWithToken(text: string, signal?: AbortSignal): Promise<Identity> {
    const token = text.trim();
    return this.signIn('token', async (backendUrl) => {
      if (!isTokenText(token)) {
        throw new I99dashError('SIGN_IN_REJECTED', 'This is not an access token.');
      }
      const mintedAt = this.ports.clock.now();
      const account = await this.accountOf(token, backendUrl, signal);
      return { minted: { token, mintedAt, expiresAt: mintedAt + tokenLifeMs(token) }, account };
    });
  }

  /** Forgets the token, the key's path and the opened key. Works without a network. */
  async signOut(): Promise<void> {
    await this.ports.store.end(this.ports.backendUrl());
    this.signer = undefined;
    this.become(undefined);
  }

  /** Who is signed in, from memory. @throws NOT_SIGNED_IN */
  identity(): Identity {
    return toIdentity(this.requireRecord(), this.ports.backendUrl());
  }

  async getToken({ rejected }: { rejected?: string } = {}): Promise<string> {
    const record = this.requireRecord();
    if (record.token !== rejected && this.ports.clock.now() < record.expiresAt) {
      return record.token;
    }
    this.renewal ??= this.renew(record).finally(() => {
      this.renewal = undefined;
    });
    return (await this.renewal).token;
  }

  private async renew(record: SessionRecord): Promise<SessionRecord> {
    const { store, transport, clock, logger } = this.ports;
    const backendUrl = this.ports.backendUrl();
    if (record.keyPath === undefined) {
      throw new I99dashError('NOT_SIGNED_IN', 'The access token you signed in with has expired.');
    }
    const signer = this.signer ?? (await this.ports.openKey(record.keyPath));
    const minted = await mintWithKey(new ApiClient(backendUrl, transport), signer, clock);
    const kept = await store.saveRenewed(backendUrl, { ...record, ...minted }, record.token);
    if (kept?.sessionId !== record.sessionId) {
      throw new I99dashError('NOT_SIGNED_IN', 'You signed out meanwhile.');
    }
    logger.info(`Renewed the session with ${signer.fingerprint}.`);
    this.become(kept);
    return kept;
  }

  private async signIn(
    source: CredentialSource,
    authenticate: (backendUrl: string) => Promise<{
      minted: MintedToken;
      account: Account;
      fingerprint?: string;
      keyPath?: string;
    }>,
  ): Promise<Identity> {
    const backendUrl = this.ports.backendUrl();
    const previous = this.record;
    this.transition({ kind: 'signingIn', previous });
    try {
      const { minted, ...rest } = await authenticate(backendUrl);
      const sessionId = randomUUID();
      const record: SessionRecord = { sessionId, source, ...minted, ...rest };
      await this.ports.store.save(backendUrl, record);
      this.become(record);
      this.ports.logger.info(`Signed in to ${backendUrl} (${source}).`);
      return toIdentity(record, backendUrl);
    } catch (error) {
      this.become(previous);
      throw error;
    }
  }

  private async accountOf(
    token: string,
    backendUrl: string,
    signal?: AbortSignal,
  ): Promise<Account> {
    const tokens: TokenSource = {
      getToken: ({ rejected } = {}) =>
        rejected === undefined
          ? Promise.resolve(token)
          : Promise.reject(
              new I99dashError(
                'SIGN_IN_REJECTED',
                'The backend does not accept this access token.',
              ),
            ),
    };
    return fetchAccount(new ApiClient(backendUrl, this.ports.transport, tokens), signal);
  }

  private requireRecord(): SessionRecord {
    const { record } = this;
    if (record === undefined) {
      throw new I99dashError('NOT_SIGNED_IN', 'You are not signed in.');
    }
    return record;
  }

  private become(record: SessionRecord | undefined): void {
    this.transition(record === undefined ? { kind: 'signedOut' } : { kind: 'signedIn', record });
  }

  private transition(state: SessionState): void {
    this.current = state;
    this.changes.fire(state);
  }
}

/** What the world may know of a session. */
export function toIdentity(record: SessionRecord, backendUrl: string): Identity {
  return {
    ...record.account,
    source: record.source,
    backendUrl,
    ...(record.fingerprint === undefined ? {} : { fingerprint: record.fingerprint }),
    expiresAt: new Date(record.expiresAt).toISOString(),
  };
}
