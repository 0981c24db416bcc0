import * as vscode from 'vscode';
import type { Call } from '../../core/consent';
import { isI99dashError } from '../../core/errors';
import type { Clock, Logger, TokenSource, Transport } from '../../core/platform/interfaces';
import type { Problem } from '../../core/problem';
import type { ProjectKind } from '../../core/projectKind';
import type { PublishDeps, PublishResult } from '../../core/publish/publish';
import type { Stage } from '../../core/publish/stages';
import type { Session } from '../../core/session/session';
import { ByteRate } from '../../core/text/formatBytes';
import { offerStep } from '../ui/failure';
import type { OutputTerminal } from '../ui/outputTerminal';
import { withDelayedProgress } from '../ui/progress';
import type { WorkspaceProjects } from './workspaceProjects';
import { describeProgress, showResult } from './publishMessages';

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
  miniApps: WorkspaceProjects;
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
  /** The file with the history of publishing from this computer. */
  publishersFile: string;
  /** Shows the output of all builds. It is revealed when a build fails. */
  buildTerminal: OutputTerminal;
  /**
   * Called with the problems that the backend reported for a project's manifest; with an empty
   * list once it accepts the manifest.
   */
  onRefused?: (folder: string, problems: readonly Problem[]) => Promise<void>;
  /** Shows the problems in the output folder of a build; an empty list clears them. */
  showBuilt: (folder: string, problems: readonly Problem[]) => void;
  /** Called after a submission. */
  onSubmitted?: (
    submission: Pick<PublishResult, 'appId' | 'version' | 'reviewStatus'>,
    kind: ProjectKind,
  ) => void;
}

/** The dependencies of tasks. */
export interface TaskContext extends PublishContext {
  /** Checks a project without building it, and shows the result in the Problems panel. */
  validate: (folder: string, signal: AbortSignal) => Promise<Problem[]>;
}

/** Shows a publish to the user: its progress, a way to cancel it, and its result. */
export interface PublishUi {
  run<T>(title: string, task: (view: PublishView) => Promise<T>): Promise<T>;
  showResult(report: PublishReport): void;
}

/** The view of a running publish. Its signal aborts when the user cancels. */
export interface PublishView extends Required<
  Pick<PublishDeps, 'onProgress' | 'onBuildOutput' | 'onProblems'>
> {
  signal: AbortSignal;
  /** Hides the progress while it asks a question. */
  hideWhile: <T>(question: () => Promise<T>) => Promise<T>;
}

/** What is shown of a publish that went well. */
export interface PublishReport {
  result: PublishResult;
  /** The warnings and notes of the checks. */
  problems: readonly Problem[];
  /**
   * Publishes the next version. Only for a version that is not new, if there was no confirmation.
   */
  publishNext?: () => unknown;
}

/** Shows a publish in a notification, and the build output in a terminal. */
export function notificationUi({
  clock,
  buildTerminal,
}: Pick<PublishContext, 'clock' | 'buildTerminal'>): PublishUi {
  return {
    run: (title, task) =>
      withDelayedProgress(title, async (signal, report, hideWhile) => {
        const rate = new ByteRate(clock);
        let stage: Stage | undefined;
        signal.addEventListener('abort', () => {
          if (stage === 'submit') {
            report(vscode.l10n.t('Already sent. Checking whether it arrived…'));
          }
        });
        try {
          return await task({
            signal,
            hideWhile,
            onProgress: (now) => {
              stage = now.stage;
              report(describeProgress(now, rate));
            },
            onBuildOutput: (text) => buildTerminal.write(text),
            onProblems: () => undefined, // shown in the confirmation or the result
          });
        } catch (error) {
          if (isI99dashError(error, 'BUILD_FAILED')) {
            buildTerminal.reveal();
            offerStep(error, vscode.l10n.t('Show Terminal'), () => buildTerminal.reveal());
          }
          throw error;
        }
      }),
    showResult,
  };
}
