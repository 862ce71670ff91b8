import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkAccessManager } from '../../../src/index.ts';
import { settle } from '../../engine/rig.ts';
import { child } from '../../life/child.ts';
import { within } from '../../support/once.ts';
import { serve } from '../../support/server.ts';
import { identity, trustingEnvironment } from '../../support/tls.ts';

const file = (name: string): string => readFileSync(fileURLToPath(new URL(`./certs/${name}.pem`, import.meta.url)), 'utf8');
const expired = (): TlsOptions => ({ key: file('expired-key'), cert: file('expired') });

/** Asks for the URLs and prints how each ended: one JSON line. */
const ASK = `
const manager = new QNetworkAccessManager();
const told = [];
for (const url of args) {
  const signals = [];
  const reply = manager.post(url, 'secret');
  reply.encrypted.connect(() => signals.push('encrypted'));
  reply.requestSent.connect(() => signals.push('requestSent'));
  await reply.whenFinished();
  const failure = reply.failure();
  told.push({ error: reply.error(), kind: failure?.kind, phase: failure?.phase, text: reply.errorString(), maybe: failure?.maybeProcessed, signals,
    body: reply.readAll().toString() });
}
console.log(JSON.stringify(told));
`;

interface Told {
  readonly error: number;
  readonly kind?: string;
  readonly phase?: string;
  readonly text: string;
  readonly maybe?: boolean;
  readonly signals: string[];
  readonly body: string;
}

async function askTrusting(...urls: string[]): Promise<Told[]> {
  const { out, err } = await child(ASK, urls, trustingEnvironment());
  expect(err).toBe('');
  return JSON.parse(out) as Told[];
}

describe('https', () => {
  it('speaks to whom it trusts, and tells of the handshake before the request', async () => {
    await using server = await serve({ tls: identity(), routes: { '*': { body: 'safe' } } });
    const urls = [server.url('/1'), server.url('/2'), `https://localhost:${server.port}/3`];
    const told = await askTrusting(...urls);
    expect(told.map((t) => [t.error, t.body])).toEqual([
      [0, 'safe'],
      [0, 'safe'],
      [0, 'safe'],
    ]);
    expect(told[0]!.signals).toEqual(['encrypted', 'requestSent']);
    expect(told[1]!.signals).toEqual(['requestSent']);
    expect(server.connections.map((c) => c.requests)).toEqual([2, 1]);
  });

  const refused: [what: string, tls: () => TlsOptions, host: string, text: RegExp][] = [
    ['a certificate for another host', () => identity('wronghost'), '127.0.0.1', /for another host/],
    ['a certificate that has expired', expired, '127.0.0.1', /has expired/],
    ['a self-signed certificate', () => identity('selfsigned'), '127.0.0.1', /self-signed/],
  ];
  for (const [what, tls, host, text] of refused) {
    it(`refuses ${what} before a byte of the request is sent`, async () => {
      await using server = await serve({ tls: tls(), routes: { '*': { body: 'evil' } } });
      const [told] = await askTrusting(`https://${host}:${server.port}/`);
      expect(told).toMatchObject({
        error: NetworkError.SslHandshakeFailedError,
        kind: 'tls',
        phase: 'tls',
        maybe: false,
        signals: [],
        body: '',
      });
      expect(told!.text).toMatch(text);
      expect(server.accepted).toBe(1);
      await settle();
      // neither a request nor a first byte of one
      expect(server.requests).toEqual([]);
      expect(server.connections).toEqual([]);
    });
  }

  it('refuses a certificate of an authority nobody knows, and says what to do', async () => {
    await using server = await serve({ tls: identity(), routes: { '*': { body: 'evil' } } });
    const manager = new QNetworkAccessManager();
    const reply = await manager.get(server.url()).whenFinished();
    expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(reply.errorString()).toContain('NODE_EXTRA_CA_CERTS');
    await settle();
    expect(server.connections).toEqual([]);
    expect(manager.connectionCount()).toBe(0);
  });

  it('verifies the name it was told to', async () => {
    await using server = await serve({ tls: identity(), routes: { '*': { body: 'safe' } } });
    const code = `
      const manager = new QNetworkAccessManager();
      const told = [];
      for (const name of ['a.good.test', 'elsewhere.test']) {
        const request = new QNetworkRequest(args[0]);
        request.setPeerVerifyName(name);
        told.push((await manager.get(request).whenFinished()).error());
      }
      console.log(JSON.stringify(told));`;
    const { out } = await child(code, [server.url()], trustingEnvironment());
    expect(JSON.parse(out)).toEqual([0, NetworkError.SslHandshakeFailedError]);
  });

  it('says that a server does not speak TLS', async () => {
    await using server = await serve({ refuse: { write: 'HTTP/1.1 400 Bad Request\r\n\r\n', end: 'close' } });
    const reply = await new QNetworkAccessManager().get(`https://127.0.0.1:${server.port}/`).whenFinished();
    expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(reply.errorString()).toContain('does not speak TLS');
  });

  for (const end of ['close', 'reset'] as const) {
    it(`bears a server that does ${end} in the middle of the handshake`, async () => {
      await using server = await serve({ refuse: { end } });
      const manager = new QNetworkAccessManager();
      const reply = await within(manager.post(`https://127.0.0.1:${server.port}/`, 'x').whenFinished(), 'the end');
      expect(reply.error()).toBe(NetworkError.RemoteHostClosedError);
      expect(reply.failure()).toMatchObject({ kind: 'closed', phase: 'tls', maybeProcessed: false });
      expect(server.accepted).toBe(2);
      await server.whenIdle();
    });
  }

  it('waits for a silent server as long as it may, and leaves nothing open when aborted', async () => {
    const server = createServer((socket) => socket.on('error', () => {}));
    let open = 0;
    server.on('connection', (socket) => {
      open++;
      socket.on('close', () => open--);
      socket.resume();
    });
    await new Promise<void>((next) => server.listen(0, '127.0.0.1', next));
    const { port } = server.address() as { port: number };
    const manager = new QNetworkAccessManager();
    const limited = manager.get(`https://127.0.0.1:${port}/`, { timeout: { connect: 60 } });
    await within(limited.whenFinished(), 'the limit');
    expect(limited.failure()).toMatchObject({ kind: 'timeout', phase: 'tls', limit: { name: 'connect', milliseconds: 60 } });
    const aborted = manager.get(`https://127.0.0.1:${port}/`);
    await new Promise((next) => setTimeout(next, 20));
    aborted.abort();
    await within(
      new Promise<void>((resolve) => {
        const look = (): void => void (open === 0 ? resolve() : setTimeout(look, 2));
        look();
      }),
      'the end of the sockets',
    );
    expect(manager.connectionCount()).toBe(0);
    server.close();
  });
});
