import * as vscode from 'vscode';
import { isI99dashError } from '../core/errors';
import type { Clock } from '../core/ports';
import { ByteRate } from '../core/publish/amounts';
import type { Stage } from '../core/publish/stages';
import type { BuildTerminal } from './buildTerminal';
import { offerStep } from './failure';
import { withQuietProgress } from './progress';
import { describeProgress, showResult } from './publishMessages';
import type { PublishSurface } from './publishSurface';

/** The notification, and a terminal for what a build prints. */
export function notificationSurface(clock: Clock, buildTerminal: BuildTerminal): PublishSurface {
  return {
    watch: (title, task) =>
      withQuietProgress(title, (signal, report, aside) => {
        const rate = new ByteRate(clock);
        let stage: Stage | undefined;
        signal.addEventListener('abort', () => {
          if (stage === 'submit') {
            report(vscode.l10n.t('Already sent. Checking whether it arrived…'));
          }
        });
        return task({
          signal,
          aside,
          onProgress: (now) => {
            stage = now.stage;
            report(describeProgress(now, rate));
          },
          onBuildOutput: (text) => buildTerminal.write(text),
          onProblems: () => undefined, // asked about, or told of in the end
        }).catch((error: unknown) => {
          if (isI99dashError(error, 'BUILD_FAILED')) {
            buildTerminal.reveal();
            offerStep(error, vscode.l10n.t('Show Terminal'), () => buildTerminal.reveal());
          }
          throw error;
        });
      }),
    tell: showResult,
  };
}
