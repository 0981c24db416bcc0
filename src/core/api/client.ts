import { I99dashError, isI99dashError } from '../errors';
import { t } from '../text/l10n';
import type { HttpRequest, TokenSource, Transport } from '../platform/interfaces';
import { redact } from '../text/redact';
import { expectSuccess, unwrapEnvelope } from './envelope';

/**
 * Limit for the responses of calls without a credential, in bytes. They are small, and the server
 * is not trusted yet.
 */
const MAX_PUBLIC_RESPONSE_BYTES = 64 * 1024;

export interface ApiCall {
  method: HttpRequest['method'];
  /** Relative to the backend URL, begins with `/`. */
  path: string;
  query?: Record<string, string>;
  json?: unknown;
  /** Sent as an HTML form, as OAuth requires. */
  form?: Record<string, string>;
  signal?: AbortSignal;
  /**
   * Called just before the request is sent, once a token is available. Errors before this call mean
   * that the server received nothing.
   */
  onSend?: () => void;
  /** Secrets in the request, besides the token, to redact from messages. */
  secrets?: readonly string[];
  /** See {@link HttpRequest}. */
  isRepeatable?: true;
  /** Ignores the data of the response, which may be empty. The call resolves to undefined. */
  ignoreAnswer?: true;
}

/** Sends API calls to one backend and extracts the data from the responses. */
export class ApiClient {
  /**
   * Creates a client.
   * @param backendUrl As `parseBackendUrl` returns it.
   */
  constructor(
    readonly backendUrl: string,
    private readonly transport: Transport,
    private readonly tokens?: TokenSource,
  ) {}

  /**
   * Sends a call without a credential.
   * @throws SERVER, PROTOCOL and the errors of {@link Transport}
   */
  async callPublic(call: ApiCall): Promise<unknown> {
    return this.send(call);
  }

  /**
   * Sends a call with the bearer token. After a 401, retries once with another token.
   * @throws NOT_SIGNED_IN and the errors of {@link callPublic}
   */
  async call(call: ApiCall): Promise<unknown> {
    if (this.tokens === undefined) {
      throw new I99dashError('NOT_SIGNED_IN', t('You are not signed in.'));
    }
    const options = call.signal === undefined ? {} : { signal: call.signal };
    const rejected = await this.tokens.getToken(options);
    try {
      return await this.send(call, rejected);
    } catch (error) {
      if (!isUnauthorized(error)) {
        throw error;
      }
    }
    const token = await this.tokens.getToken({ ...options, rejected });
    try {
      return await this.send(call, token);
    } catch (cause) {
      if (!isUnauthorized(cause)) {
        throw cause;
      }
      const message = t('The backend does not accept your sign-in.');
      throw new I99dashError('NOT_SIGNED_IN', message, { cause, status: 401 });
    }
  }

  private async send(call: ApiCall, token?: string): Promise<unknown> {
    const url = new URL(this.backendUrl + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      url.searchParams.set(name, value);
    }
    const content = encodeBody(call);
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
    // A server that echoes the request must not get the token into a message or a log.
    const bearer = token === undefined ? [] : [token];
    const response = { ...answer, text: redact(answer.text, bearer) };
    const secrets = [...bearer, ...(call.secrets ?? [])];
    if (call.ignoreAnswer === true) {
      expectSuccess(response, secrets);
      return undefined;
    }
    return unwrapEnvelope(response, secrets);
  }
}

/**
 * Binds a token source to one backend, so that a settings change during an operation does not send
 * another backend's token there.
 * @param inForce Returns the backend that `tokens` currently belongs to.
 * @returns A source that throws NOT_SIGNED_IN after the backend has changed.
 */
export function boundTokens(
  backendUrl: string,
  tokens: TokenSource,
  inForce: () => string,
): TokenSource {
  return {
    getToken: async (request) => {
      const token = await tokens.getToken(request);
      if (inForce() !== backendUrl) {
        const message = t('The backend was changed in the settings meanwhile. Try again.');
        throw new I99dashError('NOT_SIGNED_IN', message);
      }
      return token;
    },
  };
}

function encodeBody({ json, form }: ApiCall): { type: string; body: string } | undefined {
  if (form !== undefined) {
    const body = new URLSearchParams(form).toString();
    return { type: 'application/x-www-form-urlencoded', body };
  }
  return json === undefined ? undefined : { type: 'application/json', body: JSON.stringify(json) };
}

/** Checks for a 401 of the backend. */
function isUnauthorized(error: unknown): boolean {
  return isI99dashError(error, 'SERVER') && error.status === 401;
}
