import type { ProxyConfiguration } from './proxy';
import type { TrustConfiguration } from './trust';

/** What a person has set about the way to the network. */
export interface NetworkConfiguration {
  proxy?: ProxyConfiguration;
  trust?: TrustConfiguration;
}
