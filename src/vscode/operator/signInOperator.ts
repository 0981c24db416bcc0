import * as vscode from 'vscode';
import { parseBackendUrl } from '../../core/api/backendUrl';
import { checkKeyFile } from '../../core/ssh/privateKey';
import type { Session } from '../../core/session/session';
import type { Call } from '../../core/consent';
import { absoluteFromHome } from '../../core/platform/homePath';
import { orCancel } from '../ui/ask';
import { showInfo } from '../ui/showInfo';
import { showInput } from '../ui/pickers';
import { settings } from '../settings';
import {
  signIn,
  type ComingChange,
  type SignInArguments,
  type SignInDeps,
} from '../session/signInCommand';
import { getHost } from '../session/signInQuestions';

export interface OperatorSignInArguments extends Pick<
  SignInArguments,
  'keyPath' | 'passphrase' | 'token'
> {
  baseUrl?: string;
}

/**
 * Signs in an operator. Asks for the backend, unless an argument gives the backend or a credential.
 * The backend is saved. A change of the backend signs out first.
 * @throws BACKEND_REFUSED and the errors of {@link signIn}
 */
export async function signInOperator(
  deps: SignInDeps,
  call: Call,
  { baseUrl, ...args }: OperatorSignInArguments,
): Promise<void> {
  if (args.keyPath !== undefined) {
    await checkKeyFile(absoluteFromHome(args.keyPath));
  }
  const isOpen = baseUrl === undefined && args.keyPath === undefined && args.token === undefined;
  const wanted = isOpen ? await askForBackend(deps.session) : baseUrl;
  const change =
    wanted === undefined ? undefined : changeTo(deps.session, parseBackendUrl(wanted.trim()));
  await signIn(deps, call, args, change);
}

/**
 * Returns the change to a backend.
 * @returns Undefined if the backend stays the same.
 */
function changeTo(session: Session, now: string): ComingChange | undefined {
  const before = settings.backendUrlOrReason(session.realm);
  return before === now
    ? undefined
    : {
        ...{ before, now },
        endsSession: session.ownSession !== undefined,
        apply: () => moveTo(session, before, now),
      };
}

/**
 * Signs out, so that no data of the session reaches the new backend or stays behind, and saves the
 * new backend.
 */
async function moveTo(session: Session, before: string, backendUrl: string): Promise<void> {
  const isSignedIn = session.ownSession !== undefined;
  if (isSignedIn) {
    await session.signOut();
  }
  await settings.setBackendUrl(session.realm, backendUrl);
  if (isSignedIn) {
    showInfo(
      vscode.l10n.t(
        'You were signed out of {0} first, for i99op now uses {1}.',
        getHost(before),
        getHost(backendUrl),
      ),
    );
  }
}

async function askForBackend({ realm, ownSession }: Session): Promise<string> {
  const current = settings.backendUrlOrReason(realm);
  const answer = await showInput({
    title: vscode.l10n.t('Sign in to {0}: backend', realm.label),
    prompt: vscode.l10n.t('The URL of your backend. It is remembered.'),
    value: URL.canParse(current) ? current : realm.defaultBackendUrl,
    ignoreFocusOut: true,
    validateInput: (value) =>
      validateBackend(value, ownSession === undefined ? undefined : current),
  });
  return orCancel(answer);
}

/**
 * Validates the URL of a backend.
 * @param signedInTo The backend that a change signs out of.
 */
function validateBackend(
  value: string,
  signedInTo: string | undefined,
): string | vscode.InputBoxValidationMessage | undefined {
  try {
    const backendUrl = parseBackendUrl(value.trim());
    return signedInTo === undefined || signedInTo === backendUrl
      ? undefined
      : {
          message: vscode.l10n.t('You will be signed out of {0} first.', getHost(signedInTo)),
          severity: vscode.InputBoxValidationSeverity.Info,
        };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
