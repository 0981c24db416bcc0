import { join } from 'node:path';
import * as vscode from 'vscode';
import type { I99dashApi } from './api';
import { SecretClipboard } from './core/ci/secretClipboard';
import { systemClock as clock } from './core/platform/interfaces';
import { lineLogger } from './core/platform/lineLogger';
import { developerRealm } from './core/realm';
import { localize } from './core/text/l10n';
import { registerAgentTools } from './vscode/agents/agentTools';
import { createApps } from './vscode/apps/apps';
import { appsCommands } from './vscode/apps/appsCommands';
import { ciCommands } from './vscode/ci/ciCommands';
import type { CommandHandlers } from './vscode/commands/commandIds';
import { registerCommands } from './vscode/commands/registerCommands';
import { registerLanguageFeatures } from './vscode/editor/languageFeatures';
import { Problems } from './vscode/editor/problems';
import { createApi } from './vscode/extensionApi';
import { FirstSteps } from './vscode/firstSteps';
import { keyCommands } from './vscode/keys/keyCommands';
import { SshKeysView } from './vscode/keys/sshKeysView';
import { createNetwork } from './vscode/network';
import { projectCommands } from './vscode/newProject/projectCommands';
import { operatorCommands } from './vscode/operator/operatorCommands';
import { OperatorFeature } from './vscode/operator/operatorFeature';
import { AppPreviews } from './vscode/preview/appPreviews';
import { tellInterruptedPublishes } from './vscode/publish/interruptedPublish';
import { WorkspaceProjects } from './vscode/publish/workspaceProjects';
import type { TaskContext } from './vscode/publish/publishContext';
import { publishCommands, registerPublishEntries } from './vscode/publish/publishEntries';
import { createAuthServices } from './vscode/session/authServices';
import { createSignIn, sessionCommands } from './vscode/session/sessionCommands';
import { IdentityStatusBar, isIdentityWanted } from './vscode/session/statusBar';
import { supportCommands } from './vscode/setup/supportCommands';
import { createStateStore } from './vscode/storage';
import { testersCommands } from './vscode/testers/testersCommands';
import { OutputTerminal } from './vscode/ui/outputTerminal';

let whenDeactivated: (() => Promise<void>) | undefined;

/** Cleans up. VS Code waits for it when a window closes. */
export async function deactivate(): Promise<void> {
  await whenDeactivated?.();
}

/**
 * Creates the parts and connects them. Commands import what only they need (keys, network, publish)
 * when they run.
 * @returns the API for other extensions
 */
export async function activate(context: vscode.ExtensionContext): Promise<I99dashApi> {
  localizeCore();
  const stored = (name: string) => vscode.Uri.joinPath(context.globalStorageUri, name).fsPath;
  const log = vscode.window.createOutputChannel('i99dash', { log: true });
  const logger = lineLogger(log);
  const reachability = createNetwork(
    context.extension,
    logger,
    () => session.ownSession !== undefined,
  );
  const { transport } = reachability;
  const auth = createAuthServices(developerRealm, { context, transport, logger });
  const { session, tokens, backendUrl, backendForPeople: backend, knownBackends } = auth;
  const base = { session, tokens, transport, backendUrl, logger, clock };
  const operators = new OperatorFeature(async () => {
    const { Operator } = await import('./vscode/operator/operator');
    return new Operator({ context, transport, logger });
  });

  const miniApps = new WorkspaceProjects(context.workspaceState);
  const worker = join(context.extensionPath, 'dist', 'publishWorker.js');
  const baselineCache = stored('baseline.json');
  const problems = new Problems(miniApps, { worker, baselineCache, logger }, loadPublishing);
  const firstSteps = new FirstSteps(session, context.globalState);
  const isWanted = () =>
    isIdentityWanted(session, {
      miniApps: miniApps.knownProjects.length > 0,
      signedIn: firstSteps.hasSignedIn,
    });
  const statusBar = new IdentityStatusBar({ session, clock, backend, reachability, isWanted });
  const keysView = new SshKeysView(base);
  const keyDeps = { ...base, knownBackends, view: keysView };
  const publishersFile = stored('first-publishers.json');
  const apps = createApps({
    ...{ ...base, miniApps, publishersFile, backend, reachability },
    restored: auth.restored,
    state: createStateStore(context.globalState),
    claimFolder: stored('told'),
  });

  const signIn = createSignIn(auth, context.globalState);
  const publishing: TaskContext = {
    ...{ ...base, miniApps, signIn, worker, baselineCache },
    memory: context.workspaceState,
    lockFolder: stored('publishing'),
    publishersFile,
    buildTerminal: new OutputTerminal({ name: vscode.l10n.t('i99dash build'), icon: 'package' }),
    validate: (folder, signal) => problems.validate(folder, signal),
    onRefused: (folder, refused) => problems.showRefused(folder, refused),
    showBuilt: (folder, found) => problems.showBuilt(folder, found),
    onSubmitted: (submission, kind) => {
      apps.submitted(submission, kind);
      firstSteps.published();
    },
  };
  const clipboard = new SecretClipboard(vscode.env.clipboard, clock);
  const previews = new AppPreviews(miniApps);
  whenDeactivated = async () => {
    await Promise.all([clipboard.clear(), previews.stopAll()]);
  };
  const handlers: CommandHandlers = {
    ...sessionCommands(auth, signIn),
    ...keyCommands(keyDeps),
    ...publishCommands(publishing, problems),
    ...appsCommands(apps),
    ...testersCommands(apps),
    ...operatorCommands(operators),
    ...projectCommands({ ...publishing, projects: miniApps, previews }, context.extensionUri),
    ...supportCommands({ ...base, miniApps, log, extension: context.extension, backend }),
    ...ciCommands({ ...keyDeps, miniApps, clipboard }),
  };
  const exported = createApi(publishing);
  context.subscriptions.push(
    vscode.Disposable.from(exported, log, reachability, auth, operators, miniApps, problems),
    vscode.Disposable.from(keysView, firstSteps, statusBar, apps, previews),
    publishing.buildTerminal,
    miniApps.onDidChange(() => statusBar.update()),
    reachability.onDidChange(() => {
      if (reachability.failure === undefined) {
        void auth.scheduler.trigger();
        keysView.retryUnreachable();
      }
    }),
    registerPublishEntries(publishing),
    registerAgentTools(publishing),
    tellInterruptedPublishes(publishing.lockFolder),
    registerLanguageFeatures(),
    registerCommands(firstSteps.watch(handlers), logger),
  );
  await auth.restored;
  return exported.api;
}

/** Loads what a publish needs, before the user starts one. */
function loadPublishing(): Promise<unknown> {
  return Promise.all([
    import('./vscode/publish/publishCommand'),
    import('./core/publish/packing/packInspected'),
    import('./core/http/undiciTransport'),
  ]);
}

/** Shows core's texts in VS Code's display language. Reads no file when that is English. */
function localizeCore(): void {
  const { bundle, uri } = vscode.l10n;
  if (bundle !== undefined && uri !== undefined) {
    localize({ language: vscode.env.language, file: uri.fsPath }, bundle);
  }
}
