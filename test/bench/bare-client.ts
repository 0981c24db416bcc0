import { Agent, request } from 'node:http';

/** A minimal round trip: node:http over a keep-alive connection. */
export class BareClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly backendUrl: string) {}

  /** Sends a body as a JSON POST, or a GET without one; resolves with the response text. */
  send(path: string, { json, token }: { json?: unknown; token?: string } = {}): Promise<string> {
    const body = json === undefined ? undefined : JSON.stringify(json);
    return new Promise((resolve, reject) => {
      const call = request(
        this.backendUrl + path,
        {
          agent: this.agent,
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => resolve(text));
          answer.on('error', reject);
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
