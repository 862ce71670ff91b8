import { createSecureServer } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { tlsWishOf } from '../../../src/api/bridge/tls-wish.ts';
import { securityOf } from '../../../src/api/security/security-base.ts';
import { Engine } from '../../../src/engine/assembly.ts';
import { NetworkError, type QNetworkReply, QNetworkRequest, QSsl, QSslConfiguration, QSslSocket } from '../../../src/index.ts';
import { ask, run } from '../../engine/rig.ts';
import { child } from '../../life/child.ts';
import { ManualClock } from '../../support/clock.ts';
import { managers } from '../../support/managers.ts';
import { within } from '../../support/once.ts';
import { type SessionServer, serveSessions } from '../../support/session-server.ts';
import { type PeerName, peer, peersFolder } from '../../support/tls.ts';
import { keeping, over, visit } from './session-rows.ts';
import { request, trusting } from './support.ts';

const manager = managers();
const serving = (name: PeerName = 'good', options = {}): Promise<SessionServer> => serveSessions({ ...peer(name), ...options });
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
const names = (reply: QNetworkReply): string[] =>
  reply
    .sslConfiguration()
    .peerCertificateChain()
    .map((one) => one.subjectDisplayName());

for (const maxVersion of VERSIONS) {
  describe(`a session of ${maxVersion}`, () => {
    it('goes on in later connections, which tell as much as the first', async () => {
      await using server = await serving('good', { maxVersion });
      const house = manager();
      const first = await visit(house, server);
      const later = [await visit(house, server), await visit(house, server)];
      expect(server.resumed).toEqual([false, true, true]);
      for (const reply of later) {
        expect(reply.error()).toBe(NetworkError.NoError);
        expect(reply.readAll().toString()).toBe('page');
        expect(names(reply)).toEqual(names(first));
        expect(names(reply)).toHaveLength(2);
        const [now, then] = [reply, first].map((one) => one.sslConfiguration());
        expect(now!.peerCertificate().equals(then!.peerCertificate())).toBe(true);
        expect(now!.sessionProtocol()).toBe(then!.sessionProtocol());
        expect(now!.sessionCipher().equals(then!.sessionCipher())).toBe(true);
      }
    });

    it('that the server has forgotten costs a handshake and nothing else', async () => {
      await using server = await serving('good', { maxVersion });
      const house = manager();
      await visit(house, server);
      server.forget();
      const reply = await visit(house, server);
      expect(reply.error()).toBe(NetworkError.NoError);
      expect(server.resumed).toEqual([false, false]);
      // the new one is as good as the old one was
      await visit(house, server);
      expect(server.resumed).toEqual([false, false, true]);
    });

    it('does not make a name fit that was only ignored', async () => {
      await using server = await serving('wronghost', { maxVersion });
      const house = manager();
      const ignoring = house.get(request(server.url()));
      ignoring.ignoreSslErrors();
      await over(ignoring);
      expect(ignoring.error()).toBe(NetworkError.NoError);
      const strict = await visit(house, server);
      expect(strict.error()).toBe(NetworkError.SslHandshakeFailedError);
      // nothing was asked over the second connection, and the third began anew as well
      expect(server.resumed).toEqual([false]);
      const again = house.get(request(server.url()));
      again.ignoreSslErrors();
      await over(again);
      expect(server.resumed).toEqual([false, false]);
    });

    it('does not outlive who looks at certificates less closely', async () => {
      await using server = await serving('wronghost', { maxVersion });
      const house = manager();
      for (const mode of [QSslSocket.VerifyNone, QSslSocket.QueryPeer]) {
        const careless = trusting();
        careless.setPeerVerifyMode(mode);
        expect((await visit(house, server, careless)).error()).toBe(NetworkError.NoError);
        expect((await visit(house, server, careless)).error()).toBe(NetworkError.NoError);
      }
      expect(server.resumed).toEqual([false, false, false, false]);
      expect((await visit(house, server)).error()).toBe(NetworkError.SslHandshakeFailedError);
    });

    it('is for the name that was verified', async () => {
      await using server = await serving('good', { maxVersion });
      const house = manager();
      await visit(house, server);
      const named = async (name: string): Promise<QNetworkReply> => {
        const other = request(server.url());
        other.setPeerVerifyName(name);
        return over(house.get(other));
      };
      expect((await named('localhost')).error()).toBe(NetworkError.NoError);
      expect((await named('elsewhere.test')).error()).toBe(NetworkError.SslHandshakeFailedError);
      expect(server.resumed).toEqual([false, false]);
      await named('localhost');
      expect(server.resumed).toEqual([false, false, true]);
    });

    it('ends with the certificate, although nobody shows one', async () => {
      await using server = await serving('good', { maxVersion });
      const clock = new ManualClock(Date.now());
      const engine = new Engine({ clock });
      const tls = tlsWishOf(securityOf(trusting()));
      const get = () => run(engine, ask(server.url(), { tls }));
      await get();
      expect((await get()).failure).toBeNull();
      expect(server.resumed).toEqual([false, true]);
      clock.advance(200 * 365 * 86_400_000);
      await get();
      expect(server.resumed).toEqual([false, true, false]);
      engine.clearConnections();
    });

    it('ends when its time is over', async () => {
      await using server = await serving('good', { maxVersion, sessionTimeout: 100 });
      const clock = new ManualClock(Date.now());
      const engine = new Engine({ clock });
      const tls = tlsWishOf(securityOf(trusting()));
      const get = () => run(engine, ask(server.url(), { tls }));
      await get();
      clock.advance(99_000);
      await get();
      clock.advance(100_000);
      await get();
      expect(server.resumed).toEqual([false, true, false]);
      engine.clearConnections();
    });

    it('is forgotten with the connections, and belongs to its manager', async () => {
      await using server = await serving('good', { maxVersion });
      const house = manager();
      await visit(house, server);
      house.clearConnectionCache();
      await visit(house, server);
      house.clearAccessCache();
      await visit(house, server);
      await visit(manager(), server);
      expect(server.resumed).toEqual([false, false, false, false]);
    });

    it('is not used by other configurations or partitions', async () => {
      await using server = await serving('good', { maxVersion });
      const house = manager();
      const deep = trusting();
      deep.setPeerVerifyDepth(3);
      await visit(house, server);
      await visit(house, server, deep);
      await over(house.get(request(server.url()), { partition: 'apart' }));
      expect(server.resumed).toEqual([false, false, false]);
    });

    it('does not go on without sharing', async () => {
      await using server = await serving('good', { maxVersion });
      const house = manager();
      const alone = keeping({ sharing: false });
      await visit(house, server, alone);
      await visit(house, server, alone);
      expect(server.resumed).toEqual([false, false]);
    });
  });

  describe(`a ticket of ${maxVersion}`, () => {
    const kept = (server: SessionServer): Promise<QNetworkReply> => visit(manager(), server, keeping({ persistence: true }));

    it('goes on in another manager, also without sharing', async () => {
      await using server = await serving('good', { maxVersion, sessionTimeout: 1234 });
      const first = await kept(server);
      const from = first.sslConfiguration();
      expect(from.sessionTicketLifeTimeHint()).toBe(1234);
      const later = await visit(manager(), server, keeping({ persistence: true, from: first }));
      await visit(manager(), server, keeping({ persistence: true, sharing: false, from: first }));
      expect(server.resumed).toEqual([false, true, true]);
      expect(names(later)).toEqual(names(first));
      expect(later.sslConfiguration().sessionTicket()).not.toHaveLength(0);
    });

    it('is neither given nor taken while persistence is off', async () => {
      await using server = await serving('good', { maxVersion });
      const plain = await visit(manager(), server);
      expect(plain.sslConfiguration().sessionTicket()).toHaveLength(0);
      expect(plain.sslConfiguration().sessionTicketLifeTimeHint()).toBe(-1);
      const first = await kept(server);
      await visit(manager(), server, keeping({ from: first }));
      expect(server.resumed).toEqual([false, false, false]);
    });

    it('is not given by a connection whose errors were ignored', async () => {
      await using server = await serving('wronghost', { maxVersion });
      const reply = manager().get(request(server.url(), keeping({ persistence: true })));
      reply.ignoreSslErrors();
      await over(reply);
      expect(reply.error()).toBe(NetworkError.NoError);
      expect(reply.sslConfiguration().sessionTicket()).toHaveLength(0);
    });

    it('is not taken where nobody looks at certificates', async () => {
      await using server = await serving('good', { maxVersion });
      const careless = keeping({ persistence: true, from: await kept(server) });
      careless.setPeerVerifyMode(QSslSocket.VerifyNone);
      await visit(manager(), server, careless);
      expect(server.resumed).toEqual([false, false]);
    });

    it('that is damaged, or none at all, costs a handshake and nothing else', async () => {
      await using server = await serving('good', { maxVersion });
      const ticket = (await kept(server)).sslConfiguration().sessionTicket();
      const turned = Buffer.from(ticket);
      turned[60]! ^= 1;
      const bad = [
        Buffer.from('garbage'),
        Buffer.alloc(5000, 0x30),
        ticket.subarray(0, -1),
        ticket.subarray(1),
        Buffer.concat([ticket, ticket]),
      ];
      for (const one of bad) {
        const configuration = keeping({ persistence: true });
        configuration.setSessionTicket(one);
        expect((await visit(manager(), server, configuration)).error()).toBe(NetworkError.NoError);
      }
      expect(server.resumed).toEqual([false, false, false, false, false, false]);
    });

    it('is verified again: name and authority', async () => {
      await using server = await serving('good', { maxVersion });
      const first = await kept(server);
      const elsewhere = request(server.url(), keeping({ persistence: true, from: first }));
      elsewhere.setPeerVerifyName('elsewhere.test');
      const wrong = await over(manager().get(elsewhere));
      expect(wrong.error()).toBe(NetworkError.SslHandshakeFailedError);
      const stranger = trusting('otherca');
      stranger.setSslOption(QSsl.SslOptionDisableSessionPersistence, false);
      stranger.setSessionTicket(first.sslConfiguration().sessionTicket());
      const unknown = await visit(manager(), server, stranger);
      expect(unknown.error()).toBe(NetworkError.SslHandshakeFailedError);
      expect(server.resumed).toEqual([false]);
    });
  });
}

