import { describe, expect, it } from 'vitest';
import {
  DeferredReply,
  NetworkError,
  QNetworkAccessManager,
  type QNetworkReply,
  type QNetworkRequest,
  QSsl,
  type QSslConfiguration,
  QSslError,
  QSslSocket,
  WrappedReply,
} from '../../../src/index.ts';
import { settle } from '../../engine/rig.ts';
import { within } from '../../support/once.ts';
import type { PeerName } from '../../support/tls.ts';
import { certificate, listen, request, serving, shown, trusting } from './support.ts';

const over = (reply: QNetworkReply): Promise<QNetworkReply> => within(reply.whenFinished(), 'the end');

describe('what is wrong with a certificate', () => {
  const rows: [name: PeerName, above: PeerName[], trusted: PeerName[], errors: string[]][] = [
    ['wronghost', [], ['ca'], ['HostNameMismatch of elsewhere.example']],
    ['expired', [], ['ca'], ['CertificateExpired of expired.test']],
    ['future', [], ['ca'], ['CertificateNotYetValid of future.test']],
    ['selfsigned', [], ['ca'], ['SelfSignedCertificate of selfsigned.test']],
    ['clientonly', [], ['ca'], ['InvalidPurpose of clientonly.test']],
    [
      'untrusted',
      [],
      ['ca'],
      ['UnableToGetLocalIssuerCertificate of untrusted.test', 'UnableToVerifyFirstCertificate of untrusted.test'],
    ],
    ['untrusted', ['otherca'], ['ca'], ['SelfSignedCertificateInChain of qnetwork unknown CA']],
    ['below', [], ['ca'], ['UnableToGetLocalIssuerCertificate of below.test', 'UnableToVerifyFirstCertificate of below.test']],
    ['below', ['intermediate'], ['otherca'], ['UnableToGetLocalIssuerCertificate of qnetwork intermediate CA']],
    [
      'expiredwrong',
      [],
      ['ca'],
      [
        'HostNameMismatch of elsewhere.example',
        'UnableToGetLocalIssuerCertificate of elsewhere.example',
        'UnableToVerifyFirstCertificate of elsewhere.example',
        'CertificateExpired of elsewhere.example',
      ],
    ],
    // OpenSSL's last word is that they have expired
    [
      'forged',
      ['good'],
      ['ca'],
      ['InvalidCaCertificate of good.test', 'InvalidPurpose of good.test', 'CertificateExpired of forged.test'],
    ],
    [
      'deep',
      ['deeper', 'intermediate'],
      ['ca'],
      ['PathLengthExceeded of qnetwork intermediate CA', 'CertificateExpired of deep.test'],
    ],
  ];
  for (const [name, above, trusted, errors] of rows) {
    it(`is told in full: ${[name, ...above].join(' below ')}, trusting ${trusted}`, async () => {
      await using server = await serving(name, above);
      await using manager = new QNetworkAccessManager();
      const reply = manager.post(request(server.url(), trusting(...trusted)), 'secret');
      const told = listen(manager, reply);
      await over(reply);
      expect(told).toEqual([`M.sslErrors ${errors.join(', ')}`, `sslErrors ${errors.join(', ')}`, 'finished']);
      expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
      expect(reply.failure()).toMatchObject({ kind: 'tls', phase: 'tls', maybeProcessed: false });
      await server.whenIdle();
      // not a byte of the request
      expect([server.accepted, server.connections, server.requests]).toEqual([1, [], []]);
    });
  }

  it('is nothing with a chain that leads to an authority', async () => {
    await using server = await serving('below', ['intermediate']);
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    const told = listen(manager, reply);
    await over(reply);
    expect(told).toEqual(['M.encrypted', 'encrypted', 'requestSent', 'finished']);
    const chain = reply.sslConfiguration().peerCertificateChain();
    expect(chain.map((one) => one.subjectDisplayName())).toEqual(['below.test', 'qnetwork intermediate CA', 'qnetwork peers CA']);
  });

  it('may be that the chain is too long', async () => {
    await using server = await serving('below', ['intermediate']);
    await using manager = new QNetworkAccessManager();
    const limited = (depth: number): QNetworkRequest => {
      const configuration = trusting();
      configuration.setPeerVerifyDepth(depth);
      return request(server.url(), configuration);
    };
    expect((await over(manager.get(limited(1)))).error()).toBe(NetworkError.NoError);
    await using server2 = await serving('deep', ['deeper', 'intermediate']);
    const configuration = trusting();
    configuration.setPeerVerifyDepth(1);
    const reply = manager.get(request(server2.url(), configuration));
    const told = listen(manager, reply);
    await over(reply);
    expect(told[1]).toContain('UnspecifiedError of qnetwork intermediate CA');
    expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
  });
});

