import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QSsl, QSslCertificate, type QSslConfiguration } from '../../src/index.ts';
import { type Minted, mint } from '../support/mint.ts';
import { client, configuration, over, REFUSED, request, root, strange } from './client-tls.ts';
import { Nginx, type Setup } from './nginx.ts';
import { needing, program } from './programs.ts';

const site = mint({ name: 'site', by: root });

// an nginx of 2022 does not speak TLS 1.3 by itself
const BOTH = 'ssl_protocols TLSv1.2 TLSv1.3;';

/** What each port adds to a server that says whom it sees. */
const KINDS: Readonly<Record<string, string>> = {
  strict: `${BOTH} ssl_client_certificate root.pem; ssl_verify_client on;`,
  asking: `${BOTH} ssl_client_certificate root.pem; ssl_verify_client optional;`,
  tls12: 'ssl_protocols TLSv1.2;',
  tls13: 'ssl_protocols TLSv1.3;',
  tickets: `${BOTH} ssl_session_tickets on;`,
  remembers: `${BOTH} ssl_session_tickets off; ssl_session_cache shared:sessions:1m;`,
  forgets: `${BOTH} ssl_session_tickets off; ssl_session_cache off;`,
};

const SETUP: Setup = {
  ports: Object.keys(KINDS),
  files: { 'root.pem': root.pem, 'site.pem': site.pem, 'site-key.pem': site.keyPem },
  servers: (folder, ports) =>
    Object.entries(KINDS)
      .map(
        ([name, settings]) => `server {
          listen 127.0.0.1:${ports[name]} ssl;
          ssl_certificate ${folder}/site.pem;
          ssl_certificate_key ${folder}/site-key.pem;
          ${settings.replaceAll('root.pem', `${folder}/root.pem`)}
          location / { return 200 "$ssl_client_s_dn|$ssl_protocol"; }
        }`,
      )
      .join('\n'),
};

