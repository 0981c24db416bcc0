import { I99dashError, isI99dashError } from '../errors';
import { t } from '../l10n';
import type { HttpRequest, TokenSource, Transport } from '../ports';
import { redact } from '../redact';
import { expectSuccess, unwrap } from './envelope';

/** A sign-in's answers are small, and come from whoever answers a URL that nobody has signed in to yet; in bytes. */
const MAX_PUBLIC_RESPONSE_BYTES = 64 * 1024;

/**
 * The most tokens that one call is sent with: the one in hand, one that was minted before the server refused it and may be as dead, and one
 * that was minted since.
 */
const MOST_TOKENS = 3;

export interface ApiCall {
  method: HttpRequest['method'];
  /** Below the backend's URL, beginning with `/`. */
  path: string;
  query?: Record<string, string>;
  json?: unknown;
  /** Sent as an HTML form, as OAuth has it. */
  form?: Record<string, string>;
  signal?: AbortSignal;
  /** Called when the call is about to leave, after there is a token: what fails before has not arrived anywhere. */
  onSend?: () => void;
  /** What is sent beside the token and must not come back in a message. */
  secrets?: readonly string[];
  /** As in {@link HttpRequest}. */
  isRepeatable?: true;
  /** Nobody reads the answer: it may be empty, and the call resolves with undefined. */
  ignoreAnswer?: true;
}

/** Sends API calls to one backend and takes the data out of its answers. */
export class ApiClient {
  /** @param backendUrl as `parseBackendUrl` returns it */
  constructor(
    readonly backendUrl: string,
    private readonly transport: Transport,
    private readonly tokens?: TokenSource,
  ) {}

  /**
   * A call that needs no credential.
   * @throws SERVER, PROTOCOL and what {@link Transport} rejects with
   */
  async callPublic(call: ApiCall): Promise<unknown> {
    return this.send(call);
  }

  /**
   * A call with the bearer token. A 401 names the token that failed: the call is repeated with a newer one, and once more where that one, too,
   * had been minted before the first was refused.
   * @throws NOT_SIGNED_IN, and as {@link callPublic}
   */
  async call(call: ApiCall): Promise<unknown> {
    if (this.tokens === undefined) {
      throw new I99dashError('NOT_SIGNED_IN', t('You are not signed in.'));
    }
    const options = call.signal === undefined ? {} : { signal: call.signal };
    const rejected: string[] = [];
    let cause: unknown;
    while (rejected.length < MOST_TOKENS) {
      const token = await this.tokens.getToken({ ...options, rejected: [...rejected] });
      if (rejected.includes(token)) {
        break;
      }
      try {
        return await this.send(call, token);
      } catch (error) {
        if (!isUnauthorized(error)) {
          throw error;
        }
        cause = error;
      }
      rejected.push(token);
    }
    const message = t('The backend does not accept your sign-in.');
    throw new I99dashError('NOT_SIGNED_IN', message, { cause, status: 401 });
  }

  private async send(call: ApiCall, token?: string): Promise<unknown> {
    const url = new URL(this.backendUrl + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      url.searchParams.set(name, value);
    }
    const content = contentOf(call);
    call.onSend?.();
    const answer = await this.transport.send({
      method: call.method,
      url,
      headers: {
        accept: 'application/json',
        ...(content === undefined ? {} : { 'content-type': content.type }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(token === undefined ? { maxResponseBytes: MAX_PUBLIC_RESPONSE_BYTES } : {}),
      ...(content === undefined ? {} : { body: content.body }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      ...(call.isRepeatable === undefined ? {} : { isRepeatable: call.isRepeatable }),
    });
    // A server that repeats what it was sent must not get it into a message or a log.
    const bearer = token === undefined ? [] : [token];
    const response = { ...answer, text: redact(answer.text, bearer) };
    const secrets = [...bearer, ...(call.secrets ?? [])];
    if (call.ignoreAnswer === true) {
      expectSuccess(response, secrets);
      return undefined;
    }
    return unwrap(response, secrets);
  }
}

function contentOf({ json, form }: ApiCall): { type: string; body: string } | undefined {
  if (form !== undefined) {
    const body = new URLSearchParams(form).toString();
    return { type: 'application/x-www-form-urlencoded', body };
  }
  return json === undefined ? undefined : { type: 'application/json', body: JSON.stringify(json) };
}

/** True for the backend's word that it does not accept the token. */
function isUnauthorized(error: unknown): boolean {
  return isI99dashError(error, 'SERVER') && error.status === 401;
}
