import * as vscode from 'vscode';
import {
  CancelledError,
  describeError,
  isI99dashError,
  type I99dashError,
} from '../../core/errors';
import type { Logger } from '../../core/platform/interfaces';
import type { CommandId } from '../commands/commandIds';
import { moreStep, showLog, type NextStep } from './stepButtons';
import { nextSteps } from './nextSteps';
import { plainText } from './plainText';

/** Steps that only the code that failed knows. */
const offered = new WeakMap<I99dashError, NextStep>();

/** Adds a button before the others in the message of an error. */
export function offerStep(error: I99dashError, label: string, run: () => unknown): void {
  offered.set(error, { label, run });
}

/**
 * Shows one message for an error, with the next steps as buttons. Does not wait for an answer.
 * @param failed The command that failed.
 * @param retry Repeats the failed action.
 * @param abandon Called if the user selects no step.
 */
export function showFailure(
  failed: CommandId,
  error: unknown,
  retry: () => void,
  abandon: () => void = () => undefined,
): void {
  const steps = isI99dashError(error)
    ? [...nextSteps({ failed, error, retry, abandon }, offered.get(error)), moreStep(error.code)]
    : [showLog()];
  const message = isI99dashError(error)
    ? plainText(describe(error))
    : vscode.l10n.t('Something went wrong in the i99dash extension. The log has the details.');
  // This is not an error: the same publish is already running.
  const show = isI99dashError(error, 'PUBLISH_IN_PROGRESS')
    ? vscode.window.showWarningMessage
    : vscode.window.showErrorMessage;
  void show(message, ...steps.map(({ label }) => label)).then((picked) =>
    (steps.find(({ label }) => label === picked) ?? { run: abandon }).run(),
  );
}

/**
 * Logs an error and shows it with {@link showFailure}. A cancellation abandons the retry silently.
 * @param retry Repeats the failed action.
 */
export function reportFailure(
  failed: CommandId,
  error: unknown,
  logger: Logger,
  retry: () => void,
  abandon?: () => void,
): void {
  if (error instanceof CancelledError) {
    abandon?.();
    return;
  }
  logger.error(`${failed} failed: ${describeError(error)}`);
  showFailure(failed, error, retry, abandon);
}

/** Returns the message, prefixed with the app if the message does not name it. */
function describe({ app, message }: I99dashError): string {
  return app === undefined || message.includes(app)
    ? message
    : vscode.l10n.t('{0}: {1}', app, message);
}
