import { unwrapEnvelope } from '../api/envelope';
import { isI99dashError, type I99dashError } from '../errors';
import { readCertificates, type CertificateSources } from '../http/certificateStore';
import type { NetworkConfiguration } from '../http/networkConfiguration';
import { resolveProxy } from '../http/proxy';
import type { Clock, HttpResponse, Transport } from '../platform/interfaces';
import { t, textLanguage } from '../text/l10n';
import { exactTime } from '../text/timeAgo';
import type { SetupCheck } from './setupCheck';

/** The difference to the backend's clock that is worth a warning, in milliseconds. */
const MAX_SKEW_MS = 120_000;
/** Needs a credential, which is not sent: a backend answers 401. */
const PROBE_PATH = '/api/v1/dev/me';

export interface NetworkDeps {
  clock: Clock;
  transport: Transport;
  /**
   * Returns the current backend.
   * @throws BACKEND_REFUSED
   */
  backendUrl: () => string;
  network: NetworkConfiguration;
}

/** The answer of a backend and when it arrived, or the failure of the request. */
type Probe =
  | { url: URL; response: HttpResponse; sentAt: number; receivedAt: number }
  | { failure: I99dashError };

/**
 * Checks the backend, the clock, the proxy and the certificates with one request that carries no
 * credential.
 * @throws CancelledError
 */
export async function checkNetwork(deps: NetworkDeps, signal: AbortSignal): Promise<SetupCheck[]> {
  const probe = await probeBackend(deps, signal);
  const failure = 'failure' in probe ? probe.failure : undefined;
  const certificates = await readCertificates(deps.network.trust ?? {});
  return [
    checkBackend(probe),
    checkClock(probe),
    checkProxy(deps, failure),
    checkCertificates(certificates, failure),
  ];
}

async function probeBackend(
  { clock, transport, backendUrl }: NetworkDeps,
  signal: AbortSignal,
): Promise<Probe> {
  try {
    const url = new URL(backendUrl() + PROBE_PATH);
    const sentAt = clock.now();
    const headers = { accept: 'application/json' };
    const response = await transport.send({ method: 'GET', url, headers, signal });
    return { url, response, sentAt, receivedAt: clock.now() };
  } catch (error) {
    if (!isI99dashError(error)) {
      throw error;
    }
    return { failure: error };
  }
}

function checkBackend(probe: Probe): SetupCheck {
  if ('failure' in probe) {
    const { code, message, setting } = probe.failure;
    const own = code === 'BACKEND_REFUSED' ? 'i99dash.backendUrl' : undefined;
    return finding('backend', 'error', message, setting ?? own);
  }
  const failure = readFailure(probe.response);
  if (failure === undefined || (failure.fromBackend === true && !isDown(failure))) {
    return { topic: 'backend', status: 'ok', message: t('{0} answers.', probe.url.host) };
  }
  const setting = isDown(failure) ? undefined : 'i99dash.backendUrl';
  return finding('backend', 'error', failure.message, setting);
}

function readFailure(response: HttpResponse): I99dashError | undefined {
  try {
    unwrapEnvelope(response);
    return undefined;
  } catch (error) {
    if (isI99dashError(error)) {
      return error;
    }
    throw error;
  }
}

function isDown({ status = 0 }: I99dashError): boolean {
  return status >= 500 || status === 429;
}

/** The header has whole seconds, and the answer took some time: both are far below the limit. */
function checkClock(probe: Probe): SetupCheck {
  const date = 'failure' in probe ? undefined : probe.response.headers['date'];
  const theirs = Date.parse(date ?? '');
  if ('failure' in probe || Number.isNaN(theirs)) {
    const message = t('The clock could not be compared, because the backend told no time.');
    return { topic: 'clock', status: 'skipped', message };
  }
  const ours = (probe.sentAt + probe.receivedAt) / 2;
  if (Math.abs(ours - theirs) < MAX_SKEW_MS) {
    return { topic: 'clock', status: 'ok', message: t('The clock agrees with the backend.') };
  }
  const [here, there] = [ours, theirs].map((time) => exactTime(time, textLanguage()));
  const message = t(
    'This computer says {0}, the backend {1}. Set the clock: uploads and certificates depend on it.',
    here ?? '',
    there ?? '',
  );
  return finding('clock', 'warning', message);
}

function checkProxy({ backendUrl, network }: NetworkDeps, failure?: I99dashError): SetupCheck {
  const { setting } = failure ?? {};
  if (failure !== undefined && setting?.startsWith('http.') === true) {
    return finding('proxy', 'error', failure.message, setting);
  }
  try {
    const proxy = resolveProxy(new URL(backendUrl()), network.proxy ?? {});
    const message =
      proxy === undefined
        ? t('No proxy is used.')
        : t('The proxy {0} ({1}) is used.', proxy.host, proxy.source);
    return { topic: 'proxy', status: 'ok', message };
  } catch {
    const message = t('There is no backend to look up a proxy for.');
    return { topic: 'proxy', status: 'skipped', message };
  }
}

function checkCertificates(
  { builtIn, extra, system }: CertificateSources,
  failure?: I99dashError,
): SetupCheck {
  const setting = 'http.systemCertificates';
  if (failure?.code === 'TLS') {
    return finding('certificates', 'error', failure.message, setting);
  }
  if (typeof extra === 'string') {
    const message = t('The file in {0} cannot be read ({1}).', 'NODE_EXTRA_CA_CERTS', extra);
    return finding('certificates', 'warning', message, setting);
  }
  const message = t(
    '{0} certificates of Node.js, {1} of the system and {2} of {3} are trusted.',
    builtIn.length,
    system?.length ?? 0,
    extra?.length ?? 0,
    'NODE_EXTRA_CA_CERTS',
  );
  return { topic: 'certificates', status: 'ok', message };
}

/** @param setting The setting to open; without one, the next step is to check again. */
function finding(
  topic: SetupCheck['topic'],
  status: 'warning' | 'error',
  message: string,
  setting?: string,
): SetupCheck {
  const step =
    setting === undefined
      ? ({ kind: 'checkAgain' } as const)
      : ({ kind: 'openSettings', setting } as const);
  return { topic, status, message, step };
}
