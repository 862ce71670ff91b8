import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { QNetworkAccessManager, QNetworkMemoryCache, QNetworkProxy, QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { managers } from '../../support/managers.ts';
import { once } from '../../support/once.ts';
import { type Origin, type Served, serve } from '../../support/server.ts';
import { Trace } from '../bridge/support.ts';

const { Attribute } = QNetworkRequest;
const { NetworkError } = QNetworkReply;

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-sockets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const newPath = (): string => join(folder, `Socket ${++made}.sock`);
const listen = (routes: Origin['routes'] = { '*': { body: 'hello' } }): Promise<Served> => serve({ socket: newPath(), routes });

/** A URL that says nothing about the path, which the attribute does. */
function requestTo(path: string, url = 'unix+http://service/'): QNetworkRequest {
  const request = new QNetworkRequest(url);
  request.setAttribute(Attribute.FullLocalServerNameAttribute, path);
  return request;
}

describe('local sockets', () => {
  const manager = managers();

  it('are among the schemes', () => {
    expect(manager().supportedSchemes()).toEqual(expect.arrayContaining(['unix+http', 'local+http']));
  });

  it('by a path in the host', async () => {
    const path = newPath();
    await using server = await serve({ socket: path, routes: { '/version': { body: '1.41' } } });
    const url = `unix+http://${encodeURIComponent(path)}/version?x=1`;
    const reply = manager().get(url);
    expect(await reply.text()).toBe('1.41');
    expect(reply.url().toString()).toBe(url);
    expect(reply.status()).toBe(200);
    const [seen] = server.requests;
    expect(seen!.line).toBe('GET /version?x=1 HTTP/1.1');
    expect(seen!.header('Host')).toBe(encodeURIComponent(path));
  });

  it('by a name, which stands for a socket in the folder for temporary files', async () => {
    const name = `qnetwork-${process.pid}.sock`;
    await using server = await serve({ socket: join(tmpdir(), name), routes: { '*': { body: 'hello' } } });
    const reply = manager().get(`local+http://${name}/x`);
    expect(await reply.text()).toBe('hello');
    expect(reply.url().toString()).toBe(`local+http://${name}/x`);
    expect(server.requests[0]!.header('Host')).toBe(name);
  });

  it('by the attribute, whatever the host', async () => {
    const path = newPath();
    await using server = await serve({ socket: path, routes: { '*': { body: 'hello' } } });
    const one = manager();
    expect(await one.get(requestTo(path)).text()).toBe('hello');
    expect(await one.get(requestTo(path, 'unix+http:///x')).text()).toBe('hello');
    expect(server.requests.map((seen) => seen.header('Host'))).toEqual(['service', '']);
  });

  it('signal what a connection over TCP does', async () => {
    await using server = await listen();
    const one = manager();
    const reply = one.get(server.url());
    const trace = new Trace(one, reply);
    await once(reply.finished);
    expect(trace.all.join(' ')).toBe(
      'socketStartedConnecting requestSent metaDataChanged readyRead downloadProgress(5, 5) readChannelFinished M.finished finished',
    );
    const { resolveStart, connectStart, connected } = reply.timings()!;
    expect(resolveStart).toBe(-1);
    expect(connected).toBeGreaterThanOrEqual(connectStart);
  });

  it('are pooled: 200 requests over 6 connections', async () => {
    await using server = await listen();
    const one = manager();
    const texts = await Promise.all(Array.from({ length: 200 }, () => one.get(server.url('/x')).text()));
    expect(new Set(texts)).toEqual(new Set(['hello']));
    expect([server.requests.length, server.accepted, one.connectionCount()]).toEqual([200, 6, 6]);
  });

  it('of two paths are never mixed', async () => {
    const [a, b] = [newPath(), newPath()];
    await using first = await serve({ socket: a, routes: { '*': { body: 'a' } } });
    await using second = await serve({ socket: b, routes: { '*': { body: 'b' } } });
    const one = manager();
    const texts = await Promise.all(Array.from({ length: 100 }, (_, i) => one.get(requestTo(i % 2 === 0 ? a : b)).text()));
    expect(texts).toEqual(Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 'a' : 'b')));
    expect([first.requests.length, second.requests.length]).toEqual([50, 50]);
  });

  it('go through no proxy', async () => {
    await using server = await listen();
    const one = manager();
    one.setProxy(new QNetworkProxy(QNetworkProxy.HttpProxy, '127.0.0.1', 1));
    expect(await one.get(server.url()).text()).toBe('hello');
  });

  it('carry HTTP/2 that both know of', async () => {
    const path = newPath();
    const server = createHttp2Server((request, response) => {
      response.end([request.scheme, request.authority, request.httpVersion].join(' '));
    });
    await new Promise<void>((next) => server.listen(path, next));
    onTestFinished(() => void server.close());
    const request = requestTo(path);
    request.setAttribute(Attribute.Http2DirectAttribute, true);
    const one = manager();
    expect(await Promise.all([1, 2, 3].map(() => one.get(request).text()))).toEqual(Array(3).fill('http service 2.0'));
    expect(one.connectionCount()).toBe(1);
    await one.close();
  });

  it('carry uploads', async () => {
    await using server = await listen();
    const bytes = randomBytes(3_000_000);
    const sha = (some: Uint8Array): string => createHash('sha256').update(some).digest('hex');
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < bytes.length; i += 100_000) yield bytes.subarray(i, i + 100_000);
    };
    const one = manager();
    expect(await one.post(server.url(), bytes).text()).toBe('hello');
    expect(await one.put(server.url(), pieces()).text()).toBe('hello');
    expect(server.requests.map(({ method, body }) => [method, sha(body)])).toEqual([
      ['POST', sha(bytes)],
      ['PUT', sha(bytes)],
    ]);
  });

  it('are closed by an abort', async () => {
    await using server = await listen({ '*': { body: Buffer.alloc(100_000), fault: { stall: 50_000 } } });
    const reply = manager().get(server.url());
    await once(reply.readyRead);
    reply.abort();
    expect(reply.error()).toBe(NetworkError.OperationCanceledError);
    await server.whenIdle();
  });

  it('have limits of time', async () => {
    await using server = await listen({ '*': { fault: 'stall before head' } });
    const one = manager();
    const reply = one.get(server.url(), { timeout: { firstByte: 30 } });
    await expect(reply.text()).rejects.toMatchObject({ limit: { name: 'firstByte' }, phase: 'wait' });
  });
});

