import type { Socket } from 'node:net';
import { QHstsPolicy, QSsl, QSslCertificate, QSslKey } from '../../../src/index.ts';
import { data, goaway, headers, rst } from '../../support/h2-frames.ts';
import { answer } from '../../support/h2-hpack.ts';
import { type H2Origin, serveH2 } from '../../support/h2-server.ts';
import { mint } from '../../support/mint.ts';
import { serve } from '../../support/server.ts';
import { identity } from '../../support/tls.ts';
import { answering, authority, broken, configured, greeting, names, plain, raw, rawTls, showing, site } from './fresh-ground.ts';
import type { Ground, Setup, Situation } from './ground.ts';

/** A fatal alert of TLS 1.2, before anything else (RFC 8446 6). */
const alert = (code: number): Buffer => Buffer.from([0x15, 3, 3, 0, 2, 2, code]);
const UNRECOGNIZED_NAME = 112;

const https =
  (talk: (socket: Socket) => void, timeout = 1500) =>
  async (ground: Ground): Promise<Situation> => ({
    url: `https://127.0.0.1:${await raw(ground, talk)}/`,
    options: { manager: ground.manager(), timeout },
  });

const h2 =
  (scripts: NonNullable<H2Origin['scripts']>) =>
  async (ground: Ground): Promise<Situation> => ({
    url: (await ground.use(serveH2({ tls: identity(), scripts }))).url(),
    options: { manager: ground.manager(), timeout: 2000 },
  });

/** The page that nginx has when somebody speaks HTTP on the port of https. */
const NGINX_PLAIN =
  '<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS port</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';
const NGINX_NO_CERTIFICATE =
  '<html>\r\n<head><title>400 No required SSL certificate was sent</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>No required SSL certificate was sent</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';

/** Speaks TLS with whoever does, and has a word for others. */
const politely =
  (words: string) =>
  async (ground: Ground): Promise<Situation> => {
    const { port } = await ground.use(
      serve({
        tls: identity(),
        plainToo: true,
        routes: {
          '*': ({ connection }) =>
            // the first is that of the diagnosis; what helps comes over TLS
            connection === 1
              ? { status: 400, headers: { Server: 'nginx', 'Content-Type': 'text/html' }, body: words }
              : { body: 'page' },
        },
      }),
    );
    return { url: `http://127.0.0.1:${port}/`, options: { manager: ground.manager() } };
  };

const CLIENTS = authority('Clients of the company');

