import type { ProxyConfiguration } from './proxy';
import type { TrustConfiguration } from './certificateStore';

/** The user's network settings. */
export interface NetworkConfiguration {
  proxy?: ProxyConfiguration;
  trust?: TrustConfiguration;
}
