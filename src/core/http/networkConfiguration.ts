import type { ProxyConfiguration } from './proxy';
import type { CertificateConfiguration } from './certificateStore';

/** The user's network settings. */
export interface NetworkConfiguration {
  proxy?: ProxyConfiguration;
  trust?: CertificateConfiguration;
}