describe('a server on a local socket', () => {
  const manager = managers();

  it('may start again: what was kept is not used, and what was sent on it goes out again', async () => {
    const path = newPath();
    const one = manager();
    const first = await serve({ socket: path, routes: { '*': { body: 'first' } } });
    expect(await one.get(requestTo(path)).text()).toBe('first');
    await first.close();
    await using _second = await serve({ socket: path, routes: { '*': { body: 'second' } } });
    expect(await one.get(requestTo(path)).text()).toBe('second');
  });

  it('may close a kept connection in the moment of a request', async () => {
    await using server = await listen({ '*': [{ body: 'once' }, { fault: 'close before head' }, { body: 'again' }] });
    const one = manager();
    expect(await one.get(server.url()).text()).toBe('once');
    expect(await one.get(server.url()).text()).toBe('again');
    expect(server.requests.length).toBe(3);
  });

  it('may let the queue of connections run full for a while', async () => {
    const path = newPath();
    // It hears nothing while it sleeps; two connections then fit into its queue.
    const code = `
      const server = require('node:http').createServer((_, response) => response.end('awake'));
      server.listen({ path: process.argv[1], backlog: 1 }, () => {
        require('node:fs').writeSync(1, 'asleep');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
      });`;
    const child = spawn(process.execPath, ['-e', code, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((next) => child.stdout.once('data', next));
    const one = manager();
    const texts = await Promise.all(Array.from({ length: 6 }, () => one.get(requestTo(path)).text()));
    expect(texts).toEqual(Array(6).fill('awake'));
  });

  it('is asked who we are, and netrc is not', async () => {
    const challenge = { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="r"' } };
    await using server = await listen({
      '*': (request) => (request.header('Authorization') === undefined ? challenge : { body: 'in' }),
    });
    const netrc = join(folder, 'netrc');
    writeFileSync(netrc, 'default login of password hosts', { mode: 0o600 });
    await using one = new QNetworkAccessManager({ netrc });
    const asked: string[] = [];
    one.authenticationRequired.connect((_reply, authenticator) => {
      asked.push(authenticator.realm());
      authenticator.setUser('ada');
      authenticator.setPassword('secret');
    });
    expect(await one.get(server.url()).text()).toBe('in');
    expect(await one.get(server.url('/more')).text()).toBe('in');
    expect(asked).toEqual(['r']);
    expect(server.requests.map((seen) => seen.header('Authorization'))).toEqual([
      undefined,
      ...Array(2).fill(`Basic ${Buffer.from('ada:secret').toString('base64')}`),
    ]);
  });

  it('has cookies of its own, and another path has none of them', async () => {
    const routes = { '*': { body: 'x', headers: { 'Set-Cookie': 'a=1' } } };
    const [a, b] = [newPath(), newPath()];
    await using first = await serve({ socket: a, routes });
    await using second = await serve({ socket: b, routes });
    const one = manager();
    const ask = async (path: string): Promise<string> => one.get(requestTo(path)).text();
    for (const path of [a, a, b]) await ask(path);
    expect(first.requests.map((seen) => seen.header('Cookie'))).toEqual([undefined, 'a=1']);
    expect(second.requests.map((seen) => seen.header('Cookie'))).toEqual([undefined]);
  });

  it('has answers stored, and another path is not served with them', async () => {
    const fresh = (body: string) => ({ '*': { body, headers: { 'Cache-Control': 'max-age=600' } } });
    const [a, b] = [newPath(), newPath()];
    await using first = await serve({ socket: a, routes: fresh('a') });
    await using second = await serve({ socket: b, routes: fresh('b') });
    const one = manager();
    one.setCache(new QNetworkMemoryCache());
    const texts: string[] = [];
    for (const path of [a, a, b, b]) texts.push(await one.get(requestTo(path)).text());
    expect(texts).toEqual(['a', 'a', 'b', 'b']);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });
});

describe('redirects', () => {
  const manager = managers();
  const to = (location: string) => ({ '/': { status: 302, headers: { Location: location } }, '/next': { body: 'next' } });

  it('are followed on the same socket', async () => {
    await using server = await listen(to('/next'));
    const reply = manager().get(server.url());
    expect(await reply.text()).toBe('next');
    expect(reply.url().toString()).toBe(server.url('/next'));
  });

  it('are followed where only the attribute says which socket', async () => {
    const path = newPath();
    await using server = await serve({ socket: path, routes: to('next') });
    expect(await manager().get(requestTo(path)).text()).toBe('next');
    expect(server.accepted).toBe(1);
  });

  it('lead to no network, which is less safe', async () => {
    await using elsewhere = await serve({ routes: { '*': { body: 'network' } } });
    await using server = await listen(to(elsewhere.url()));
    const one = manager();
    await expect(one.get(server.url()).text()).rejects.toMatchObject({ networkError: NetworkError.InsecureRedirectError });
    expect(elsewhere.accepted).toBe(0);
    const request = new QNetworkRequest(server.url());
    request.setAttribute(Attribute.RedirectPolicyAttribute, QNetworkRequest.UserVerifiedRedirectPolicy);
    const reply = one.get(request);
    reply.redirected.connect(() => reply.redirectAllowed.emit());
    expect(await reply.text()).toBe('network');
  });

  it('lead to no other socket, and from a network to none', async () => {
    await using secret = await listen();
    await using local = await listen(to(secret.url()));
    await using network = await serve({ routes: to(secret.url()) });
    const one = manager();
    for (const server of [local, network])
      await expect(one.get(server.url()).text()).rejects.toMatchObject({ networkError: NetworkError.ProtocolUnknownError });
    expect(secret.accepted).toBe(0);
  });
});

describe('what is no server', () => {
  const manager = managers();
  const failed = async (request: QNetworkRequest | string): Promise<[code: number, text: string, signals: string]> => {
    const one = manager();
    const reply = one.get(request);
    const trace = new Trace(one, reply, ['socketStartedConnecting']);
    await once(reply.finished);
    return [reply.error(), reply.errorString(), trace.all.join(' ')];
  };

  it('a path with nothing', async () => {
    const path = newPath();
    const [code, text] = await failed(requestTo(path));
    expect(code).toBe(NetworkError.HostNotFoundError);
    expect(text).toBe(
      `cannot connect to the socket ${path}: there is no such socket; is the server running? [unix+http://service, phase connect, ENOENT]`,
    );
  });

  it('a file', async () => {
    const path = newPath();
    writeFileSync(path, '');
    const [code, text] = await failed(requestTo(path));
    expect(code).toBe(NetworkError.ConnectionRefusedError);
    expect(text).toContain(`cannot connect to the socket ${path}: `);
  });

  it('a socket that was left behind', async () => {
    const path = newPath();
    const child = spawn(process.execPath, [
      '-e',
      "require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))",
      path,
    ]);
    await new Promise((next) => child.on('close', next));
    const [code, text] = await failed(requestTo(path));
    expect(code).toBe(NetworkError.ConnectionRefusedError);
    expect(text).toContain('nobody listens on it');
  });

  it('a path that is too long for the system: said before anything is tried', async () => {
    const [code, text, signals] = await failed(requestTo(`/tmp/${'x'.repeat(120)}`));
    expect(code).toBe(NetworkError.HostNotFoundError);
    expect(text).toMatch(/^the path of the socket has 125 bytes and the system takes \d+: choose a shorter folder/);
    expect(signals).toBe('');
  });

  it('no name', async () => {
    expect((await failed('unix+http:///x'))[0]).toBe(NetworkError.HostNotFoundError);
  });

  it('unix+https, which there is not', async () => {
    expect((await failed('unix+https://x/'))[0]).toBe(NetworkError.ProtocolUnknownError);
  });

  it('a server that speaks something else', async () => {
    const path = newPath();
    const server = createServer((socket) => socket.end('220 ready\r\n'));
    await new Promise<void>((next) => server.listen(path, next));
    onTestFinished(() => void server.close());
    expect((await failed(requestTo(path)))[0]).toBe(NetworkError.ProtocolFailure);
  });

  it('an attribute that is no text', () => {
    const request = new QNetworkRequest('unix+http://x/');
    request.setAttribute(Attribute.FullLocalServerNameAttribute, 7);
    expect(() => manager().get(request)).toThrow(/FullLocalServerNameAttribute expects .* got number/);
  });
});
