import * as vscode from 'vscode';
import { RefreshScheduler } from '../../core/session/refreshScheduler';
import { ApprovedBackends, type KeyUse } from '../../core/signIn/approvedBackends';
import { MachineKeys } from '../../core/session/machineKeys';
import { FileMachineStore } from '../../core/platform/machineStore';
import { Session } from '../../core/session/session';
import { parseMetadata } from '../../core/session/sessionRecord';
import { SessionStore } from '../../core/session/sessionStore';
import { SignatureRequests } from '../../core/session/signatureRequests';
import { KeyRing } from '../../core/session/keyRing';
import {
  systemClock,
  type Clock,
  type Disposable,
  type Logger,
  type Transport,
} from '../../core/platform/interfaces';
import type { Realm } from '../../core/realm';
import { SessionProvider } from './authenticationProvider';
import { InteractiveTokens } from './interactiveTokens';
import { realmLabels } from './realmLabels';
import { createSecretStore, createStateStore } from '../storage';
import { warnNoKeyring, keepSessionAlive } from './sessionEvents';
import { settings } from '../settings';

/** Dependencies that all realms share. */
export interface AuthDeps {
  context: vscode.ExtensionContext;
  transport: Transport;
  logger: Logger;
}

/** The services of one realm: its session, its token refresh, and its account in VS Code. */
export interface AuthServices extends Disposable {
  session: Session;
  scheduler: RefreshScheduler;
  /** Token source for commands that the user started. */
  tokens: InteractiveTokens;
  clock: Clock;
  /**
   * Returns the current backend.
   * @throws BACKEND_REFUSED
   */
  backendUrl: () => string;
  /** Returns the current backend for display: its URL, or the reason why it is rejected. */
  backendForPeople: () => string;
  /** The backends that the user has approved for each key. */
  knownBackends: ApprovedBackends;
  /** Resolves once the stored session has been read; never rejects. */
  restored: Promise<void>;
}

/** Creates the services of a realm. Code that only commands need is loaded when a command runs. */
export function createAuthServices(realm: Realm, shared: AuthDeps): AuthServices {
  const { context, transport, logger } = shared;
  const backendUrl = (): string => settings.backendUrl(realm);
  const signers = new KeyRing({
    openKeyFile: async (path) => (await import('../../core/ssh/privateKey')).openKeyFile(path),
    openAgentKey: async (fingerprint, interactive) =>
      (await import('../keys/agentKeys')).openSessionKey(fingerprint, interactive),
  });
  const machine = new FileMachineStore(
    vscode.Uri.joinPath(context.globalStorageUri, 'machine').fsPath,
  );
  const store = new SessionStore(
    realm,
    createSecretStore(context.secrets),
    createStateStore(context.globalState),
    systemClock,
    new MachineKeys(realm, machine, signers),
  );
  const knownBackends = new ApprovedBackends(
    vscode.Uri.joinPath(context.globalStorageUri, 'known-backends.json').fsPath,
    realm.defaultBackendUrl,
    () => usedBefore(context.globalState),
  );
  const signatures = new SignatureRequests(machine, systemClock);
  const session = new Session({
    keyUse: knownBackends,
    ...{ realm, store, signers, signatures, transport, logger, backendUrl, clock: systemClock },
    random: Math.random,
    onSecretLost: () => warnNoKeyring(context.globalState),
  });
  const tokens = new InteractiveTokens(session, async () =>
    (await import('../keys/unlock')).unlock(session),
  );
  const scheduler = new RefreshScheduler(session, systemClock);
  const events = keepSessionAlive({ session, store, scheduler, logger });
  const { restored } = events;
  const signIn = (): Thenable<unknown> =>
    vscode.commands.executeCommand(realmLabels(realm).signIn, {});
  const provider = new SessionProvider(realm, session, signIn, restored);
  return {
    ...{ session, scheduler, tokens, clock: systemClock, backendUrl, restored, knownBackends },
    backendForPeople: () => settings.backendUrlOrReason(realm),
    dispose: () => void vscode.Disposable.from(provider, events).dispose(),
  };
}

/**
 * Lists the key and the backend of each stored session. These count as approved, because an earlier
 * version signed in without a confirmation.
 */
function usedBefore(state: vscode.Memento): KeyUse[] {
  return state.keys().flatMap((key) => {
    const [, backendUrl] = /^(?:i99dash|i99op)\.session:(.+)$/u.exec(key) ?? [];
    const { profile } = parseMetadata(state.get(key));
    return backendUrl === undefined || profile?.fingerprint === undefined
      ? []
      : [{ fingerprint: profile.fingerprint, backendUrl }];
  });
}
