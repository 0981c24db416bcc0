import { resolveProxy, type ProxyConfiguration } from './proxy';
import type { CertificateSources } from './certificateStore';

/** Describes the proxy for a URL, for a report that may be shared: without credentials. */
export function describeProxy(url: URL, configuration: ProxyConfiguration): string {
  try {
    const proxy = resolveProxy(url, configuration);
    if (proxy === undefined) {
      return configuration.support === 'off' ? 'none (switched off)' : 'none';
    }
    const who = proxy.authorization === undefined ? 'without' : 'with';
    return `${proxy.origin} (${proxy.source}, ${who} credentials)`;
  } catch (error) {
    return `cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Describes the sources and numbers of trusted certificates, for a report that may be shared:
 * without paths.
 */
export function describeCertificates({ builtIn, extra, system }: CertificateSources): string {
  const ofFile =
    extra === undefined
      ? 'not set'
      : typeof extra === 'string'
        ? `unreadable (${extra})`
        : extra.length;
  return `Node.js ${builtIn.length}, NODE_EXTRA_CA_CERTS ${ofFile}, system ${system?.length ?? 'not used'}`;
}
