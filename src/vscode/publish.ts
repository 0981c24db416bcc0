import * as vscode from 'vscode';
import { ApiClient } from '../core/api/client';
import type { Session } from '../core/auth/session';
import { CancelledError, I99dashError, isI99dashError } from '../core/errors';
import { accountLabel, type Identity } from '../core/identity';
import type { Clock, Logger, TokenSource, Transport } from '../core/ports';
import { loadProject, type Project } from '../core/publish/project';
import {
  publish,
  type PublishOptions,
  type PublishPorts,
  type PublishResult,
  type Track,
} from '../core/publish/publish';
import { shellRunner } from '../core/publish/shellRunner';
import type { BuildTerminal } from './buildTerminal';
import { chooseMiniApp } from './chooseMiniApp';
import type { MiniApps } from './miniApps';
import { plainText } from './plainText';
import { withQuietProgress } from './progress';
import { describeProgress, tell } from './publishMessages';
import { settings } from './settings';

export interface PublishArguments {
  folder?: vscode.Uri;
  track?: Track;
  releaseNotes?: string;
  dryRun?: boolean;
  confirmed?: boolean;
}

export interface PublishContext {
  session: Session;
  tokens: TokenSource;
  transport: Transport;
  miniApps: MiniApps;
  backendUrl: () => string;
  logger: Logger;
  clock: Clock;
  /** Where the locks of all windows lie. */
  lockFolder: string;
  /** The built worker script. */
  worker: string;
  /** Where what is known of scripts is kept between publishes. */
  baselineCache: string;
  buildTerminal: BuildTerminal;
}

/** Publishes the mini-app that the arguments, the active editor or the user names. */
export async function publishMiniApp(
  context: PublishContext,
  args: PublishArguments = {},
): Promise<PublishResult> {
  if (!vscode.workspace.isTrusted) {
    throw new I99dashError(
      'UNTRUSTED_WORKSPACE',
      vscode.l10n.t(
        'Publishing runs code of this workspace, so the workspace must be trusted first.',
      ),
    );
  }
  const backendUrl = context.backendUrl();
  const options = toOptions(args);
  if (options.dryRun === true) {
    const project = await loadProject(await chooseMiniApp(context.miniApps, args.folder));
    return tell(await publishWithProgress(context, project, options, backendUrl));
  }
  const identity = await knownIdentity(context);
  const project = await loadProject(await chooseMiniApp(context.miniApps, args.folder));
  if (args.confirmed !== true && mustConfirm(options.track)) {
    await confirm(project, options.track, accountLabel(identity), backendUrl);
  }
  return tell(await publishWithProgress(context, project, options, backendUrl));
}

function toOptions({ track = settings.defaultTrack(), releaseNotes, dryRun }: PublishArguments) {
  const options: PublishOptions = { track };
  if (releaseNotes !== undefined) {
    options.releaseNotes = releaseNotes;
  }
  if (dryRun !== undefined) {
    options.dryRun = dryRun;
  }
  return options;
}

function mustConfirm(track: Track): boolean {
  const when = settings.confirmPublish();
  return when === 'always' || (when === 'production' && track === 'production');
}

/** A credential of the environment belongs to whom the backend says; the stored session may be somebody else's. */
async function knownIdentity({ session, tokens }: PublishContext): Promise<Identity> {
  const { state } = session;
  return state.kind === 'environment' && state.account === undefined
    ? session.fetchIdentity({ tokens })
    : session.identity();
}

async function confirm(
  project: Project,
  track: Track,
  who: string,
  backendUrl: string,
): Promise<void> {
  const { manifest } = project;
  const publishButton = vscode.l10n.t('Publish');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Publish {0} {1}?', manifest.id, manifest.version),
    {
      modal: true,
      detail: [
        vscode.l10n.t('Track: {0}', track),
        vscode.l10n.t('Backend: {0}', backendUrl),
        vscode.l10n.t('Signed in as: {0}', who),
        ...(project.buildCommand === undefined
          ? []
          : [vscode.l10n.t('Builds with: {0}', project.buildCommand)]),
      ].join('\n'),
    },
    publishButton,
  );
  if (answer !== publishButton) {
    throw new CancelledError();
  }
}

function publishWithProgress(
  context: PublishContext,
  project: Project,
  options: PublishOptions,
  backendUrl: string,
): Promise<PublishResult> {
  const { transport, logger, clock, lockFolder, worker, baselineCache } = context;
  const { buildTerminal } = context;
  const { id, version } = project.manifest;
  return withQuietProgress(
    plainText(vscode.l10n.t('Publishing {0} {1}', id, version)),
    (signal, report) => {
      const ports: PublishPorts = {
        api: new ApiClient(backendUrl, transport, tokensFor(backendUrl, context)),
        transport,
        runner: shellRunner,
        logger,
        clock,
        lockFolder,
        worker,
        baselineCache,
        onProgress: (now) => report(describeProgress(now)),
        onBuildOutput: (text) => {
          logger.info(`build: ${text.trimEnd()}`);
          buildTerminal.write(text);
        },
        onProblems: (problems) => {
          for (const { severity, rule, message } of problems) {
            logger.info(`Publish: ${severity} ${rule}: ${message}`);
          }
        },
      };
      return publish(project, options, ports, signal).catch((error: unknown) => {
        if (isI99dashError(error, 'BUILD_FAILED')) {
          buildTerminal.reveal();
        }
        throw error;
      });
    },
  );
}

/** The tokens of this backend alone: a setting that is changed in the middle must not send another backend's token here. */
function tokensFor(publishedTo: string, { tokens, backendUrl }: PublishContext): TokenSource {
  return {
    getToken: async (options) => {
      const token = await tokens.getToken(options);
      if (backendUrl() !== publishedTo) {
        throw new I99dashError(
          'NOT_SIGNED_IN',
          vscode.l10n.t('The backend was changed in the settings meanwhile. Publish again.'),
        );
      }
      return token;
    },
  };
}
