import * as vscode from 'vscode';
import { ApiClient, boundTokens } from '../../core/api/client';
import { AppsModel } from '../../core/apps/appsModel';
import { FollowedReviews } from '../../core/apps/followedReviews';
import { FOLLOWED_MS, ReviewPoller } from '../../core/apps/reviewPoller';
import type { ProjectKind } from '../../core/projectKind';
import type { Session } from '../../core/session/session';
import type {
  Clock,
  Logger,
  StateStore,
  TokenSource,
  Transport,
} from '../../core/platform/interfaces';
import type { Reachability } from '../../core/http/reachability';
import type { AppsContext } from './appChanges';
import { AppsView } from './appsView';
import type { WorkspaceProjects } from '../publish/workspaceProjects';

/**
 * The delay before the first poll of a review, in milliseconds, so that the editor can start first.
 */
const FIRST_POLL_MS = 2_000;

export interface AppsDeps {
  session: Session;
  /** Asks for a passphrase if one is needed. */
  tokens: TokenSource;
  transport: Transport;
  miniApps: WorkspaceProjects;
  /** The file with the history of publishing from this computer. */
  publishersFile: string;
  /** Resolves once the stored session has been read. */
  restored: Promise<void>;
  state: StateStore;
  clock: Clock;
  logger: Logger;
  /**
   * Returns the current backend.
   * @throws BACKEND_REFUSED
   */
  backendUrl: () => string;
  /** Knows whether the backend is reachable. */
  reachability: Reachability;
  /** Like {@link backendUrl}, but returns the reason if the backend is refused. */
  backend: () => string;
  /** The folder for the locks of tasks that only one window runs. */
  claimFolder: string;
}

export interface Apps extends AppsContext {
  /** Polls the review of a submission from this window if possible, and shows it in the view. */
  submitted(
    submission: { appId: string; version: string; reviewStatus?: string },
    kind: ProjectKind,
  ): void;
  dispose(): void;
}

/**
 * Creates the *Apps* view and the review poller. Imports what only a visible view needs when it is
 * rendered.
 */
export function createApps(parts: AppsDeps): Apps {
  const { session, tokens, logger, clock } = parts;
  const client = (source: TokenSource): ApiClient => {
    const url = parts.backendUrl();
    return new ApiClient(url, parts.transport, boundTokens(url, source, parts.backendUrl));
  };
  const model = new AppsModel({
    clock,
    load: async (signal) =>
      (await import('../../core/apps/loadApps')).loadApps(client(session), logger, signal),
  });
  const view = new AppsView({ ...parts, model });
  const reviews = new ReviewPoller({
    reviews: new FollowedReviews(parts.state),
    clock,
    logger,
    isFocused: () => vscode.window.state.focused,
    account: () => getAccount(session),
    fetchStatus: async (appId) =>
      (await import('../../core/api/developerStatus')).fetchDeveloperStatus(client(session), {
        appId,
      }),
    claim: async ({ backendUrl, appId, version, submittedAt }) => {
      const { acquireOnce } = await import('../../core/apps/acquireOnce');
      const name = [backendUrl, appId, version, submittedAt].join(' ');
      return acquireOnce(parts.claimFolder, name, 2 * FOLLOWED_MS);
    },
    notify: (decision) => {
      void import('./reviewNotification').then(({ showReviewDecision }) =>
        showReviewDecision(decision),
      );
      void view.announce(decision.appId);
    },
  });
  const wake = (): void => void reviews.wake();
  const start = setTimeout(wake, FIRST_POLL_MS);
  const subscriptions = vscode.Disposable.from(
    view,
    reviews,
    { dispose: () => clearTimeout(start) },
    session.onDidChange(wake),
    vscode.window.onDidChangeWindowState(wake),
  );
  return {
    session,
    tokens,
    api: () => client(tokens),
    view,
    submitted: ({ reviewStatus = 'pending', ...submission }, { isListed }) => {
      if (isListed) {
        void reviews.follow({ ...submission, reviewStatus });
      }
      void view.refresh();
    },
    dispose: () => void subscriptions.dispose(),
  };
}

function getAccount(session: Session): { backendUrl: string; devId: string } | undefined {
  try {
    return session.identity();
  } catch {
    return undefined; // there is no session, or its account is not known yet
  }
}
