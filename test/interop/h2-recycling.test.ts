import { describe, expect, it } from 'vitest';
import { QNetworkAccessManager, type QNetworkReply } from '../../src/index.ts';
import { mint } from '../support/mint.ts';
import { until, within } from '../support/once.ts';
import { request, root } from './client-tls.ts';
import { Nginx, type Setup } from './nginx.ts';
import { needing, program } from './programs.ts';

const GETS = 1_500;
const POSTS = 300;
const PER_CONNECTION = 50;

const site = mint({ name: 'site', by: root });

const SETUP: Setup = {
  ports: ['https'],
  files: { 'site.pem': site.pem, 'site-key.pem': site.keyPem },
  servers: (folder, ports) => `server {
    listen 127.0.0.1:${ports['https']} ssl http2;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate ${folder}/site.pem;
    ssl_certificate_key ${folder}/site-key.pem;
    keepalive_requests ${PER_CONNECTION};
    location / { return 200 "$request_method $request_uri"; }
  }`,
};

// The full numbers are those of bench/h2-recycling.mjs.
describe.skipIf(program('nginx') === null)(
  needing(`nginx that ends a connection after ${PER_CONNECTION} requests`, 'nginx'),
  () => {
    it(`loses none of ${GETS} GETs and ${POSTS} POSTs over HTTP/2, and sees no POST twice`, async () => {
      await using nginx = await new Nginx(SETUP).start();
      await using manager = new QNetworkAccessManager();
      const all: [name: string, reply: QNetworkReply][] = [];
      const count = GETS + POSTS;
      for (let n = 0; n < count; n++) {
        const post = n % (count / POSTS) === 0;
        const path = `/${post ? 'post' : 'get'}/${n}`;
        const asked = request(nginx.secureUrl(path));
        all.push([`${post ? 'POST' : 'GET'} ${path}`, post ? manager.post(asked, `body ${n}`) : manager.get(asked)]);
      }
      await within(Promise.all(all.map(([, reply]) => reply.whenFinished())), 'the last answer', 30_000);
      const wrong = all.filter(([name, reply]) => reply.readAll().toString() !== name);
      expect(wrong.map(([name, reply]) => `${name}: ${reply.errorString()}`)).toEqual([]);

      await until(() => nginx.log().length >= count, 'the last line of the log');
      const log = nginx.log().filter((line) => line.status === 200);
      const posts = log.filter((line) => line.method === 'POST').map((line) => line.uri);
      expect([posts.length, new Set(posts).size]).toEqual([POSTS, POSTS]);
      expect(new Set(log.map((line) => line.protocol))).toEqual(new Set(['HTTP/2.0']));
      // with fewer nothing was ended
      expect(new Set(log.map((line) => line.connection)).size).toBeGreaterThanOrEqual(count / PER_CONNECTION);
    });
  },
);
