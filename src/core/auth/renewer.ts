import { raceSignal, withDeadline } from '../abort';
import { ApiClient } from '../api/client';
import type { Logger, Transport } from '../ports';
import { mintWithKey, type MintedToken, type MintPorts } from './mint';
import { decide, supersedes } from './renewalPolicy';
import type { SessionProfile } from './sessionRecord';
import type { StoredState } from './sessionNotes';
import type { SessionStore } from './sessionStore';
import type { Signers } from './signers';

/** A renewal that has no answer by then has failed, in milliseconds. */
const DEADLINE_MS = 30_000;

export interface RenewalRequest {
  backendUrl: string;
  profile: SessionProfile;
  /** The token to replace; undefined when it is lost. */
  current: MintedToken | undefined;
}

export interface RenewerPorts extends MintPorts {
  store: SessionStore;
  signers: Signers;
  transport: Transport;
  logger: Logger;
}

/** Renews tokens: one flight at a time in this window, whoever asks. */
export class Renewer {
  private flight: { key: string; outcome: Promise<StoredState> } | undefined;

  constructor(private readonly ports: RenewerPorts) {}

  /**
   * Joins the flight for this session, or starts one.
   * @param settle called once for each flight, before any caller hears of its end
   * @returns what now counts, which may be another session or none
   * @throws what `settle` makes of a failure
   */
  renew(
    request: RenewalRequest,
    settle: {
      done: (stored: StoredState) => void;
      failed: (error: unknown) => unknown;
    },
  ): Promise<StoredState> {
    const { sessionId, fingerprint = '' } = request.profile;
    const key = `${sessionId} ${fingerprint}`;
    if (this.flight?.key !== key) {
      const outcome = withDeadline(this.ports.clock, DEADLINE_MS, (signal) =>
        raceSignal(this.fly(request, signal), signal),
      )
        .then(
          (stored) => {
            settle.done(stored);
            return stored;
          },
          (error: unknown) => {
            throw settle.failed(error);
          },
        )
        .finally(() => {
          if (this.flight?.outcome === outcome) {
            this.flight = undefined;
          }
        });
      this.flight = { key, outcome };
    }
    return this.flight.outcome;
  }

  private async fly(request: RenewalRequest, signal: AbortSignal): Promise<StoredState> {
    const { store, signers, transport, logger } = this.ports;
    const { backendUrl, profile, current } = request;
    const stored = await store.read(backendUrl);
    if (!this.mustMint(stored, request)) {
      return stored;
    }
    const signer = await signers.open(profile);
    const api = new ApiClient(backendUrl, transport);
    const minted = await mintWithKey(api, signer, this.ports, signal);
    logger.info(`Renewed the session with ${signer.fingerprint}.`);
    return store.saveRenewed(backendUrl, { ...profile, ...minted }, current?.token);
  }

  /** Another window may have renewed the session, ended it or begun another: then that counts, and nothing is minted. */
  private mustMint(stored: StoredState, { profile, current }: RenewalRequest): boolean {
    switch (stored.kind) {
      case 'none':
      case 'secretLost':
        return true;
      case 'ended':
        return false;
      case 'session': {
        const { record } = stored;
        if (record.sessionId !== profile.sessionId) {
          return false;
        }
        const now = this.ports.clock.now();
        const isNewer =
          current === undefined ||
          (record.token !== current.token && supersedes(record, current, now));
        return !isNewer || decide({ now, token: record, share: 1, signer: 'ready' }).kind !== 'use';
      }
    }
  }
}