describe('ignoring it', () => {
  const bad = (): QSslError[] => [new QSslError(QSslError.SelfSignedCertificate, certificate('selfsigned'))];
  const forms: [what: string, ignore: (manager: QNetworkAccessManager, reply: QNetworkReply) => void][] = [
    ['before anything', (_, reply) => reply.ignoreSslErrors()],
    ['with a list before anything', (_, reply) => reply.ignoreSslErrors(bad())],
    ['in a slot of the reply', (_, reply) => void reply.sslErrors.connect(() => reply.ignoreSslErrors())],
    ['in a slot of the manager', (manager) => void manager.sslErrors.connect((reply) => reply.ignoreSslErrors())],
    ['with the list that was told', (m) => void m.sslErrors.connect((reply, errors) => reply.ignoreSslErrors(errors))],
  ];
  for (const [what, ignore] of forms) {
    it(`${what} lets the request go on`, async () => {
      await using server = await serving('selfsigned');
      await using manager = new QNetworkAccessManager();
      const reply = manager.get(request(server.url()));
      const told = listen(manager, reply);
      ignore(manager, reply);
      await over(reply);
      const errors = 'SelfSignedCertificate of selfsigned.test';
      expect(told).toEqual([
        `M.sslErrors ${errors}`,
        `sslErrors ${errors}`,
        'M.encrypted',
        'encrypted',
        'requestSent',
        'finished',
      ]);
      expect(reply.readAll().toString()).toBe('page');
    });
  }

  const lists: [what: string, list: () => QSslError[]][] = [
    ['nothing', () => []],
    ['another error', () => [new QSslError(QSslError.CertificateExpired, certificate('expiredwrong'))]],
    ['the error without its certificate', () => [new QSslError(QSslError.HostNameMismatch)]],
    ['the error of another certificate', () => [new QSslError(QSslError.HostNameMismatch, certificate('good'))]],
    [
      'a part of the errors',
      () => [
        new QSslError(QSslError.HostNameMismatch, certificate('expiredwrong')),
        new QSslError(QSslError.CertificateExpired, certificate('expiredwrong')),
      ],
    ],
  ];
  for (const [what, list] of lists) {
    it(`with ${what} in the list is not enough`, async () => {
      await using server = await serving('expiredwrong');
      await using manager = new QNetworkAccessManager();
      const reply = manager.get(request(server.url()));
      reply.ignoreSslErrors(list());
      await over(reply);
      expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
      expect(server.connections).toEqual([]);
    });
  }

  it('is decided by the last list', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    reply.ignoreSslErrors(bad());
    reply.ignoreSslErrors([]);
    expect((await over(reply)).error()).toBe(NetworkError.SslHandshakeFailedError);
  });

  it('comes too late after the slots', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    reply.errorOccurred.connect(() => reply.ignoreSslErrors());
    expect((await over(reply)).error()).toBe(NetworkError.SslHandshakeFailedError);
    await settle();
    expect(server.connections).toEqual([]);
  });

  it('takes errors and nothing else', async () => {
    await using manager = new QNetworkAccessManager();
    const reply = manager.get('https://127.0.0.1:1/');
    expect(() => reply.ignoreSslErrors(['all'] as never)).toThrow(/ignoreSslErrors expects nothing or a list of QSslError/);
  });

  it('reaches a reply that is wrapped, now or later', async () => {
    await using server = await serving('selfsigned');
    class Wrapping extends QNetworkAccessManager {
      late = false;
      protected override createRequest(op: QNetworkAccessManager.Operation, made: QNetworkRequest): QNetworkReply {
        if (!this.late) return new WrappedReply(super.createRequest(op, made));
        return new DeferredReply(op, made, async () => {
          await settle();
          return super.createRequest(op, made);
        });
      }
    }
    await using manager = new Wrapping();
    const ends = async (ignore: (reply: QNetworkReply) => void): Promise<unknown[]> => {
      const reply = manager.get(request(server.url()));
      const told = listen(manager, reply);
      ignore(reply);
      await over(reply);
      return [reply.error(), told.filter((one) => /sslErrors|encrypted/.test(one))];
    };
    const errors = 'SelfSignedCertificate of selfsigned.test';
    const all = [`M.sslErrors ${errors}`, `sslErrors ${errors}`, 'M.encrypted', 'encrypted'];
    for (const late of [false, true]) {
      manager.late = late;
      await manager.close();
      expect(await ends((reply) => reply.ignoreSslErrors())).toEqual([NetworkError.NoError, all]);
      await manager.close();
      expect(await ends((reply) => reply.ignoreSslErrors(bad()))).toEqual([NetworkError.NoError, all]);
      await manager.close();
      expect(await ends(() => {})).toEqual([NetworkError.SslHandshakeFailedError, all.slice(0, 2)]);
    }
    manager.late = false;
    const reply = manager.get(request(server.url()));
    reply.ignoreSslErrors();
    await over(reply);
    expect(reply.sslConfiguration().peerCertificate().subjectDisplayName()).toBe('selfsigned.test');
  });

  it('is no use for a host that wants strict security', async () => {
    await using server = await serving('untrusted');
    await using manager = new QNetworkAccessManager();
    const ignoring = async (): Promise<number> => {
      const reply = manager.get(request(`https://localhost:${server.port}/`));
      reply.ignoreSslErrors();
      return (await over(reply)).error();
    };
    expect(await ignoring()).toBe(NetworkError.NoError);
    manager.setStrictTransportSecurityEnabled(true);
    const { QHstsPolicy } = await import('../../../src/index.ts');
    manager.addStrictTransportSecurityHosts([new QHstsPolicy(new Date(Date.now() + 1e9), 0 as never, 'localhost')]);
    expect(await ignoring()).toBe(NetworkError.SslHandshakeFailedError);
  });
});

