import type { IncomingHttpHeaders } from 'node:http';
import { Nginx, type Setup } from './nginx.ts';
import { Upstream } from './upstream.ts';

export type Target = 'http' | 'https';

/** Whether its connections carry one request after the other, or one each. */
export type Manner = 'kept' | 'closed';

const SETUP: Setup = {
  ports: ['http-kept', 'http-closed', 'https-kept', 'https-closed'],
  servers: (_, ports, upstream) =>
    Object.entries(ports)
      .map(
        ([name, port]) => `server {
          listen 127.0.0.1:${port} ${name.startsWith('https') ? 'ssl' : ''};
          ${name.endsWith('closed') ? 'keepalive_timeout 0;' : ''}
          location / {
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_pass http://127.0.0.1:${upstream};
          }
        }`,
      )
      .join('\n'),
};

/** An nginx that proxies lead to, in the clear and over TLS. What stands behind it says how many bytes came, and remembers the fields. */
export class Behind implements AsyncDisposable {
  /** The fields of all requests so far. */
  readonly seen: IncomingHttpHeaders[] = [];
  private readonly nginx = new Nginx(SETUP);
  private readonly upstream = new Upstream();
  private count = 0;

  async start(): Promise<this> {
    this.upstream.handlers.set('count', (request, response) => {
      this.seen.push(request.headers);
      let size = 0;
      request.on('data', (data: Buffer) => {
        size += data.length;
      });
      request.on('end', () => response.end(`${request.method} ${size}`));
    });
    await this.upstream.listen();
    await this.nginx.start(this.upstream.port);
    return this;
  }

  /** Another one with each call, so that the connections to it can be counted. */
  url(target: Target, manner: Manner = 'kept', host = '127.0.0.1'): string {
    return `${target}://${host}:${this.nginx.ports[`${target}-${manner}`]}/${++this.count}/count`;
  }

  /** How many connections have brought so many requests for this URL. */
  async connections(requests: number, url: string): Promise<number> {
    const lines = await this.nginx.whenLogged(requests, new URL(url).pathname);
    return new Set(lines.map(({ connection }) => connection)).size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nginx[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
  }
}
