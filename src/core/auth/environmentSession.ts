import type { I99dashError } from '../errors';
import { Emitter } from '../events';
import type { Account } from '../identity';
import type { Clock } from '../ports';
import {
  environmentCredential,
  refusedCredential,
  type EnvironmentCredential,
} from './environment';
import { asRenewalFailure, RenewalTroubles } from './renewalTroubles';
import type { SessionState } from './sessionState';

export interface EnvironmentSessionPorts {
  clock: Clock;
  /** From 0 to 1. */
  random: () => number;
}

/** What is known of the credential that the environment holds. Nothing of it outlives the window. */
export class EnvironmentSession {
  private known: { token: string; account: Account } | undefined;
  /** `isUsedSince`: somebody has used it since, and it may be accepted again. */
  private refused: { token: string; failure: I99dashError; isUsedSince: boolean } | undefined;
  /** Refused ones that the user does not want to be asked about again in this window. */
  private readonly ignored = new Set<string>();
  private readonly troubles: RenewalTroubles;
  private readonly changes = new Emitter<void>();
  readonly onDidChange = this.changes.event;

  /** @param variables the ones that may hold a credential, the strongest first */
  constructor(
    ports: EnvironmentSessionPorts,
    private readonly variables: readonly string[],
  ) {
    this.troubles = new RenewalTroubles(ports.clock, ports.random);
  }

  /** Read anew each time; undefined when there is none, or none but what is ignored. */
  get credential(): EnvironmentCredential | undefined {
    return environmentCredential(this.variables, ({ token }) => !this.ignored.has(token));
  }

  get state(): (SessionState & { kind: 'environment' }) | undefined {
    const { credential, known, refused } = this;
    if (credential === undefined) {
      return undefined;
    }
    const { variable, token } = credential;
    return {
      kind: 'environment',
      variable,
      account: known?.token === token ? known.account : undefined,
      ...(refused?.token === token ? { failure: refused.failure } : {}),
    };
  }

  /** The backend has told whom a credential belongs to. */
  recognize({ token }: EnvironmentCredential, account: Account): void {
    this.known = { token, account };
    this.refused = undefined;
    this.troubles.forget();
    this.changes.fire();
  }

  /** Hands out a credential. */
  use({ token }: EnvironmentCredential): string {
    if (this.refused?.token === token) {
      this.refused.isUsedSince = true;
    }
    return token;
  }

  /** The backend does not accept a credential. @returns the error that says so */
  refuse(credential: EnvironmentCredential): I99dashError {
    const failure = refusedCredential(credential);
    if (this.refused?.token === credential.token) {
      this.refused.isUsedSince = false;
    } else {
      this.refused = { token: credential.token, failure, isUsedSince: false };
      this.changes.fire();
    }
    return failure;
  }

  /** Goes on in this window as if a refused credential were not there. */
  ignoreRefused(): void {
    if (this.refused !== undefined) {
      this.ignored.add(this.refused.token);
      this.refused = undefined;
      this.changes.fire();
    }
  }

  /**
   * Background work: has the backend asked whose credential it is. One that was refused is not tried again by itself, but after somebody else
   * has tried it.
   * @returns when to look again, in milliseconds since the epoch; undefined when nothing will be due
   */
  async keepKnown(ask: () => Promise<unknown>): Promise<number | undefined> {
    const { state, troubles } = this;
    const isOpen =
      state?.failure === undefined ? state?.account === undefined : this.refused?.isUsedSince;
    if (isOpen === true && !troubles.isWaiting()) {
      await ask().catch((error: unknown) => troubles.note(asRenewalFailure(error)));
    }
    return this.state?.failure === undefined ? troubles.retryAt : undefined;
  }

  /** As {@link RenewalTroubles.hurry}. */
  hurry(reason: { byPerson?: boolean }): void {
    this.troubles.hurry(reason);
  }
}