describe('a slot of sslErrors', () => {
  it('may abort, and nothing is sent', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    const told = listen(manager, reply);
    reply.sslErrors.connect(() => {
      reply.ignoreSslErrors();
      reply.abort();
    });
    await over(reply);
    expect(reply.error()).toBe(NetworkError.OperationCanceledError);
    expect(told.at(-1)).toBe('finished');
    await server.whenIdle();
    expect(server.connections).toEqual([]);
    expect(manager.connectionCount()).toBe(0);
  });

  it('may destroy the reply, or the manager', async () => {
    await using server = await serving('selfsigned');
    for (const what of ['reply', 'manager'] as const) {
      const manager = new QNetworkAccessManager();
      const reply = manager.get(request(server.url()));
      const gone = new Promise((resolve) => reply.destroyed.once(resolve));
      manager.sslErrors.connect((one) => {
        one.ignoreSslErrors();
        (what === 'reply' ? one : manager)._destroy();
      });
      await within(gone, 'the end of the reply');
      await server.whenIdle();
      await manager.close();
    }
    expect(server.connections).toEqual([]);
  });

  it('sees the certificate and not yet what is spoken', async () => {
    await using server = await serving('selfsigned', [], { ALPNProtocols: ['http/1.1'] });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    const seen: unknown[] = [];
    const look = (): void => {
      const tls = reply.sslConfiguration();
      seen.push([tls.peerCertificate().subjectDisplayName(), tls.sessionProtocol(), tls.nextNegotiatedProtocol().toString()]);
    };
    reply.sslErrors.connect(look);
    await over(reply);
    look();
    expect(seen).toEqual([
      ['selfsigned.test', QSsl.TlsV1_3, ''],
      ['selfsigned.test', QSsl.UnknownProtocol, ''],
    ]);
  });
});

