import * as vscode from 'vscode';
import type { ApiClient } from '../../core/api/client';
import type { Session } from '../../core/session/session';
import type { Call } from '../../core/consent';
import { accountLabel } from '../../core/identity';
import type { TokenSource } from '../../core/platform/interfaces';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { AppsView } from './appsView';
import { confirmGuarded } from '../ui/consent';
import { assertSameAccount, getIdentity } from '../session/getIdentity';
import { plainText } from '../ui/plainText';
import { withDelayedProgress } from '../ui/progress';

/** What the commands for published apps need. */
export interface AppsContext {
  session: Session;
  tokens: TokenSource;
  /** The client for actions that the user started. It may ask for a passphrase. */
  api: () => ApiClient;
  view: AppsView;
}

/**
 * Asks for confirmation of a change. The question names the backend and the account.
 * @throws NOT_SIGNED_IN if there is no session, or a different account is signed in in the meantime
 * @throws CancelledError
 */
export async function confirmChange(
  context: AppsContext,
  call: Call,
  {
    question,
    facts = [],
    detail,
    button,
  }: { question: string; facts?: readonly string[]; detail: string; button: string },
): Promise<void> {
  const identity = await getIdentity(context);
  await confirmGuarded(call, {
    message: question,
    detail: [
      ...facts,
      vscode.l10n.t('Backend: {0}', identity.backendUrl),
      vscode.l10n.t('Signed in as: {0}', sanitizeLine(accountLabel(identity))),
      '',
      detail,
    ],
    buttons: [button],
    isPlain: true,
  });
  await assertSameAccount(context, identity);
}

/** Sends a change, and refreshes the view even if the change fails or is cancelled. */
export async function change(
  { view }: AppsContext,
  title: string,
  send: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  try {
    await withDelayedProgress(title, send);
  } catch (error) {
    void view.refresh();
    throw error;
  }
}

/** Reports a completed change, and shows it in the view. */
export async function done({ view }: AppsContext, message: string): Promise<true> {
  void vscode.window.showInformationMessage(plainText(message));
  await view.refresh();
  return true;
}
