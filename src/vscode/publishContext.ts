import * as vscode from 'vscode';
import { ApiClient } from '../core/api/client';
import type { Session } from '../core/auth/session';
import { I99dashError } from '../core/errors';
import type { Identity } from '../core/identity';
import type { Clock, Logger, TokenSource, Transport } from '../core/ports';
import type { Problem } from '../core/problem';
import type { PublishPorts, PublishResult } from '../core/publish/publish';
import { shellRunner } from '../core/publish/shellRunner';
import type { BuildTerminal } from './buildTerminal';
import type { MiniApps } from './miniApps';
import type { PublishView } from './publishSurface';

/** What publishing gets from the composition root. */
export interface PublishContext {
  session: Session;
  tokens: TokenSource;
  transport: Transport;
  miniApps: MiniApps;
  backendUrl: () => string;
  logger: Logger;
  clock: Clock;
  /** Remembers answers for this workspace. */
  memory: vscode.Memento;
  /** Where the locks of all windows lie. */
  lockFolder: string;
  /** The built worker script. */
  worker: string;
  /** Where what is known of scripts is kept between publishes. */
  baselineCache: string;
  buildTerminal: BuildTerminal;
  /** Told of what was submitted. */
  onSubmitted?: (result: PublishResult) => void;
}

/** What tasks get besides. */
export interface TaskContext extends PublishContext {
  /** Checks a mini-app without a build, and shows the result in the Problems panel. */
  validate: (folder: string, signal: AbortSignal) => Promise<Problem[]>;
}

/** A credential of the environment belongs to whom the backend says; the stored session may be somebody else's. */
export async function knownIdentity({ session, tokens }: PublishContext): Promise<Identity> {
  const { state } = session;
  return state.kind === 'environment' && state.account === undefined
    ? session.fetchIdentity({ tokens })
    : session.identity();
}

/** What core needs to publish to this backend. */
export function portsOf(
  context: PublishContext,
  backendUrl: string,
  view: PublishView,
  onProblems: (problems: readonly Problem[]) => void,
): PublishPorts {
  const { transport, logger, clock, lockFolder, worker, baselineCache } = context;
  return {
    ...{ transport, logger, clock, lockFolder, worker, baselineCache },
    api: new ApiClient(backendUrl, transport, tokensFor(backendUrl, context)),
    runner: shellRunner,
    onProgress: view.onProgress,
    onBuildOutput: (text) => {
      logger.info(`build: ${text.trimEnd()}`);
      view.onBuildOutput(text);
    },
    onProblems: (problems) => {
      for (const { severity, rule, message } of problems) {
        logger.info(`Publish: ${severity} ${rule}: ${message}`);
      }
      view.onProblems(problems);
      onProblems(problems);
    },
  };
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
