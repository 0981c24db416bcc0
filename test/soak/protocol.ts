import type { SoakPlan } from './plan';
import type { CountedFolders, Vitals } from './vitals';

/** The environment variable that holds a {@link LegRequest} as JSON. */
export const REQUEST_VARIABLE = 'I99DASH_SOAK_REQUEST';

/** The task of one life of the extension host. */
export interface LegRequest {
  readonly plan: SoakPlan;
  /** The URL to post {@link Action}s to as JSON. */
  readonly controlUrl: string;
  /** The key to sign in with; without it, the session of the previous life must still exist. */
  readonly keyPath?: string;
  readonly apps: readonly string[];
  /** A mini-app that cannot be published. */
  readonly brokenApp: string;
  readonly folders: CountedFolders;
}

/** A request from the extension host to the soak. The response is sent when it is done. */
export type Action =
  /** Suspends the extension host, like a computer that sleeps. */
  | { readonly kind: 'sleep'; readonly pid: number; readonly seconds: number }
  | { readonly kind: 'stopBackend' }
  | { readonly kind: 'startBackend' }
  | { readonly kind: 'revokeTokens' }
  /** Waits for more refreshes. */
  | { readonly kind: 'awaitRenewals'; readonly count: number }
  | { readonly kind: 'report'; readonly figures: LegFigures };

/** The measurements of one life of the extension host. */
export interface LegFigures {
  /** When the extension has been activated and the user is signed in. */
  readonly start: Vitals;
  readonly warm: Vitals;
  readonly end: Vitals;
}
