import { describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QSsl } from '../../src/index.ts';
import { type Minted, mint } from '../support/mint.ts';
import { until } from '../support/once.ts';
import { client, configuration, over, REFUSED, request, root, strange } from './client-tls.ts';
import { needing, program } from './programs.ts';
import { type Showing, SServer } from './s-server.ts';

const site = mint({ name: 'site', by: root });

const start = (showing: Showing): Promise<SServer> => new SServer(showing).start();

const SERVED = ['NoError', 'page'];

describe.skipIf(program('openssl') === null)(needing('openssl s_server', 'openssl'), () => {
  describe('with a key that both sides know', () => {
    const KEY = '000102030405060708090a0b0c0d0e0f';
    const SHARED = ['-tls1_2', '-psk', KEY, '-psk_identity', 'somebody', '-psk_hint', 'who are you?'];
    const rows: [what: string, identity: string, key: string, cipher: string, end: string[]][] = [
      ['the key', 'somebody', KEY, 'PSK-AES128-GCM-SHA256', SERVED],
      ['the key, and Diffie-Hellman beside it', 'somebody', KEY, 'ECDHE-PSK-CHACHA20-POLY1305', SERVED],
      ['another key', 'somebody', KEY.replace('0f', '10'), 'PSK-AES128-GCM-SHA256', REFUSED],
      ['no key', '', '', 'PSK-AES128-GCM-SHA256', REFUSED],
    ];
    it.each(rows)('%s', async (_, identity, key, cipher, end) => {
      await using server = await start({ options: [...SHARED, '-cipher', `${cipher}:@SECLEVEL=0`] });
      await using manager = new QNetworkAccessManager();
      const reply = manager.get(request(server.url()));
      const hints: string[] = [];
      reply.preSharedKeyAuthenticationRequired.connect((authenticator) => {
        hints.push(authenticator.identityHint().toString());
        authenticator.setIdentity(identity);
        authenticator.setPreSharedKey(Buffer.from(key, 'hex'));
      });
      const errors: unknown[] = [];
      reply.sslErrors.connect((list) => void errors.push(list));
      expect(await over(reply)).toEqual(end);
      expect(hints).toEqual(['who are you?']);
      expect(errors).toEqual([]);
      await manager.close();
      const heard = await server.whenAllHeard('-psk', KEY, '-psk_identity', 'somebody');
      expect(heard.split(' HTTP')[0]).toBe(end === SERVED ? 'GET /' : '');
      if (end === SERVED) expect(reply.sslConfiguration().sessionCipher().name()).toBe(cipher);
    });

    it('and nobody who listens', async () => {
      await using server = await start({ options: SHARED });
      await using manager = new QNetworkAccessManager();
      expect(await over(manager.get(request(server.url())))).toEqual(REFUSED);
    });
  });

  describe('that wants a certificate of the client', () => {
    const known = client('client one');
    const unknown = client('client two', strange);
    const rows: [version: string, what: string, shown: Minted | undefined, end: string[]][] = ['-tls1_2', '-tls1_3'].flatMap(
      (version) => [
        [version, 'is shown one', known, SERVED],
        [version, 'is shown one of a stranger', unknown, REFUSED],
        [version, 'is shown none', undefined, REFUSED],
      ],
    );
    it.each(rows)('%s: %s', async (version, _, shown, end) => {
      const options = [version, '-Verify', '1', '-verify_return_error', '-CAfile', root.pem];
      await using server = await start({ chain: [site], options });
      await using manager = new QNetworkAccessManager();
      const reply = manager.post(request(server.url(), configuration(shown)), 'secret');
      reply.ignoreSslErrors();
      expect(await over(reply)).toEqual(end);
      await manager.close();
      expect(server.heard.split(' HTTP')[0]).toBe(end === SERVED ? 'POST /' : '');
    });
  });

  describe('of old', () => {
    const rows: [version: string, wanted: QSsl.SslProtocol][] = [
      ['-tls1', QSsl.TlsV1_0],
      ['-tls1_1', QSsl.TlsV1_1],
    ];
    it.each(rows)('%s is spoken to if that is what is asked for', async (version, wanted) => {
      await using server = await start({ chain: [site], options: [version] });
      await using manager = new QNetworkAccessManager();
      const tls = configuration();
      tls.setProtocol(wanted);
      tls.setCiphers('ALL:@SECLEVEL=0');
      const reply = manager.get(request(server.url(), tls));
      expect(await over(reply)).toEqual(SERVED);
      expect(reply.sslConfiguration().sessionProtocol()).toBe(wanted);
    });
  });

  it.each(['-tls1_2', '-tls1_3'])('%s shows another certificate to who names another host', async (version) => {
    const other = mint({ name: 'other', by: root, for: ['DNS:other.test', 'IP:127.0.0.1'] });
    const options = [version, '-servername', 'other.test', '-cert2', other.pem, '-key2', other.keyPem];
    await using server = await start({ chain: [site], options });
    const shows = async (name: string, indicated = true): Promise<string> => {
      await using manager = new QNetworkAccessManager();
      const tls = configuration();
      tls.setSslOption(QSsl.SslOptionDisableServerNameIndication, !indicated);
      const made = request(server.url(), tls);
      made.setPeerVerifyName(name);
      const reply = manager.get(made);
      const [error] = await over(reply);
      return `${reply.sslConfiguration().peerCertificate().subjectDisplayName()} ${error}`;
    };
    expect(await shows('site.test')).toBe('site NoError');
    expect(await shows('other.test')).toBe('other NoError');
    // with a dot behind it is the same name
    expect(await shows('other.test.')).toBe('other NoError');
    expect(await shows('127.0.0.1')).toBe('site NoError');
    expect(await shows('other.test', false)).toBe('site SslHandshakeFailedError');
  });

  const protocols: [server: string[], what: string, agreed: string][] = [
    [['-alpn', 'http/1.1'], 'what we speak', 'http/1.1'],
    [['-alpn', 'spdy/3,http/1.1'], 'something else, and what we speak', 'http/1.1'],
    [[], 'nothing', ''],
  ];
  it.each(protocols)('%j offers %s', async (options, _, agreed) => {
    await using server = await start({ chain: [site], options });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    expect(await over(reply)).toEqual(SERVED);
    expect(reply.sslConfiguration().nextNegotiatedProtocol().toString()).toBe(agreed);
  });

  it('twenty session tickets are no answer', async () => {
    await using server = await start({ chain: [site], options: ['-tls1_3', '-num_tickets', '20'] });
    await using manager = new QNetworkAccessManager();
    for (let i = 0; i < 3; i++) expect(await over(manager.get(request(server.url())))).toEqual(SERVED);
    expect(manager.connectionCount()).toBe(1);
  });

  const commands: [what: string, version: string, command: string][] = [
    ['a new key', '-tls1_3', 'k'],
    ['a new key of both', '-tls1_3', 'K'],
    ['a new handshake', '-tls1_2', 'r'],
  ];
  it.each(commands)('%s between two requests changes nothing (%s)', async (_, version, command) => {
    await using server = await start({ chain: [site], options: [version], talkative: true });
    await using manager = new QNetworkAccessManager();
    expect(await over(manager.get(request(server.url())))).toEqual(SERVED);
    // it reads commands before it looks at the connection
    await server.say(`${command}\n`);
    for (let i = 0; i < 2; i++) expect(await over(manager.get(request(server.url())))).toEqual(SERVED);
    expect(manager.connectionCount()).toBe(1);
    await server.say('Q\n');
    await until(() => server.heard.includes('SSL_do_handshake -> 1'), 'what was commanded');
    // of one connection it speaks once
    expect(server.heard.split('BEGIN SSL SESSION').length).toBe(2);
  });

  const ends: [what: string, head: string, end: 'q' | 'killed', error: string][] = [
    ['a length and an orderly end', 'Content-Length: 1000', 'q', 'RemoteHostClosedError'],
    ['a length and a torn connection', 'Content-Length: 1000', 'killed', 'RemoteHostClosedError'],
    ['chunks and an orderly end', 'Transfer-Encoding: chunked', 'q', 'RemoteHostClosedError'],
    ['no length and an orderly end', 'Connection: close', 'q', 'NoError'],
    ['no length and a torn connection', 'Connection: close', 'killed', 'NoError'],
  ];
  it.each(ends)('%s: how the reply ends', async (_, head, end, error) => {
    await using server = await start({ chain: [site], talkative: true, answer: '' });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    await until(() => server.heard.includes('\r\n\r\n'), 'the request');
    const body = head.startsWith('Transfer') ? '64\r\nbeginning' : 'beginning';
    await server.say(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`);
    await until(() => reply.bytesAvailable() > 0, 'the beginning');
    if (end === 'q') await server.say('q\n');
    else server.kill();
    expect(await over(reply)).toEqual([error, 'beginning']);
  });
});
