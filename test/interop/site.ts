import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Nginx } from './nginx.ts';
import { Upstream } from './upstream.ts';

export const MIB = 1024 * 1024;

/** Bytes without a pattern, the same in every run. */
export const noise = (size: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(size));

export const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Documents that the tests fetch. */
export const TEXT = Array.from({ length: 8_000 }, (_, i) => `line ${i} of a text that packs well\n`).join('');
export const PACKED = gzipSync(TEXT, { level: 9 });
export const PAGE = '<!DOCTYPE html>\n<title>A page</title>\n<p>Hello.</p>\n';

/** nginx with documents, and the server behind it. */
export class Site implements AsyncDisposable {
  readonly nginx = new Nginx();
  readonly upstream = new Upstream();

  async start(): Promise<this> {
    const { nginx, upstream } = this;
    nginx.put('page.html', PAGE);
    nginx.put('text.txt', TEXT);
    nginx.put('empty.txt', '');
    nginx.put('packed/text.txt', TEXT);
    nginx.put('packed/text.txt.gz', PACKED);
    nginx.put('folder/inner.txt', 'inside\n');
    upstream.handlers.set('pieces', (_, response) => {
      for (let at = 0; at < TEXT.length; at += 10_000) response.write(TEXT.slice(at, at + 10_000));
      response.end();
    });
    upstream.handlers.set('broken', (_, response) => void response.writeHead(500).end('the server behind is broken\n'));
    upstream.handlers.set('echo', (request, response) => void request.pipe(response));
    await upstream.listen();
    await nginx.start(upstream.port);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nginx[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
  }
}