/** Asks with the ticket in its second argument, and prints the one it has got. */
const ASK = `
const { readFileSync } = await import('node:fs');
const configuration = new QSslConfiguration();
configuration.setCaCertificates([new QSslCertificate(readFileSync(args[0]))]);
configuration.setSslOption(QSsl.SslOptionDisableSessionPersistence, false);
configuration.setSessionTicket(Buffer.from(args[1], 'base64'));
const request = new QNetworkRequest(args[2]);
request.setSslConfiguration(configuration);
const reply = await new QNetworkAccessManager().get(request).whenFinished();
console.log(reply.error(), reply.sslConfiguration().sessionTicket().toString('base64'));
`;

describe('sessions', () => {
  it('go on in another process, and keep none alive', async () => {
    await using server = await serving();
    let ticket = '';
    for (const _ of [0, 1, 2]) {
      const { code, out, err } = await within(
        child(ASK, [`${peersFolder}ca.pem`, ticket, server.url()]),
        'the end of the process',
      );
      expect([code, err]).toEqual([0, '']);
      const [error, given] = out.trim().split(' ');
      expect(error).toBe('0');
      ticket = given!;
    }
    expect(server.resumed).toEqual([false, true, true]);
  });

  it('of TLS 1.3 are not kept without tickets', async () => {
    await using server = await serving('good', { maxVersion: 'TLSv1.3' });
    const house = manager();
    const configuration = keeping({ tickets: false });
    await visit(house, server, configuration);
    await visit(house, server, configuration);
    expect(server.resumed).toEqual([false, false]);
  });

  it('are not used up by attempts that reach nobody', async () => {
    const options = { ...peer('good'), ticketKeys: Buffer.alloc(48, 7) };
    const house = manager();
    const first = await serveSessions(options);
    await visit(house, first);
    await first[Symbol.asyncDispose]();
    for (let i = 0; i < 4; i++) expect((await visit(house, first)).error()).toBe(NetworkError.ConnectionRefusedError);
    await using again = await serveSessions(options, first.port);
    await visit(house, again);
    expect([...first.resumed, ...again.resumed]).toEqual([false, true]);
  });

  it('are left alone where somebody would answer for a shared key', async () => {
    await using server = await serving();
    const house = manager();
    house.preSharedKeyAuthenticationRequired.connect(() => {});
    await visit(house, server);
    await visit(house, server);
    expect(server.resumed).toEqual([false, false]);
  });

  it('of HTTP/2 connections go on, too', async () => {
    const resumed: boolean[] = [];
    const server = createSecureServer(peer('good'), (_request, response) => {
      response.end('page');
      response.stream.session?.close();
    });
    server.on('session', (session) => {
      resumed.push((session.socket as TLSSocket).isSessionReused());
    });
    await new Promise<void>((next) => server.listen(0, '127.0.0.1', next));
    const { port } = server.address() as { port: number };
    const house = manager();
    for (const _ of [0, 1, 2]) {
      const reply = await over(house.get(request(`https://127.0.0.1:${port}/`)));
      expect(reply.attribute(QNetworkRequest.Attribute.Http2WasUsedAttribute)).toBe(true);
      expect(reply.readAll().toString()).toBe('page');
    }
    expect(resumed).toEqual([false, true, true]);
    await new Promise<void>((next) => server.close(() => next()));
  });

  it('serve many connections at a time', async () => {
    await using server = await serving();
    const house = manager();
    await visit(house, server);
    const replies = await Promise.all(Array.from({ length: 24 }, () => visit(house, server)));
    expect(replies.map((reply) => reply.error())).toEqual(replies.map(() => NetworkError.NoError));
    expect(server.resumed.filter((yes) => yes).length).toBeGreaterThan(6);
  });

  it('tell which key the server has made for the connection', async () => {
    await using server = await serving('good', { ecdhCurve: 'P-384' });
    const house = manager();
    for (const _ of [0, 1]) {
      const key = (await visit(house, server)).sslConfiguration().ephemeralServerKey();
      expect([key.isNull(), key.algorithm(), key.length(), key.type()]).toEqual([false, QSsl.Ec, 384, QSsl.PublicKey]);
      expect([key.toPem(), key.toDer()].map((bytes) => bytes.length)).toEqual([0, 0]);
    }
    await using old = await serving('good', { ciphers: 'AES128-SHA256', maxVersion: 'TLSv1.2' });
    expect(new QSslConfiguration().ephemeralServerKey().isNull()).toBe(true);
    expect(old.port).toBeGreaterThan(0);
  });
});
