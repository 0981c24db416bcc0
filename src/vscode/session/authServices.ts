import * as vscode from 'vscode';
import { KeepAlive } from '../../core/session/refreshScheduler';
import { KnownBackends, type KeyUse } from '../../core/signIn/approvedBackends';
import { MachineKeys } from '../../core/session/machineKeys';
import { FileMachineStore } from '../../core/platform/machineStore';
import { Session } from '../../core/session/session';
import { parseNotes } from '../../core/session/sessionMetadata';
import { SessionStore } from '../../core/session/sessionStore';
import { SignatureRequests } from '../../core/session/signatureRequests';
import { Signers } from '../../core/session/keyRing';
import {
  systemClock,
  type Clock,
  type Disposable,
  type Logger,
  type Transport,
} from '../../core/platform/interfaces';
import type { Realm } from '../../core/realm';
import { SessionAuthenticationProvider } from './authenticationProvider';
import { InteractiveTokens } from './interactiveTokens';
import { uiOf } from './realmLabels';
import { createSecretStore, createStateStore } from '../storage';
import { hintAtLostSecrets, keepSessionAlive } from './sessionEvents';
import { settings } from '../settings';

/** What the realms share. */
export interface SharedParts {
  context: vscode.ExtensionContext;
  transport: Transport;
  logger: Logger;
}

/** A realm at work: its session, who looks after it, and its place in VS Code's accounts. */
export interface RealmParts extends Disposable {
  session: Session;
  keepAlive: KeepAlive;
  /** Tokens for commands that a user has started. */
  tokens: InteractiveTokens;
  clock: Clock;
  /** The backend in force now. @throws BACKEND_REFUSED */
  backendUrl: () => string;
  /** The same for people to read: its URL, or why it is refused. */
  backendForPeople: () => string;
  /** The backends that the user has approved for each key. */
  knownBackends: KnownBackends;
  /** Resolves once the stored session has been read; never rejects. */
  restored: Promise<void>;
}

/** Puts a realm together. What only a command needs is loaded when it runs. */
export function createRealmParts(realm: Realm, shared: SharedParts): RealmParts {
  const { context, transport, logger } = shared;
  const backendUrl = (): string => settings.backendUrl(realm);
  const signers = new Signers({
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
  const knownBackends = new KnownBackends(
    vscode.Uri.joinPath(context.globalStorageUri, 'known-backends.json').fsPath,
    realm.defaultBackendUrl,
    () => usedBefore(context.globalState),
  );
  const signatures = new SignatureRequests(machine, systemClock, async () =>
    (await import('../keys/agentKeys')).agentFingerprints(),
  );
  const session = new Session({
    keyUse: knownBackends,
    ...{ realm, store, signers, signatures, transport, logger, backendUrl, clock: systemClock },
    random: Math.random,
    onSecretLost: () => hintAtLostSecrets(context.globalState),
  });
  const tokens = new InteractiveTokens(session, async () =>
    (await import('../keys/unlock')).unlock(session),
  );
  const keepAlive = new KeepAlive(session, systemClock);
  const events = keepSessionAlive({ session, store, keepAlive, logger });
  const { restored } = events;
  const signIn = (): Thenable<unknown> => vscode.commands.executeCommand(uiOf(realm).signIn, {});
  const provider = new SessionAuthenticationProvider(realm, session, signIn, restored);
  return {
    ...{ session, keepAlive, tokens, clock: systemClock, backendUrl, restored, knownBackends },
    backendForPeople: () => settings.backendUrlOrReason(realm),
    dispose: () => void vscode.Disposable.from(provider, events).dispose(),
  };
}

/** The keys of the sessions that are stored, and their backends: an earlier version signed in without asking whether it may. */
function usedBefore(state: vscode.Memento): KeyUse[] {
  return state.keys().flatMap((key) => {
    const [, backendUrl] = /^(?:i99dash|i99op)\.session:(.+)$/u.exec(key) ?? [];
    const { profile } = parseNotes(state.get(key));
    return backendUrl === undefined || profile?.fingerprint === undefined
      ? []
      : [{ fingerprint: profile.fingerprint, backendUrl }];
  });
}