describe.skipIf(program('nginx') === null)(needing('nginx', 'nginx'), () => {
  let nginx: Nginx;
  const url = (port: string, path = '/'): string => `https://127.0.0.1:${nginx.ports[port]}${path}`;

  beforeAll(async () => {
    nginx = await new Nginx(SETUP).start();
  });
  afterAll(() => nginx[Symbol.asyncDispose]());

  describe('that knows its clients', () => {
    const known = client('client one');
    const unknown = client('client one', strange);
    const rows: [port: string, what: string, shown: Minted | undefined, end: [string, RegExp]][] = [
      ['strict', 'one it knows', known, ['NoError', /^CN=client one\|TLSv1\.3$/]],
      ['strict', 'one of a stranger', unknown, ['ProtocolInvalidOperationError', /The SSL certificate error/]],
      ['strict', 'none', undefined, ['ProtocolInvalidOperationError', /No required SSL certificate was sent/]],
      ['asking', 'one it knows', known, ['NoError', /^CN=client one\|TLSv1\.3$/]],
      ['asking', 'one of a stranger', unknown, ['ProtocolInvalidOperationError', /The SSL certificate error/]],
      ['asking', 'none', undefined, ['NoError', /^\|TLSv1\.3$/]],
    ];
    it.each(rows)('%s, is shown %s', async (port, _, shown, [error, says]) => {
      await using manager = new QNetworkAccessManager();
      const [told, text] = await over(manager.get(request(url(port), configuration(shown))));
      expect([told, text]).toEqual([error, expect.stringMatching(says)]);
    });

    it('sees each request with its own certificate, and no connection with two', async () => {
      await using manager = new QNetworkAccessManager();
      const configurations = ['one', 'two', 'three'].map((name) => configuration(client(name)));
      configurations.push(configuration());
      const names = ['CN=one', 'CN=two', 'CN=three', ''];
      const replies = Array.from({ length: 80 }, (_, n) =>
        manager.get(request(url('asking', `/many?${n}`), configurations[n % 4]!)),
      );
      const texts = await Promise.all(replies.map(async (reply) => (await over(reply))[1]));
      expect(texts).toEqual(replies.map((_, n) => `${names[n % 4]}|TLSv1.3`));
      const log = await nginx.whenLogged(80, '/many');
      const users = new Map<number, Set<number>>();
      for (const { connection, uri } of log) {
        const who = Number(uri.split('?')[1]) % 4;
        users.set(connection, (users.get(connection) ?? new Set()).add(who));
      }
      expect([...users.values()].filter((who) => who.size !== 1)).toEqual([]);
      expect(users.size).toBeLessThanOrEqual(4 * 6);
    });
  });

  describe('that speaks one version', () => {
    const rows: [port: string, wanted: QSsl.SslProtocol, spoken: QSsl.SslProtocol | null][] = [
      ['tls12', QSsl.SecureProtocols, QSsl.TlsV1_2],
      ['tls12', QSsl.TlsV1_2, QSsl.TlsV1_2],
      ['tls12', QSsl.TlsV1_3OrLater, null],
      ['tls13', QSsl.SecureProtocols, QSsl.TlsV1_3],
      ['tls13', QSsl.TlsV1_2, null],
      ['tls13', QSsl.TlsV1_2OrLater, QSsl.TlsV1_3],
      ['tls13', QSsl.AnyProtocol, QSsl.TlsV1_3],
    ];
    for (const [port, wanted, spoken] of rows) {
      it(`${port} and who wants ${QSsl.SslProtocol[wanted]}: ${spoken === null ? 'nothing' : QSsl.SslProtocol[spoken]}`, async () => {
        await using manager = new QNetworkAccessManager();
        const tls = configuration();
        tls.setProtocol(wanted);
        const path = `/versions-${port}-${wanted}`;
        const reply = manager.get(request(url(port, path), tls));
        reply.ignoreSslErrors();
        const end = await over(reply);
        if (spoken === null) {
          expect(end).toEqual(REFUSED);
          expect(nginx.log(path)).toEqual([]);
        } else {
          expect(end).toEqual(['NoError', `|TLSv1.${spoken === QSsl.TlsV1_2 ? 2 : 3}`]);
          expect(reply.sslConfiguration().sessionProtocol()).toBe(spoken);
        }
      });
    }
  });

  describe('asked again on a new connection', () => {
    const rows = ['tickets', 'remembers', 'forgets'].flatMap((port) =>
      [QSsl.TlsV1_2, QSsl.TlsV1_3].map((version) => [port, QSsl.SslProtocol[version]!, version] as const),
    );
    /** Whether each of three requests one after the other went on with a session of before. */
    async function resumed(port: string, path: string, tls: QSslConfiguration, doubtful = false): Promise<boolean[]> {
      await using manager = new QNetworkAccessManager();
      for (let i = 0; i < 3; i++) {
        const asked = request(url(port, path), tls);
        asked.setRawHeader('Connection', 'close');
        const reply = manager.get(asked);
        if (doubtful) reply.ignoreSslErrors();
        expect((await over(reply))[0]).toBe('NoError');
      }
      return (await nginx.whenLogged(3, path)).map((line) => line.resumed);
    }

    it.each(rows)('%s: %s', async (port, _, version) => {
      const tls = configuration();
      tls.setProtocol(version);
      const goesOn = port !== 'forgets';
      expect(await resumed(port, `/again-${port}-${version}`, tls)).toEqual([false, goesOn, goesOn]);
    });

    it.each([QSsl.TlsV1_2, QSsl.TlsV1_3])('goes on with nothing that began while errors were ignored (%i)', async (version) => {
      const tls = configuration();
      tls.setProtocol(version);
      tls.setCaCertificates([new QSslCertificate(strange.pem)]);
      expect(await resumed('tickets', `/doubtful-${version}`, tls, true)).toEqual([false, false, false]);
    });
  });
});
