import type { AppsSnapshot } from './loadApps';

/** Why there is nothing to see: the view welcomes with what to do about it. */
export type Emptiness =
  'signedOut' | 'accessPending' | 'accessNotGranted' | 'noWorkspaceApp' | 'noWorkspace' | 'noApp';

export interface Surroundings {
  isSignedIn: boolean;
  /** Whether a folder is open. */
  hasWorkspace: boolean;
  /** Whether the workspace holds a mini-app. */
  hasLocalApp: boolean;
  /** Whether apps elsewhere are hidden. */
  isFiltered: boolean;
}

/**
 * Why the view is empty; undefined when it is not, or when the backend has not told.
 * @param snapshot undefined until the backend has told
 */
export function emptinessOf(
  snapshot: AppsSnapshot | undefined,
  { isSignedIn, hasWorkspace, hasLocalApp, isFiltered }: Surroundings,
): Emptiness | undefined {
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
