import * as vscode from 'vscode';
import { readToolInput } from '../../core/agents/toolInput';
import { failureText, HOW_TO_SIGN_IN } from '../../core/agents/toolText';
import { workspaceName, type Root } from '../../core/agents/workspaceNames';
import { ApiClient, boundTokens } from '../../core/api/client';
import { appRows, type AppRow, type BetaRow } from '../../core/apps/appRows';
import { loadApps, type AppsSnapshot } from '../../core/apps/loadApps';
import { addLastSubmissions, readLocalApps } from '../../core/apps/localApps';
import { CancelledError, isI99dashError } from '../../core/errors';
import { accountLabel } from '../../core/identity';
import { PublishHistory } from '../../core/publish/publishHistory';
import type { PublishContext } from '../publish/publishContext';
import { answerTool, workspaceRoots } from './toolCall';

/** Maximum number of apps in one answer. */
const MAX_APPS = 50;
const NOBODY: AppsSnapshot = {
  status: { isDeveloper: false, hasPendingRequest: false, apps: [], appsTotal: 0 },
  mine: [],
  betas: [],
};

interface SessionStatus {
  signedIn: boolean;
  signedInAs?: string;
  backend: string;
  isDeveloper?: boolean;
  /** What the user can do next. */
  next?: string;
  /** Why the backend returned no data, with the error code. */
  failure?: string;
  snapshot?: AppsSnapshot;
}

/** Returns the message that the chat shows during the request. */
export function prepareStatus(): vscode.PreparedToolInvocation {
  return { invocationMessage: vscode.l10n.t('Asking i99dash for the status') };
}

/**
 * Returns the signed-in account and the state of the apps in the backend and the workspace. Never
 * prompts the user.
 * @throws The errors of {@link answerTool}.
 */
export function invokeStatus(
  context: PublishContext,
  input: unknown,
  token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
  return answerTool(context.logger, token, async (signal) => {
    const { appId } = readToolInput('i99dash_get_status', input);
    const roots = workspaceRoots();
    const { snapshot, ...session } = await askBackend(context, roots, signal);
    const found = await readLocalApps(await context.miniApps.searchProjects());
    const history = new PublishHistory(context.publishersFile);
    const named = found.filter(({ id }) => id !== null);
    const locals = await addLastSubmissions(named, history, session.backend);
    const reader = { now: context.clock.now(), language: vscode.env.language };
    const rows = appRows(snapshot ?? NOBODY, locals, reader);
    const wanted = rows.filter((row) => appId === undefined || row.appId === appId);
    return {
      ...session,
      apps: wanted.slice(0, MAX_APPS).map((row) => describeApp(row, roots, snapshot !== undefined)),
      ...(wanted.length > MAX_APPS ? { notListed: wanted.length - MAX_APPS } : {}),
    };
  });
}

/**
 * Reads the session and the apps from the backend. If that fails, returns the reason.
 * @throws CancelledError, BACKEND_REFUSED
 */
async function askBackend(
  { session, transport, backendUrl, logger }: PublishContext,
  roots: readonly Root[],
  signal: AbortSignal,
): Promise<SessionStatus> {
  const backend = backendUrl();
  if (session.state.kind === 'signedOut') {
    return { signedIn: false, backend, next: HOW_TO_SIGN_IN };
  }
  try {
    const api = new ApiClient(backend, transport, boundTokens(backend, session, backendUrl));
    const snapshot = await loadApps(api, logger, signal);
    const { isDeveloper } = snapshot.status;
    return { signedIn: true, ...whoIs(session), backend, isDeveloper, snapshot };
  } catch (error) {
    if (error instanceof CancelledError || !isI99dashError(error)) {
      throw error;
    }
    const failure = failureText(error, roots);
    return { signedIn: error.code !== 'NOT_SIGNED_IN', ...whoIs(session), backend, failure };
  }
}

function whoIs(session: PublishContext['session']): { signedInAs?: string } {
  try {
    return { signedInAs: accountLabel(session.identity()) };
  } catch {
    return {}; // the owner of the credential is not known yet
  }
}

/** Leaves out the testers: an agent does not need their names. */
function withoutNames(beta: BetaRow): object {
  return Object.fromEntries(Object.entries(beta).filter(([name]) => name !== 'roster'));
}

function describeApp(row: AppRow, roots: readonly Root[], isKnown: boolean) {
  const { kind, appId, name, local, beta, review, latestVersion, rejectionReason } = row;
  const { lastSubmission } = local ?? {};
  return {
    kind: kind.id,
    appId,
    ...(name === undefined ? {} : { name }),
    ...(local === undefined
      ? {}
      : { folder: workspaceName(local.folder, roots), versionHere: local.version }),
    // Only the backend knows whether an app has been published. It lists mini-apps only.
    ...(isKnown && kind.isListed ? { review, reviewStatus: row.reviewWord, latestVersion } : {}),
    ...(lastSubmission === undefined ? {} : { lastSubmissionFromHere: lastSubmission }),
    ...(rejectionReason === undefined ? {} : { rejectionReason }),
    ...(beta === undefined ? {} : { beta: withoutNames(beta) }),
    ...(row.lastPublishedAt === undefined ? {} : { lastPublishedAt: row.lastPublishedAt }),
  };
}