describe('a connection that was accepted in spite of errors', () => {
  it('is not for who does not accept them', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    const first = manager.get(request(server.url('/1')));
    first.ignoreSslErrors();
    await over(first);
    const careful = manager.get(request(server.url('/2')));
    await over(careful);
    expect(careful.error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(server.requests.map((one) => one.target)).toEqual(['/1']);
  });

  it('is used again, without a word, by who has said so before', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    for (const path of ['/1', '/2', '/3']) {
      const reply = manager.get(request(server.url(path)));
      const told = listen(manager, reply);
      reply.ignoreSslErrors(
        path === '/3' ? [new QSslError(QSslError.SelfSignedCertificate, certificate('selfsigned'))] : undefined,
      );
      await over(reply);
      expect(reply.error()).toBe(NetworkError.NoError);
      if (path !== '/1') expect(told).toEqual(['requestSent', 'finished']);
      expect(reply.sslConfiguration().peerCertificate().subjectDisplayName()).toBe('selfsigned.test');
    }
    expect(server.connections.map(({ requests }) => requests)).toEqual([3]);
  });

  it('is used again by who accepts them when asked', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    manager.sslErrors.connect((reply) => reply.ignoreSslErrors());
    const told: string[][] = [];
    for (const path of ['/1', '/2']) {
      const reply = manager.get(request(server.url(path)));
      told.push(listen(manager, reply));
      await over(reply);
    }
    expect(told[1]!.map((one) => one.split(' ')[0])).toEqual(['M.sslErrors', 'sslErrors', 'requestSent', 'finished']);
    expect(server.connections.map(({ requests }) => requests)).toEqual([2]);
  });

  it('is asked about once by who declines: the new one has the same certificate', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    const first = manager.get(request(server.url('/1')));
    first.ignoreSslErrors();
    await over(first);
    const careful = manager.get(request(server.url('/2')));
    const told = listen(manager, careful);
    await over(careful);
    expect(told.map((one) => one.split(' ')[0])).toEqual(['M.sslErrors', 'sslErrors', 'finished']);
    expect(server.accepted).toBe(2);
    expect(server.connections.map(({ requests }) => requests)).toEqual([1]);
  });
});

describe('the verify mode', () => {
  const mode = (of: QSslSocket.PeerVerifyMode): QSslConfiguration => {
    const configuration = trusting();
    configuration.setPeerVerifyMode(of);
    return configuration;
  };

  it('QueryPeer tells and goes on, VerifyNone says nothing', async () => {
    await using server = await serving('expiredwrong');
    await using manager = new QNetworkAccessManager();
    const asked = manager.get(request(server.url(), mode(QSslSocket.QueryPeer)));
    const told = listen(manager, asked);
    await over(asked);
    expect(asked.error()).toBe(NetworkError.NoError);
    expect(told.map((one) => one.split(' ')[0])).toEqual([
      'M.sslErrors',
      'sslErrors',
      'M.encrypted',
      'encrypted',
      'requestSent',
      'finished',
    ]);
    const blind = manager.get(request(server.url(), mode(QSslSocket.VerifyNone)));
    const silence = listen(manager, blind);
    await over(blind);
    expect(silence).toEqual(['M.encrypted', 'encrypted', 'requestSent', 'finished']);
    expect(blind.sslConfiguration().peerCertificate().subjectDisplayName()).toBe('elsewhere.example');
  });

  it('is not shared: who verifies never uses the connection of who does not', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    expect((await over(manager.get(request(server.url(), mode(QSslSocket.VerifyNone))))).error()).toBe(NetworkError.NoError);
    for (const of of [QSslSocket.VerifyPeer, QSslSocket.AutoVerifyPeer])
      expect((await over(manager.get(request(server.url(), mode(of))))).error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(server.connections.map(({ requests }) => requests)).toEqual([1]);
  });
});

describe('trust in the name', () => {
  it('is not carried over by a session that began while the name was ignored', async () => {
    await using server = await serving('wronghost', [], { maxVersion: 'TLSv1.2' });
    await using manager = new QNetworkAccessManager();
    const first = manager.get(request(server.url('/1')), { headers: { Connection: 'close' } });
    first.ignoreSslErrors();
    expect((await over(first)).error()).toBe(NetworkError.NoError);
    await server.whenIdle();
    const second = manager.get(request(server.url('/2')));
    const told = listen(manager, second);
    await over(second);
    expect(told[0]).toBe('M.sslErrors HostNameMismatch of elsewhere.example');
    expect(second.error()).toBe(NetworkError.SslHandshakeFailedError);
  });

  it('is not switched off by the environment', async () => {
    await using server = await serving('selfsigned');
    await using manager = new QNetworkAccessManager();
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect((await over(manager.get(request(server.url())))).error()).toBe(NetworkError.SslHandshakeFailedError);
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });
});

it('errors are told with their certificates', async () => {
  await using server = await serving('untrusted', ['otherca']);
  await using manager = new QNetworkAccessManager();
  const reply = manager.get(request(server.url()));
  const errors: QSslError[] = [];
  reply.sslErrors.connect((all) => void errors.push(...all));
  await over(reply);
  expect(shown(errors)).toEqual(['SelfSignedCertificateInChain of qnetwork unknown CA']);
  expect(errors[0]!.certificate().equals(certificate('otherca'))).toBe(true);
});
