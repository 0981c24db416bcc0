import { join } from 'node:path';
import * as vscode from 'vscode';
import type { I99dashApi } from './api';
import { lazyTransport } from './core/http/lazyTransport';
import { loggedTransport } from './core/http/loggedTransport';
import { SecretClipboard } from './core/ci/secretClipboard';
import type { Call } from './core/consent';
import type { Identity } from './core/identity';
import { localize } from './core/text/l10n';
import { lineLogger } from './core/platform/lineLogger';
import { systemClock } from './core/platform/interfaces';
import { Reachability } from './core/http/reachability';
import { developerRealm } from './core/realm';
import { registerAgentTools } from './vscode/agents/agentTools';
import { createApps } from './vscode/apps/apps';
import { BuildTerminal } from './vscode/publish/buildTerminal';
import type { CommandHandler, CommandId } from './vscode/commands/commandIds';
import { registerCommands } from './vscode/commands/registerCommands';
import { DeviceCodeBackends } from './vscode/session/deviceCodeBackends';
import { createApi } from './vscode/extensionApi';
import { Problems } from './vscode/editor/problems';
import { FirstSteps } from './vscode/firstSteps';
import { MiniApps } from './vscode/publish/miniApps';
import type { PublishArguments } from './vscode/publish/publishCommand';
import type { PublishContext, TaskContext } from './vscode/publish/publishContext';
import { registerPublishEntries } from './vscode/publish/publishEntries';
import { createStateStore } from './vscode/storage';
import { registerLanguageFeatures } from './vscode/editor/languageFeatures';
import { SshKeysView } from './vscode/keys/sshKeysView';
import { tellInterruptedPublishes } from './vscode/publish/interruptedPublish';
import { OperatorFeature } from './vscode/operator/operatorFeature';
import { createAuthServices } from './vscode/session/authServices';
import { settings } from './vscode/settings';
import { IdentityStatusBar, isIdentityWanted } from './vscode/session/statusBar';

let whenDeactivated: (() => Promise<void>) | undefined;

/** VS Code waits for it when a window closes. */
export async function deactivate(): Promise<void> {
  await whenDeactivated?.();
}

/**
 * Puts the parts together. What only a command needs (keys, network, publish) is imported by the
 * command when it runs.
 * @returns what other extensions get
 */
