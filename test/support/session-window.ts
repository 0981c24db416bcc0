import { MachineKeys } from '../../src/core/auth/machineKeys';
import type { MachineStore } from '../../src/core/auth/machineStore';
import { KeepAlive } from '../../src/core/auth/keepAlive';
import type { KeyUseGuard } from '../../src/core/auth/knownBackends';
import { Session } from '../../src/core/auth/session';
import { SessionStore } from '../../src/core/auth/sessionStore';
import { SignatureRequests } from '../../src/core/auth/signatureRequests';
import { Signers, type SignerPorts } from '../../src/core/auth/signers';
import type { Clock, Logger, SecretStore, StateStore, Transport } from '../../src/core/ports';
import { developerRealm, type Realm } from '../../src/core/realm';
import type { Activity } from './activity';
import { anyKeyUse } from './fakes';

/** What a window of the editor is made of. */
export interface WindowParts extends SignerPorts {
  readonly backendUrl: () => string;
  readonly transport: Transport;
  readonly secrets: SecretStore;
  readonly state: StateStore;
  readonly machine: MachineStore;
  readonly listAgentKeys: () => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly activity: Activity;
  readonly random?: () => number;
  readonly keyUse?: KeyUseGuard;
  readonly realm?: Realm;
}

/** A window of the editor: its session, and who looks after it. */
export class SessionWindow {
  readonly session: Session;
  readonly store: SessionStore;
  readonly keepAlive: KeepAlive;
  /** How often the keyring turned out to have lost the session. */
  lostSecrets = 0;
  private readonly subscription;

  constructor(parts: WindowParts) {
    const { activity, secrets, state, clock, realm = developerRealm, random = () => 0.5 } = parts;
    const signers = new Signers({
      openKeyFile: (path) => activity.track(parts.openKeyFile(path)),
      openAgentKey: (fingerprint, interactive) =>
        activity.track(parts.openAgentKey(fingerprint, interactive)),
    });
    const signatures = new SignatureRequests(parts.machine, clock, parts.listAgentKeys);
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
    this.keepAlive = new KeepAlive(this.session, clock);
    this.subscription = this.store.onDidChange(() => void this.keepAlive.follow());
  }

  /** What the focus and a setting that changed lead to. */
  async look(): Promise<void> {
    await this.session.restore();
    await this.keepAlive.wake();
  }

  /** Closes the window. */
  dispose(): void {
    this.subscription.dispose();
    this.keepAlive.dispose();
  }
}
