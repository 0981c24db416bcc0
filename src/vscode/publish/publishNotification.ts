import * as vscode from 'vscode';
import { isI99dashError } from '../../core/errors';
import type { Clock } from '../../core/platform/interfaces';
import { ByteRate } from '../../core/text/formatBytes';
import type { Stage } from '../../core/publish/stages';
import type { BuildTerminal } from './buildTerminal';
import { offerStep } from '../ui/failure';
import { withDelayedProgress } from '../ui/progress';
import { describeProgress, showResult } from './publishMessages';
import type { PublishUi } from './publishUi';

/** Shows a publish in a notification, and the build output in a terminal. */
export function notificationUi(clock: Clock, buildTerminal: BuildTerminal): PublishUi {
  return {
    run: (title, task) =>
      withDelayedProgress(title, (signal, report, hideWhile) => {
        const rate = new ByteRate(clock);
        let stage: Stage | undefined;
        signal.addEventListener('abort', () => {
          if (stage === 'submit') {
            report(vscode.l10n.t('Already sent. Checking whether it arrived…'));
          }
        });
        return task({
          signal,
          hideWhile,
          onProgress: (now) => {
            stage = now.stage;
            report(describeProgress(now, rate));
          },
          onBuildOutput: (text) => buildTerminal.write(text),
          onProblems: () => undefined, // shown in the confirmation or the result
        }).catch((error: unknown) => {
          if (isI99dashError(error, 'BUILD_FAILED')) {
            buildTerminal.reveal();
            offerStep(error, vscode.l10n.t('Show Terminal'), () => buildTerminal.reveal());
          }
          throw error;
        });
      }),
    showResult,
  };
}