export async function activate(context: vscode.ExtensionContext): Promise<I99dashApi> {
  localizeCore();
  const log = vscode.window.createOutputChannel('i99dash', { log: true });
  const logger = lineLogger(log);
  const network = lazyTransport(async () => {
    const { createUndiciTransport, describeUserAgent } =
      await import('./core/http/undiciTransport');
    const { version } = context.extension.packageJSON as { version: string };
    const userAgent = describeUserAgent({ version, editorVersion: vscode.version });
    return createUndiciTransport({ network: () => settings.network(), userAgent });
  });
  const reachability = new Reachability({
    transport: loggedTransport(network, logger, systemClock),
    clock: systemClock,
    backendUrl: () => settings.backendUrl(developerRealm),
    isWanted: () => session.stored !== undefined,
  });
  const { transport } = reachability;
  const shared = { context, transport, logger };
  const developer = createAuthServices(developerRealm, shared);
  const { session, tokens, keepAlive, backendUrl, backendForPeople, knownBackends } = developer;
  const signInDeps = {
    session,
    knownBackends,
    deviceCodes: new DeviceCodeBackends(context.globalState),
  };
  const operators = new OperatorFeature(async () => {
    const { Operator } = await import('./vscode/operator/operator');
    return new Operator(shared);
  });
  const miniApps = new MiniApps(context.workspaceState);
  const worker = join(context.extensionPath, 'dist', 'publishWorker.js');
  const baselineCache = vscode.Uri.joinPath(context.globalStorageUri, 'baseline.json').fsPath;
  const problems = new Problems(miniApps, { worker, baselineCache, logger }, () =>
    Promise.all([
      import('./vscode/publish/publishCommand'),
      import('./core/publish/packing/packInspected'),
    ]),
  );
  const firstSteps = new FirstSteps(session, context.globalState);
  const statusBar = new IdentityStatusBar({
    ...{ session, clock: systemClock, backend: backendForPeople, reachability },
    isWanted: () =>
      isIdentityWanted(session, {
        miniApps: miniApps.known.length > 0,
        signedIn: firstSteps.hasSignedIn,
      }),
  });

  const sshKeysView = new SshKeysView({ session, transport, backendUrl });
  const keyDeps = { session, tokens, transport, backendUrl, view: sshKeysView };
  const clipboard = new SecretClipboard(vscode.env.clipboard, systemClock);
  whenDeactivated = () => clipboard.clear();
  const buildTerminal = new BuildTerminal();
  const lockFolder = vscode.Uri.joinPath(context.globalStorageUri, 'publishing').fsPath;
  const publishersFile = vscode.Uri.joinPath(
    context.globalStorageUri,
    'first-publishers.json',
  ).fsPath;
  const apps = createApps({
    ...{ session, tokens, transport, miniApps, backendUrl, logger, clock: systemClock },
    restored: developer.restored,
    reachability,
    state: createStateStore(context.globalState),
    backend: backendForPeople,
    claimFolder: vscode.Uri.joinPath(context.globalStorageUri, 'told').fsPath,
  });
  const signIn = async (call: Call, args = {}): Promise<Identity> =>
    (await import('./vscode/session/signInCommand')).signIn(signInDeps, call, args);
  const publishing: PublishContext = {
    signIn,
    ...{ session, tokens, transport, miniApps, backendUrl, logger, clock: systemClock },
    memory: context.workspaceState,
    lockFolder,
    publishersFile,
    buildTerminal,
    baselineCache,
    worker,
    onRefused: (folder, refused) => problems.showRefused(folder, refused),
    showBuilt: (folder, found) => problems.showBuilt(folder, found),
    onSubmitted: (submission) => {
      apps.submitted(submission);
      firstSteps.published();
    },
  };
  const tasks: TaskContext = {
    ...publishing,
    validate: (folder, signal) => problems.validate(folder, signal),
  };
  const publish = async (
    args: unknown,
    call: Call,
    more: PublishArguments = {},
  ): Promise<unknown> =>
    (await import('./vscode/publish/publishCommand')).publishMiniApp(publishing, call, {
      ...argumentObject(args),
      ...more,
    });
  const appCommands = () => import('./vscode/apps/appCommands');
  const handlers: Record<CommandId, CommandHandler> = {
    'i99dash.signIn': (args, call) => signIn(call, argumentObject(args)),
    'i99dash.signOut': async () => (await import('./vscode/session/signOut')).signOut(session),
    'i99dash.whoAmI': async () => (await import('./vscode/session/whoAmI')).whoAmI(session, tokens),
    'i99dash.unlock': async () =>
      (await import('./vscode/keys/unlock')).unlockNow(session, keepAlive, tokens),
    'i99dash.validate': async (args) =>
      (await import('./vscode/publish/validateCommand')).validateMiniApp(
        { miniApps, problems },
        argumentObject(args),
      ),
    'i99dash.publish': (args, call) => publish(args, call),
    'i99dash.publishToBeta': (args, call) => publish(args, call, { track: 'beta' }),
    'i99dash.dryRun': (args, call) => publish(args, call, { dryRun: true }),
    'i99dash.makeMiniApp': async (args) =>
      (await import('./vscode/newProject/makeMiniApp')).makeFolderMiniApp(
        miniApps,
        argumentObject(args),
      ),
    'i99dash.generateKey': async (args) =>
      (await import('./vscode/keys/generateKeyCommand')).generateKeyCommand(
        session,
        argumentObject(args),
      ),
    'i99dash.copyPublicKey': async (args) =>
      (await import('./vscode/keys/generateKeyCommand')).copyPublicKey(
        session,
        argumentObject(args),
      ),
    'i99dash.setUpCi': async (args, call) =>
      (await import('./vscode/ci/setUpCi')).setUpCi(
        { ...keyDeps, miniApps, clipboard, clock: systemClock },
        call,
        argumentObject(args),
      ),
    'i99dash.listKeys': async (args) =>
      (await import('./vscode/keys/sshKeyCommands')).listKeys(keyDeps, args),
    'i99dash.addKey': async (args, call) =>
      (await import('./vscode/keys/addKey')).addKey(keyDeps, call, argumentObject(args)),
    'i99dash.removeKey': async (args, call) =>
      (await import('./vscode/keys/sshKeyCommands')).removeKey(keyDeps, call, argumentObject(args)),
    'i99dash.replaceKey': async (args, call) =>
      (await import('./vscode/keys/replaceKeyCommand')).replaceKey(
        { ...keyDeps, knownBackends },
        call,
        argumentObject(args),
      ),
    'i99dash.refreshKeys': () => {
      sshKeysView.refresh();
      return Promise.resolve();
    },
    'i99dash.copyFingerprint': async (row) =>
      (await import('./vscode/keys/sshKeyCommands')).copyFingerprint(row),
    'i99dash.rotateApiKey': async (_args, call) =>
      (await import('./vscode/session/signInWithDeviceCode')).rotateApiKey(session, call),
    'i99dash.copyDiagnostics': async () =>
      (await import('./vscode/diagnostics')).copyDiagnostics(
        session,
        context.extension,
        backendForPeople(),
      ),
    'i99dash.showLog': () => {
      log.show();
      return Promise.resolve();
    },
    'i99dash.status': async (args) => (await appCommands()).showStatus(apps, argumentObject(args)),
    'i99dash.refreshApps': () => apps.view.refresh(),
    'i99dash.showWorkspaceApps': () => apps.view.filter('workspace'),
    'i99dash.showAllApps': () => apps.view.filter('all'),
    'i99dash.publishApp': async (row) => (await appCommands()).publishApp(row),
    'i99dash.openAppFolder': async (row) => (await appCommands()).openAppFolder(row),
    'i99dash.openAppInWebConsole': async (row) => (await appCommands()).openAppInWebConsole(row),
    'i99dash.promoteToBeta': async (row, call) =>
      (await appCommands()).promoteAppToBeta(apps, call, row),
    'i99dash.promoteToProduction': async (row, call) =>
      (await appCommands()).promoteAppToProduction(apps, call, row),
    'i99dash.endBeta': async (row, call) => (await appCommands()).endAppBeta(apps, call, row),
    'i99dash.requestAccess': async () => (await appCommands()).requestAccess(),
    'i99dash.showAccountMenu': async () => {
      const { developerItems, showAccountMenu } = await import('./vscode/session/accountMenu');
      return showAccountMenu(session, backendForPeople(), developerItems(session));
    },
    'i99op.signIn': async (args, call) =>
      (await operators.require()).signIn(call, argumentObject(args)),
    'i99op.signOut': async () => (await operators.require()).signOut(),
    'i99op.unlock': async () => (await operators.require()).unlock(),
    'i99op.showConfig': async () => (await operators.require()).showConfig(),
    'i99op.balance': async () => (await operators.require()).balance(),
    'i99op.listKeys': async (args) => (await operators.require()).listKeys(args),
    'i99op.addKey': async (args, call) =>
      (await operators.require()).addKey(call, argumentObject(args)),
    'i99op.showAccountMenu': async () => (await operators.require()).showAccountMenu(),
  };
  const exported = createApi(tasks);
  context.subscriptions.push(
    exported,
    log,
    reachability,
    reachability.onDidChange(() => {
      if (reachability.failure === undefined) {
        void keepAlive.trigger();
        sshKeysView.retryUnreachable();
      }
    }),
    developer,
    operators,
    miniApps,
    problems,
    sshKeysView,
    firstSteps,
    statusBar,
    miniApps.onDidChange(() => statusBar.update()),
    buildTerminal,
    registerPublishEntries(tasks),
    registerAgentTools(tasks),
    apps,
    tellInterruptedPublishes(lockFolder),
    registerLanguageFeatures(),
    registerCommands(firstSteps.watch(handlers), logger),
  );
  await developer.restored;
  return exported.api;
}

/** What a command was called with, which is read by then; the row of a view has fields, too. */
function argumentObject(args: unknown): Record<string, never> {
  return typeof args === 'object' && args !== null ? (args as Record<string, never>) : {};
}

/**
 * The texts of core, too, are in VS Code's display language. In English, and in a language that
 * there are no texts in, nothing is read.
 */
function localizeCore(): void {
  const { bundle, uri } = vscode.l10n;
  if (bundle !== undefined && uri !== undefined) {
    localize({ language: vscode.env.language, file: uri.fsPath }, bundle);
  }
}
