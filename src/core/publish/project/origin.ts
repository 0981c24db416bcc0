import { RULES, type RuleId } from '../rules/rules';

export type OriginRule = Extract<RuleId, `manifest.network.${string}`>;

/** Characters of an entry as it is written. */
const MAX_ENTRY = 253;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u;

/**
 * Returns the canonical form of a `network` entry: trimmed, lower-cased, `https://host[:port]`
 * without the default port.
 * Rules: wire-protocol, manifest table, row `network`.
 */
export function canonicalOrigin(
  text: string,
): { origin: string } | { rule: OriginRule; reason: string } {
  const trimmed = text.trim().toLowerCase();
  const match = /^https:\/\/([^/?#]*)((?:[/?#].*)?)$/su.exec(trimmed);
  if (match?.[1] === undefined) {
    return broken('manifest.network.scheme');
  }
  const rest = match[2] ?? '';
  if (rest !== '' && rest !== '/') {
    return broken('manifest.network.path');
  }
  if (match[1].includes('@')) {
    return broken('manifest.network.credentials');
  }
  if (text.length > MAX_ENTRY) {
    return broken('manifest.network.length');
  }
  const [, host = '', port] = /^(.*?)(?::(\d{1,5}))?$/su.exec(match[1]) ?? [];
  const rule = hostProblem(host);
  if (rule !== undefined) {
    return broken(rule);
  }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) {
    return broken('manifest.network.port');
  }
  return {
    origin: `https://${host}${port === undefined || Number(port) === 443 ? '' : `:${Number(port)}`}`,
  };
}

function broken(rule: OriginRule): { rule: OriginRule; reason: string } {
  return { rule, reason: RULES[rule].text };
}

function hostProblem(host: string): OriginRule | undefined {
  if (host.includes('*')) {
    return 'manifest.network.wildcard';
  }
  // As in browsers, a host whose last label is a number, including `0x…`, is an IPv4 address.
  if (host.startsWith('[') || /(^|\.)(\d+|0x[\da-f]*)$/u.test(host)) {
    return 'manifest.network.ip';
  }
  const labels = host.split('.');
  if (labels.some((label) => !LABEL.test(label))) {
    return 'manifest.network.host';
  }
  return labels.length < 2 ? 'manifest.network.domain' : undefined;
}