/** What speaks TLS, or should: versions, suites, wrong ports, certificates of clients, HTTP/2. */
export const FRESH_HANDSHAKES: readonly Setup[] = [
  broken('a server that nobody has touched for ten years: TLS 1.0', 'tls-old-version', async (ground) => {
    const ciphers = 'DEFAULT@SECLEVEL=0';
    const made = await site(ground, { ...identity(), minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('TLS 1.1 at most, and a certificate that is not trusted either', 'tls-old-version', async (ground) => {
    const ciphers = 'DEFAULT@SECLEVEL=0';
    const made = await site(ground, { ...identity('selfsigned'), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('a cipher of old alone', 'tls-old-cipher', async (ground) => {
    const root = authority('Fresh Root');
    const tls = showing(mint({ name: 'site.test', by: root, key: 2048 }));
    const made = await site(ground, { ...tls, maxVersion: 'TLSv1.2', ciphers: 'CAMELLIA128-SHA@SECLEVEL=0' });
    return { url: made.url(), options: { manager: ground.manager({ extraCaCertificates: root.pem }) } };
  }),
  broken('the server wants TLS 1.3, the program 1.2', 'tls-own-settings', async (ground) => {
    configured(ground, (configuration) => configuration.setProtocol(QSsl.TlsV1_2));
    const made = await site(ground, { ...identity(), minVersion: 'TLSv1.3' });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('https is asked of a server that has http', 'tls-plain-server', async (ground) => {
    const { port } = await plain(ground);
    return { url: `https://127.0.0.1:${port}/api/health`, options: { manager: ground.manager(), timeout: 1000 } };
  }),
  broken('https is asked of a development server that a name leads to', 'tls-plain-server', async (ground) => {
    names(ground, { 'app.test': ['127.0.0.1'] });
    const { port } = await plain(ground, { status: 404, body: 'Cannot GET /' });
    return { url: `https://app.test:${port}/`, options: { manager: ground.manager(), timeout: 1000 } };
  }),
  broken('http is asked of a port of https', 'http-on-tls-port', async (ground) => {
    const { port } = await site(ground, identity());
    return { url: `http://127.0.0.1:${port}/`, options: { manager: ground.manager() } };
  }),
  broken('http is asked of a port of https, which says so in a page', 'http-on-tls-port', politely(NGINX_PLAIN)),
  broken(
    'http is asked of a port of https, which says so in a line',
    'http-on-tls-port',
    politely('Client sent an HTTP request to an HTTPS server.\n'),
  ),
  broken('https is asked of a server of mail', 'tls-not-spoken', https(greeting('220 mail.test ESMTP Postfix\r\n'))),
  broken('https is asked of a server of shells', 'tls-not-spoken', https(greeting('SSH-2.0-OpenSSH_9.6\r\n'))),
  broken('the server knows no such name', 'tls-name-refused', https(answering(alert(UNRECOGNIZED_NAME)))),
  broken(
    'a server that hangs up at the first word of TLS',
    'tls-closed',
    https((socket) => socket.once('data', () => socket.end())),
  ),
  broken(
    'a firewall that breaks off the first word of TLS',
    'tls-closed',
    https((socket) => socket.once('data', () => socket.resetAndDestroy())),
  ),
  broken(
    'a server that takes the first word of TLS and is silent',
    'tls-silent',
    https((socket) => socket.resume(), 500),
  ),
  broken('a certificate of the client is wanted (TLS 1.3)', 'tls-client-certificate', async (ground) => {
    const made = await site(ground, { ...identity(), requestCert: true, ca: CLIENTS.pem });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('a certificate of the client is wanted (TLS 1.2)', 'tls-client-certificate', async (ground) => {
    const made = await site(ground, { ...identity(), requestCert: true, ca: CLIENTS.pem, maxVersion: 'TLSv1.2' });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('a certificate of the client is wanted, which a page says', 'tls-client-certificate', async (ground) => {
    const made = await site(
      ground,
      { ...identity(), requestCert: true, rejectUnauthorized: false, ca: CLIENTS.pem },
      { routes: { '*': { status: 400, headers: { Server: 'nginx', 'Content-Type': 'text/html' }, body: NGINX_NO_CERTIFICATE } } },
    );
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken(
    'the certificate of the client is of an authority that the server does not know',
    'tls-client-certificate-refused',
    async (ground) => {
      const me = mint({ name: 'ada', by: authority('Some other company'), purpose: 'client' });
      configured(ground, (configuration) => {
        configuration.setLocalCertificate(new QSslCertificate(me.pem));
        configuration.setPrivateKey(new QSslKey(me.keyPem, QSsl.Ec));
      });
      const made = await site(ground, { ...identity(), requestCert: true, ca: CLIENTS.pem });
      return { url: made.url(), options: { manager: ground.manager() } };
    },
  ),
  broken('the certificate of the client has ended', 'tls-client-certificate-refused', async (ground) => {
    const [old, ended] = [new Date('2021-01-01'), new Date('2022-01-01')];
    const me = mint({ name: 'ada', by: CLIENTS, purpose: 'client', from: old, to: ended });
    configured(ground, (configuration) => {
      configuration.setLocalCertificate(new QSslCertificate(me.pem));
      configuration.setPrivateKey(new QSslKey(me.keyPem, QSsl.Ec));
    });
    const made = await site(ground, { ...identity(), requestCert: true, ca: CLIENTS.pem, maxVersion: 'TLSv1.2' });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('a name below one that wants TLS only, on a server that has none', 'hsts-forces-https', async (ground) => {
    names(ground, { 'dev.shop.test': ['127.0.0.1'] });
    const { port } = await plain(ground);
    const manager = ground.manager();
    const until = new Date(Date.now() + 86_400_000);
    manager.addStrictTransportSecurityHosts([new QHstsPolicy(until, QHstsPolicy.IncludeSubDomains, 'shop.test')]);
    manager.setStrictTransportSecurityEnabled(true);
    return { url: `http://dev.shop.test:${port}/`, options: { manager, timeout: 1000 } };
  }),
  broken('every stream of HTTP/2 ends with an error', 'http2-broken', h2({ answer: (stream) => [rst(stream, 2)] })),
  broken(
    'HTTP/2 breaks off in the middle of what it began',
    'http2-broken',
    h2({ answer: (stream) => [headers(stream, answer(200, ['content-length', '100'])), data(stream, 'half'), rst(stream, 1)] }),
  ),
  broken('HTTP/2 is said good-bye to at each request', 'http2-broken', h2({ answer: () => [goaway(0x7fff_ffff, 11, 'calm')] })),
  broken('a server behind TLS that has no HTTP', 'not-http', async (ground) => {
    const port = await rawTls(ground, identity(), (socket) => socket.write('* OK IMAP4rev1 ready\r\n'));
    return { url: `https://127.0.0.1:${port}/`, options: { manager: ground.manager(), timeout: 1500 } };
  }),
  broken('a server behind TLS that closes without an answer', 'closed-without-answer', async (ground) => {
    const port = await rawTls(ground, identity(), (socket) => socket.once('data', () => socket.end()));
    return { url: `https://127.0.0.1:${port}/`, options: { manager: ground.manager() } };
  }),
  broken('the answer is by another server than was meant', 'wrong-server', async (ground) => {
    const made = await site(ground, identity(), { routes: { '*': { status: 421, body: 'Misdirected Request' } } });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
  broken('the clock of the server is a day behind', 'clock-wrong', async (ground) => {
    const headers = { Date: new Date(Date.now() - 86_400_000).toUTCString() };
    const made = await site(ground, identity(), { routes: { '*': { headers, body: 'page' } } });
    return { url: made.url(), options: { manager: ground.manager() } };
  }),
];
