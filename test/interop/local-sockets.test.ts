import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import { type Served, serve } from '../support/server.ts';
import { Nginx, type Setup } from './nginx.ts';
import { needing, program } from './programs.ts';
import { MIB, noise, sha256, TEXT } from './site.ts';

/** nginx that listens on sockets only, and hands what is below /behind/ to a server on another one. */
const setup = (behind: string): Setup => ({
  ports: [],
  servers: (folder) => `
  upstream behind { server unix:${behind}; keepalive 4; }
  server {
    listen unix:${folder}/one.sock;
    root ${folder}/docs;
    location = /few { keepalive_requests 5; return 200 "$request_method $arg_n\\n"; }
    location = /host { return 200 "$http_host"; }
    location = /moved { absolute_redirect off; return 302 /text.txt; }
    location = /away { return 302 http://127.0.0.1:1/; }
    location /zipped/ { alias ${folder}/docs/; gzip on; gzip_types text/plain; }
    location /behind/ { proxy_pass http://behind; }
  }
  server { listen unix:${folder}/two.sock http2; location / { return 200 "$server_protocol $request_uri"; } }`,
});

describe.skipIf(program('nginx') === null || program('curl') === null)(needing('local sockets', 'nginx', 'curl'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'qnetwork-behind-'));
  const behind = join(folder, 'behind.sock');
  let nginx: Nginx;
  let upstream: Served;

  beforeAll(async () => {
    upstream = await serve({
      socket: behind,
      routes: { '*': (request) => ({ body: `${request.method} ${sha256(request.body)}` }) },
    });
    nginx = new Nginx(setup(behind));
    nginx.put('text.txt', TEXT);
    nginx.put('big.bin', noise(50 * MIB));
    await nginx.start();
  });
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]();
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const path = (name = 'one'): string => join(nginx.folder, `${name}.sock`);
  const url = (target: string, name = 'one'): string => `unix+http://${encodeURIComponent(path(name))}${target}`;
  const curl = (...args: string[]): Buffer =>
    execFileSync(program('curl')!, ['-q', '--silent', '--unix-socket', path(), ...args], { maxBuffer: 100 * MIB });

  it('300 GETs over 6 connections that end after 5 requests: each is answered, none is asked twice', async () => {
    await using manager = new QNetworkAccessManager();
    const texts = await Promise.all(Array.from({ length: 300 }, (_, n) => manager.get(url(`/few?n=${n}`)).text()));
    expect(texts).toEqual(Array.from({ length: 300 }, (_, n) => `GET ${n}\n`));
    expect(manager.connectionCount()).toBeLessThanOrEqual(6);
    expect((await nginx.whenLogged(300, '/few')).length).toBe(300);
  });

  it.each(['/text.txt', '/zipped/text.txt', '/big.bin', '/moved'])('%s is what curl reads', async (target) => {
    await using manager = new QNetworkAccessManager();
    const bytes = await manager.get(url(target)).bytes();
    expect(sha256(bytes)).toBe(sha256(curl('--location', '--compressed', `http://localhost${target}`)));
  });

  it('nginx takes a host that is a path', async () => {
    await using manager = new QNetworkAccessManager();
    expect(await manager.get(url('/host')).text()).toBe(encodeURIComponent(path()));
  });

  it('an upload arrives whole behind it', async () => {
    await using manager = new QNetworkAccessManager();
    const bytes = noise(20 * MIB);
    expect(await manager.put(url('/behind/'), bytes).text()).toBe(`PUT ${sha256(bytes)}`);
  });

  it('HTTP/2', async () => {
    await using manager = new QNetworkAccessManager();
    const ask = (n: number): Promise<string> => {
      const request = new QNetworkRequest(url(`/${n}`, 'two'));
      request.setAttribute(QNetworkRequest.Http2DirectAttribute, true);
      return manager.get(request).text();
    };
    const texts = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(n)));
    expect(texts).toEqual(Array.from({ length: 50 }, (_, n) => `HTTP/2.0 /${n}`));
    expect(manager.connectionCount()).toBe(1);
  });

  it('a redirect away is less safe', async () => {
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(url('/away'));
    await reply.whenFinished();
    expect(reply.error()).toBe(QNetworkReply.InsecureRedirectError);
  });
});
