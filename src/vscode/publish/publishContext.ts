import type * as vscode from 'vscode';
import { ApiClient } from '../../core/api/client';
import { boundTokens } from '../../core/session/boundTokens';
import type { Session } from '../../core/session/session';
import type { Call } from '../../core/consent';
import type { Clock, Logger, TokenSource, Transport } from '../../core/platform/interfaces';
import type { Problem } from '../../core/problem';
import { buildLog } from '../../core/publish/build/buildLog';
import type { PublishDeps, PublishResult } from '../../core/publish/publish';
import { shellRunner } from '../../core/publish/build/shellRunner';
import type { BuildTerminal } from './buildTerminal';
import type { MiniApps } from './miniApps';
import type { PublishView } from './publishUi';

/** What publishing gets from the composition root. */
export interface PublishContext {
  session: Session;
  tokens: TokenSource;
  /**
   * Signs in.
   * @throws what the sign-in throws, CancelledError
   */
  signIn: (call: Call) => Promise<unknown>;
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
  /** Where it is kept who published which app first from this computer. */
  publishersFile: string;
  buildTerminal: BuildTerminal;
  /** Told what the backend refused of a mini-app's manifest; an empty list once it accepts it. */
  onRefused?: (folder: string, problems: readonly Problem[]) => Promise<void>;
  /**
   * Shows what is wrong with the folder that a build wrote; nothing after a build without such
   * problems.
   */
  showBuilt: (folder: string, problems: readonly Problem[]) => void;
  /** Told of what was submitted. */
  onSubmitted?: (submission: Pick<PublishResult, 'appId' | 'version' | 'reviewStatus'>) => void;
}

/** What tasks get besides. */
export interface TaskContext extends PublishContext {
  /** Checks a mini-app without a build, and shows the result in the Problems panel. */
  validate: (folder: string, signal: AbortSignal) => Promise<Problem[]>;
}

/** What core needs to publish to this backend. */
export function createPublishDeps(
  context: PublishContext,
  backendUrl: string,
  view: PublishView,
  onProblems: (problems: readonly Problem[]) => void,
): PublishDeps {
  const { transport, tokens, logger, clock, lockFolder, worker, baselineCache } = context;
  const log = buildLog(logger);
  return {
    ...{ transport, logger, clock, lockFolder, worker, baselineCache },
    api: new ApiClient(backendUrl, transport, boundTokens(backendUrl, tokens, context.backendUrl)),
    runner: shellRunner,
    onProgress: view.onProgress,
    onBuildOutput: (text) => {
      log(text);
      view.onBuildOutput(text);
    },
    onProblems: (problems) => {
      view.onProblems(problems);
      onProblems(problems);
    },
  };
}
