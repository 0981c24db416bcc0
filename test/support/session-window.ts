import { MachineKeys } from '../../src/core/session/machineKeys';
import type { MachineStore } from '../../src/core/platform/machineStore';
import { RefreshScheduler } from '../../src/core/session/refreshScheduler';
import type { KeyUseGuard } from '../../src/core/signIn/approvedBackends';
import { Session } from '../../src/core/session/session';
import { SessionStore } from '../../src/core/session/sessionStore';
import { SignatureRequests } from '../../src/core/session/signatureRequests';
import { KeyRing, type SignerDeps } from '../../src/core/session/keyRing';
import type {
  Clock,
  Logger,
  SecretStore,
  StateStore,
  Transport,
} from '../../src/core/platform/interfaces';
import { developerRealm, type Realm } from '../../src/core/realm';
import type { Activity } from './activity';
import { anyKeyUse } from './fakes';

/** The parts of an editor window. */
export interface WindowParts extends SignerDeps {
  readonly backendUrl: () => string;
  readonly transport: Transport;
  readonly secrets: SecretStore;
  readonly state: StateStore;
  readonly machine: MachineStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly activity: Activity;
  readonly random?: () => number;
  readonly keyUse?: KeyUseGuard;
  readonly realm?: Realm;
}

/** An editor window: its session and the scheduler that refreshes it. */
export class SessionWindow {
  readonly session: Session;
  readonly store: SessionStore;
  readonly scheduler: RefreshScheduler;
  /** How often the session was missing from the keyring. */
  lostSecrets = 0;
  private readonly subscription;

  constructor(parts: WindowParts) {
    const { activity, secrets, state, clock, realm = developerRealm, random = () => 0.5 } = parts;
    const signers = new KeyRing({
      openKeyFile: (path) => activity.track(parts.openKeyFile(path)),
      openAgentKey: (fingerprint, interactive) =>
        activity.track(parts.openAgentKey(fingerprint, interactive)),
    });
    const signatures = new SignatureRequests(parts.machine, clock);
    const keys = new MachineKeys(realm, parts.machine, signers);
    this.store = new SessionStore(realm, secrets, state, clock, keys);
    this.session = new Session({
      ...parts,
      realm,
      random,
      keyUse: parts.keyUse ?? anyKeyUse,
      store: this.store,
      signers,
      signatures,
      transport: { send: (request) => activity.track(parts.transport.send(request)) },
      onSecretLost: () => {
        this.lostSecrets += 1;
      },
    });
    this.scheduler = new RefreshScheduler(this.session, clock);
    this.subscription = this.store.onDidChange(() => void this.scheduler.onStoreChanged());
  }

  /** Does what happens on focus and after a changed setting. */
  async look(): Promise<void> {
    await this.session.restore();
    await this.scheduler.trigger();
  }

  /** Closes the window. */
  dispose(): void {
    this.subscription.dispose();
    this.scheduler.dispose();
  }
}
