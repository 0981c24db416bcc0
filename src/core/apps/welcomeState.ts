import type { AppsSnapshot } from './loadApps';

/** Why the view is empty. The welcome content explains what to do. */
export type WelcomeState =
  'signedOut' | 'accessPending' | 'accessNotGranted' | 'noWorkspaceApp' | 'noWorkspace' | 'noApp';

export interface WelcomeInput {
  isSignedIn: boolean;
  /** Whether a folder is open. */
  hasWorkspace: boolean;
  /** Whether the workspace contains a mini-app. */
  hasLocalApp: boolean;
  /** Whether apps outside the workspace are hidden. */
  isFiltered: boolean;
}

/**
 * Returns why the view is empty, or undefined when it is not empty or still loading.
 * @param snapshot Undefined until the first load has succeeded.
 */
export function getWelcomeState(
  snapshot: AppsSnapshot | undefined,
  { isSignedIn, hasWorkspace, hasLocalApp, isFiltered }: WelcomeInput,
): WelcomeState | undefined {
  if (!isSignedIn) {
    return 'signedOut';
  }
  if (snapshot === undefined) {
    return undefined;
  }
  const { isDeveloper, hasPendingRequest, apps } = snapshot.status;
  const hasRemoteApp = apps.length > 0 || snapshot.mine.length > 0;
  if (!isDeveloper && !hasRemoteApp) {
    return hasPendingRequest ? 'accessPending' : 'accessNotGranted';
  }
  if (hasLocalApp || (hasRemoteApp && !isFiltered)) {
    return undefined;
  }
  if (hasRemoteApp) {
    return 'noWorkspaceApp';
  }
  return hasWorkspace ? 'noApp' : 'noWorkspace';
}
