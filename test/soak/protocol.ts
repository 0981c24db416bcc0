import type { SoakPlan } from './plan';
import type { CountedFolders, Vitals } from './vitals';

/** The environment variable that holds a {@link LegRequest} as JSON. */
export const REQUEST_VARIABLE = 'I99DASH_SOAK_REQUEST';

/** What one life of the extension host is asked to do. */
export interface LegRequest {
  readonly plan: SoakPlan;
  /** Where {@link Action}s are posted to, as JSON. */
  readonly controlUrl: string;
  /** Signs in with it; without it the session of the life before must still be there. */
  readonly keyPath?: string;
  readonly apps: readonly string[];
  /** A mini-app that cannot be published. */
  readonly brokenApp: string;
  readonly folders: CountedFolders;
}

/** What the extension host asks of the world around it. The answer comes when it is done. */
export type Action =
  /** Stops the extension host, as a computer that sleeps does. */
  | { readonly kind: 'sleep'; readonly pid: number; readonly seconds: number }
  | { readonly kind: 'stopBackend' }
  | { readonly kind: 'startBackend' }
  | { readonly kind: 'revokeTokens' }
  /** Waits for further renewals. */
  | { readonly kind: 'awaitRenewals'; readonly count: number }
  | { readonly kind: 'report'; readonly figures: LegFigures };

/** What one life of the extension host held. */
export interface LegFigures {
  /** When the extension has been activated and somebody is signed in. */
  readonly start: Vitals;
  readonly warm: Vitals;
  readonly end: Vitals;
}
