import type * as vscode from 'vscode';
import { ApiClient, boundTokens } from '../../core/api/client';
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

/** The dependencies of publishing, from the composition root. */
export interface PublishContext {
  session: Session;
  tokens: TokenSource;
  /**
   * Signs in.
   * @throws what the sign-in throws
   * @throws CancelledError
   */
  signIn: (call: Call) => Promise<unknown>;
  transport: Transport;
  miniApps: MiniApps;
  backendUrl: () => string;
  logger: Logger;
  clock: Clock;
  /** The state of the workspace, which stores answers. */
  memory: vscode.Memento;
  /** The folder with the locks of all windows. */
  lockFolder: string;
  /** The path of the built worker script. */
  worker: string;
  /** The file that caches script results between publishes. */
  baselineCache: string;
  /** The file that records who first published each app from this computer. */
  publishersFile: string;
  buildTerminal: BuildTerminal;
  /**
   * Called with the problems that the backend reported for a mini-app's manifest; with an empty
   * list once it accepts the manifest.
   */
  onRefused?: (folder: string, problems: readonly Problem[]) => Promise<void>;
  /** Shows the problems in the output folder of a build; an empty list clears them. */
  showBuilt: (folder: string, problems: readonly Problem[]) => void;
  /** Called after a submission. */
  onSubmitted?: (submission: Pick<PublishResult, 'appId' | 'version' | 'reviewStatus'>) => void;
}

/** The dependencies of tasks. */
export interface TaskContext extends PublishContext {
  /** Checks a mini-app without building it, and shows the result in the Problems panel. */
  validate: (folder: string, signal: AbortSignal) => Promise<Problem[]>;
}

/** Creates the dependencies that core needs to publish to this backend. */
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
