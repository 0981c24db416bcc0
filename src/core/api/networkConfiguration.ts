import type { ProxyConfiguration } from './proxy';
import type { TrustConfiguration } from './trust';

/** The user's network settings. */
export interface NetworkConfiguration {
  proxy?: ProxyConfiguration;
  trust?: TrustConfiguration;
}
