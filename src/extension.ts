import * as vscode from 'vscode';
import { lazyTransport } from './core/api/lazyTransport';
import { Session } from './core/auth/session';
import { SessionStore } from './core/auth/sessionStore';
import { systemClock } from './core/ports';
import { developerRealm } from './core/realm';
import { SessionAuthenticationProvider } from './vscode/authenticationProvider';
import { registerCommands } from './vscode/commands';
import { MiniApps } from './vscode/miniApps';
import { createSecretStore } from './vscode/secretStore';
import { settings } from './vscode/settings';
import { IdentityStatusBar } from './vscode/statusBar';

/**
 * Puts the parts together. What only a command needs (keys, network, publish) is imported by the command when it runs.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('i99dash', { log: true });
  const backendUrl = (): string => settings.backendUrl(developerRealm);
  const transport = lazyTransport(async () =>
    (await import('./core/api/undiciTransport')).createUndiciTransport(),
  );
  const store = new SessionStore(developerRealm, createSecretStore(context.secrets), systemClock);
  const session = new Session({
    store,
    transport,
    clock: systemClock,
    logger: log,
    backendUrl,
    openKey: async (path) => (await import('./core/auth/privateKey')).openKeyFile(path),
  });
  const restore = (): Promise<void> =>
    session
      .restore()
      .catch((error: unknown) => log.warn(`The session was not restored: ${String(error)}`));
  const restored = restore();
  const miniApps = new MiniApps();
  const statusBar = new IdentityStatusBar(
    session,
    backendUrl,
    systemClock,
    () => miniApps.known.length > 0,
  );

  context.subscriptions.push(
    log,
    miniApps,
    statusBar,
    miniApps.onDidChange(() => statusBar.update()),
    store.onDidChange(() => void restore()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('i99dash.backendUrl')) {
        void restore();
      }
    }),
    new SessionAuthenticationProvider(
      developerRealm,
      session,
      () => vscode.commands.executeCommand('i99dash.signIn', {}),
      restored,
    ),
    registerCommands(
      {
        'i99dash.signIn': async (args) =>
          (await import('./vscode/signIn')).signIn(session, argumentObject(args)),
        'i99dash.signOut': async () => {
          await session.signOut();
          return true;
        },
        'i99dash.whoAmI': async () =>
          (await import('./vscode/whoAmI')).whoAmI(session, transport, backendUrl()),
        'i99dash.publish': async (args) =>
          (await import('./vscode/publish')).publishMiniApp(
            { session, transport, miniApps, backendUrl, logger: log, clock: systemClock },
            args instanceof vscode.Uri ? { folder: args } : argumentObject(args),
          ),
        'i99dash.showLog': () => {
          log.show();
          return Promise.resolve();
        },
        'i99dash.showAccountMenu': async () =>
          (await import('./vscode/accountMenu')).showAccountMenu(session, backendUrl()),
      },
      log,
    ),
  );
  await restored;
}

function argumentObject(args: unknown): Record<string, never> {
  return typeof args === 'object' && args !== null ? (args as Record<string, never>) : {};
}
