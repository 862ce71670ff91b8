import { expect } from 'vitest';
import type { QNetworkReply, QSslConfiguration, QSslError } from '../../src/index.ts';
import { until } from '../support/once.ts';
import { peerPem } from '../support/tls.ts';
import { got, heard, KEYED, MOVED, over, type Package, scene, secureManager, secureScene } from './support.ts';
import type { MemberTests } from './types.ts';

const NOT_FOUND = { status: 404, body: 'gone' } as const;
const ENDLESS = { headers: { 'Content-Length': '100' }, body: 'the beginning', end: 'hang' } as const;
const CANCELED = 5;
const MISSING = 203;

export const qnetworkreply: MemberTests = {
  'QNetworkReply.constructor': (q) => {
    const parent = new q.QObject();
    expect(new q.QNetworkReply(parent).parent()).toBe(parent);
  },

  // ---- stopping and reading

  'QNetworkReply.abort': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        const reply = manager.get(origin.url());
        await until(() => reply.bytesAvailable() > 0, 'the first bytes');
        reply.abort();
        expect([reply.isFinished(), reply.error(), reply.isOpen()]).toEqual([true, CANCELED, false]);
        const own = new q.QNetworkReply();
        own.abort();
        expect([own.isFinished(), own.error()]).toEqual([true, CANCELED]);
      },
      ENDLESS,
    ),
  'QNetworkReply.close': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        const reply = manager.get(origin.url());
        reply.close();
        expect([reply.isOpen(), reply.isFinished(), reply.error()]).toEqual([false, true, CANCELED]);
        let closed = 0;
        class Own extends q.QNetworkReply {
          override close(): void {
            closed++;
            super.close();
          }
        }
        const own = new Own();
        own.open(q.QIODevice.ReadOnly);
        own.close();
        expect([own.isOpen(), closed]).toEqual([false, 1]);
      },
      ENDLESS,
    ),
  'QNetworkReply.isSequential': (q) => {
    const reply = new q.QNetworkReply();
    reply.open(q.QIODevice.ReadOnly);
    expect([reply.isSequential(), reply.seek(0)]).toEqual([true, false]);
    class Own extends q.QNetworkReply {
      override isSequential(): boolean {
        return false;
      }
    }
    const own = new Own();
    own.open(q.QIODevice.ReadOnly);
    expect([own.isSequential(), own.seek(0)]).toEqual([false, true]);
  },
  'QNetworkReply.readBufferSize': (q) => {
    const reply = new q.QNetworkReply();
    expect(reply.readBufferSize()).toBe(0);
    reply.setReadBufferSize(64);
    expect(reply.readBufferSize()).toBe(64);
  },
  'QNetworkReply.setReadBufferSize': (q) =>
    scene(q, async ({ manager, origin }) => {
      const reply = manager.get(origin.url());
      reply.setReadBufferSize(2);
      expect(reply.readBufferSize()).toBe(2);
      await until(() => reply.bytesAvailable() > 0, 'the first bytes');
      expect([reply.bytesAvailable(), reply.isFinished()]).toEqual([2, false]);
      reply.setReadBufferSize(0);
      await over(reply);
      expect(reply.bytesAvailable()).toBe(5);
      class Own extends q.QNetworkReply {
        override setReadBufferSize(size: number): void {
          super.setReadBufferSize(2 * size);
        }
      }
      const own: QNetworkReply = new Own();
      own.setReadBufferSize(4);
      expect(own.readBufferSize()).toBe(8);
    }),
  'QNetworkReply.writeData': (q) => {
    const reply = new q.QNetworkReply();
    reply.open(q.QIODevice.WriteOnly);
    expect(reply.write('abc')).toBe(-1);
    const written: string[] = [];
    class Own extends q.QNetworkReply {
      protected override writeData(data: Buffer): number {
        written.push(data.toString());
        return data.length;
      }
    }
    const own = new Own();
    own.open(q.QIODevice.WriteOnly);
    expect([own.write('abc'), ...written]).toEqual([3, 'abc']);
  },

  // ---- what was asked, and what came back

  'QNetworkReply.manager': (q) => got(q, (reply, { manager }) => expect(reply.manager()).toBe(manager)),
  'QNetworkReply.operation': (q) =>
    got(q, (reply) => expect(reply.operation()).toBe(q.QNetworkAccessManager.Operation.GetOperation)),
  'QNetworkReply.request': (q) =>
    scene(q, async ({ manager, origin }) => {
      const request = new q.QNetworkRequest(origin.url('/asked'));
      request.setRawHeader('X-Mine', '1');
      const reply = manager.get(request);
      request.setUrl('http://elsewhere.example/');
      expect(reply.request().url().path()).toBe('/asked');
      expect(reply.request().hasRawHeader('x-mine')).toBe(true);
    }),
  'QNetworkReply.url': (q) => got(q, (reply, { origin }) => expect(reply.url().toString()).toBe(origin.url('/page'))),
  'QNetworkReply.isFinished': async (q) => {
    await scene(q, async ({ manager, origin }) => {
      const reply = manager.get(origin.url());
      expect(reply.isFinished()).toBe(false);
      await until(() => !reply.isRunning(), 'the end');
      expect(reply.isFinished()).toBe(true);
    });
  },
  'QNetworkReply.isRunning': (q) =>
    scene(q, async ({ manager, origin }) => {
      const reply = manager.get(origin.url());
      expect(reply.isRunning()).toBe(true);
      await over(reply);
      expect(reply.isRunning()).toBe(false);
    }),
  'QNetworkReply.header': (q) =>
    got(q, (reply) => {
      expect(reply.header(q.QNetworkRequest.ContentLengthHeader)).toBe(5);
      expect(reply.header(q.QNetworkRequest.ETagHeader)).toBeNull();
    }),
  'QNetworkReply.hasRawHeader': (q) =>
    got(q, (reply) => expect([reply.hasRawHeader('x-a'), reply.hasRawHeader('x-c')]).toEqual([true, false])),
  'QNetworkReply.rawHeaderList': (q) =>
    got(q, (reply) => expect(reply.rawHeaderList().map(String)).toEqual(['X-A', 'x-b', 'Content-Length'])),
  'QNetworkReply.rawHeader': (q) =>
    got(q, (reply) => expect([reply.rawHeader('x-a'), reply.rawHeader('x-c')].map(String)).toEqual(['1', ''])),
  'QNetworkReply.rawHeaderPairs': (q) =>
    got(q, (reply) => expect(reply.rawHeaderPairs().slice(0, 2).map(String)).toEqual(['X-A,1', 'x-b,2'])),
  'QNetworkReply.headers': (q) => got(q, (reply) => expect(reply.headers().value('X-B')).toBe('2')),
  'QNetworkReply.attribute': (q) =>
    got(
      q,
      (reply) => {
        expect(reply.attribute(q.QNetworkRequest.HttpStatusCodeAttribute)).toBe(404);
        expect(reply.attribute(q.QNetworkRequest.User)).toBeNull();
      },
      NOT_FOUND,
    ),

  // ---- signals

  'QNetworkReply.error': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        const reply = manager.get(origin.url());
        const codes = heard(reply.error);
        expect(reply.error()).toBe(0);
        await over(reply);
        expect([reply.error(), ...codes]).toEqual([MISSING, [MISSING]]);
      },
      NOT_FOUND,
    ),
  'QNetworkReply.errorOccurred': (q) => emitted(q, (reply) => reply.errorOccurred, [[MISSING]], NOT_FOUND),
  'QNetworkReply.metaDataChanged': (q) => emitted(q, (reply) => reply.metaDataChanged, [[]]),
  'QNetworkReply.finished': (q) => emitted(q, (reply) => reply.finished, [[]]),
  'QNetworkReply.downloadProgress': (q) =>
    scene(q, async ({ manager, origin }) => {
      const reply = manager.get(origin.url());
      const progress = heard(reply.downloadProgress);
      await over(reply);
      expect(progress.at(-1)).toEqual([5, 5]);
    }),
  'QNetworkReply.uploadProgress': (q) =>
    scene(q, async ({ manager, origin }) => {
      const reply = manager.put(origin.url(), 'four');
      const progress = heard(reply.uploadProgress);
      await over(reply);
      expect([progress[0], progress.at(-1)]).toEqual([
        [4, 4],
        [0, 0],
      ]);
    }),
  'QNetworkReply.socketStartedConnecting': (q) => emitted(q, (reply) => reply.socketStartedConnecting, [[]]),
  'QNetworkReply.requestSent': (q) => emitted(q, (reply) => reply.requestSent, [[]]),
  'QNetworkReply.encrypted': async (q) => {
    await using manager = secureManager(q);
    const reply = manager.get('https://127.0.0.1/');
    const times = heard(reply.encrypted);
    const before: number[] = [];
    reply.requestSent.connect(() => void before.push(times.length));
    await until(() => before.length > 0, 'the request');
    expect(before).toEqual([1]);
  },
  'QNetworkReply.redirected': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        const reply = manager.get(origin.url('/from'));
        const urls = heard(reply.redirected);
        await over(reply);
        expect(urls.map(String)).toEqual([origin.url('/to')]);
      },
      MOVED,
    ),
  'QNetworkReply.redirectAllowed': (q) =>
    scene(
      q,
      async ({ manager, origin }) => {
        manager.setRedirectPolicy(q.QNetworkRequest.UserVerifiedRedirectPolicy);
        const called = manager.get(origin.url('/from'));
        called.redirected.connect(() => called.redirectAllowed());
        const emitted = manager.get(origin.url('/from'));
        emitted.redirected.connect(() => emitted.redirectAllowed.emit());
        await until(() => called.isFinished() && emitted.isFinished(), 'the end of both');
        expect([called, emitted].map((reply) => reply.readAll().toString())).toEqual(['here', 'here']);
      },
      MOVED,
    ),

  // ---- for subclasses

  'QNetworkReply.setOperation': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setOperation(q.QNetworkAccessManager.PutOperation);
      }
    }
    expect(new Own().operation()).toBe(3);
  },
  'QNetworkReply.setRequest': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setRequest(new q.QNetworkRequest('http://a.example/'));
      }
    }
    expect(new Own().request().url().host()).toBe('a.example');
  },
  'QNetworkReply.setError': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setError(MISSING, 'no such thing');
      }
    }
    expect([new Own().error(), new Own().errorString()]).toEqual([MISSING, 'no such thing']);
  },
  'QNetworkReply.setUrl': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setUrl('own://there/');
      }
    }
    expect(new Own().url().toString()).toBe('own://there/');
  },
  'QNetworkReply.setHeader': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setHeader(q.QNetworkRequest.ContentLengthHeader, 42);
      }
    }
    expect(new Own().rawHeader('Content-Length').toString()).toBe('42');
  },
  'QNetworkReply.setRawHeader': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setRawHeader('X-A', '1');
        this.setRawHeader('X-B', '2');
        this.setRawHeader('x-a', null);
      }
    }
    expect(new Own().rawHeaderPairs().map(String)).toEqual(['X-B,2']);
  },
  'QNetworkReply.setAttribute': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setAttribute(q.QNetworkRequest.HttpStatusCodeAttribute, 201);
      }
    }
    expect(new Own().attribute(q.QNetworkRequest.HttpStatusCodeAttribute)).toBe(201);
  },
  'QNetworkReply.setFinished': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setFinished(true);
      }
    }
    expect([new Own().isFinished(), new Own().isRunning()]).toEqual([true, false]);
  },
  'QNetworkReply.setHeaders': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setRawHeader('X-Old', '1');
        this.setHeaders({ 'X-New': '2' });
      }
    }
    expect(new Own().rawHeaderPairs().map(String)).toEqual(['X-New,2']);
  },
  'QNetworkReply.setWellKnownHeader': (q) => {
    class Own extends q.QNetworkReply {
      constructor() {
        super();
        this.setWellKnownHeader(q.QHttpHeaders.WellKnownHeader.ContentType, 'text/css');
      }
    }
    expect(new Own().header(q.QNetworkRequest.ContentTypeHeader)).toBe('text/css');
  },
  // ---- TLS

  'QNetworkReply.sslErrors': (q) =>
    secureScene(q, 'selfsigned', async (manager, request) => {
      const reply = manager.get(request);
      const all = heard(reply.sslErrors);
      await over(reply);
      expect(all).toHaveLength(1);
      expect(all[0]![0]).toMatchObject([expect.any(q.QSslError)]);
    }),
  'QNetworkReply.ignoreSslErrors': (q) =>
    secureScene(q, 'selfsigned', async (manager, request) => {
      const reply = manager.get(request);
      reply.ignoreSslErrors();
      await over(reply);
      expect(reply.error()).toBe(0);
    }),
  'QNetworkReply.ignoreSslErrorsImplementation': async (q) => {
    await secureScene(q, 'selfsigned', async (manager, request) => {
      const reply = manager.get(request);
      reply.ignoreSslErrors([new q.QSslError(q.QSslError.SelfSignedCertificate, new q.QSslCertificate(peerPem('selfsigned')))]);
      await over(reply);
      expect(reply.error()).toBe(0);
    });
    const ignored: QSslError[][] = [];
    class Own extends q.QNetworkReply {
      protected override ignoreSslErrorsImplementation(errors: QSslError[]): void {
        ignored.push(errors);
      }
    }
    const error = new q.QSslError(q.QSslError.CertificateExpired);
    new Own().ignoreSslErrors([error]);
    expect(ignored).toEqual([[error]]);
  },
  'QNetworkReply.sslConfiguration': (q) =>
    secureScene(q, 'good', async (manager, request) => {
      const reply = manager.get(request);
      expect(reply.sslConfiguration().caCertificates()).toHaveLength(1);
      await over(reply);
      expect(reply.sslConfiguration().peerCertificate().subjectDisplayName()).toBe('good.test');
    }),
  'QNetworkReply.sslConfigurationImplementation': (q) => {
    class Own extends q.QNetworkReply {
      protected override sslConfigurationImplementation(configuration: QSslConfiguration): void {
        super.sslConfigurationImplementation(configuration);
        configuration.setPeerVerifyMode(q.QSslSocket.VerifyNone);
      }
    }
    const configuration = new q.QSslConfiguration();
    configuration.setPeerVerifyDepth(3);
    const reply = new Own();
    reply.setSslConfiguration(configuration);
    expect(reply.sslConfiguration().peerVerifyDepth()).toBe(3);
    expect(reply.sslConfiguration().peerVerifyMode()).toBe(q.QSslSocket.VerifyNone);
  },
  'QNetworkReply.setSslConfiguration': (q) => {
    class Own extends q.QNetworkReply {}
    const configuration = new q.QSslConfiguration();
    configuration.setPeerVerifyDepth(3);
    const reply = new Own();
    reply.setSslConfiguration(configuration);
    reply.setSslConfiguration(new q.QSslConfiguration());
    expect(reply.sslConfiguration().equals(configuration)).toBe(true);
  },
  'QNetworkReply.setSslConfigurationImplementation': (q) => {
    const set: QSslConfiguration[] = [];
    class Own extends q.QNetworkReply {
      protected override setSslConfigurationImplementation(configuration: QSslConfiguration): void {
        super.setSslConfigurationImplementation(configuration);
        set.push(configuration);
      }
    }
    const configuration = new q.QSslConfiguration();
    configuration.setPeerVerifyDepth(3);
    const reply = new Own();
    reply.setSslConfiguration(configuration);
    expect(set).toEqual([configuration]);
    expect(reply.sslConfiguration().peerVerifyDepth()).toBe(3);
  },
  'QNetworkReply.preSharedKeyAuthenticationRequired': (q) =>
    secureScene(
      q,
      'good',
      async (manager, request) => {
        const reply = manager.get(request);
        reply.preSharedKeyAuthenticationRequired.connect((asked) => {
          asked.setIdentity('me');
          asked.setPreSharedKey('key');
        });
        await over(reply);
        expect(reply.error()).toBe(0);
      },
      KEYED,
    ),
  'QNetworkReply.NetworkError': (q) => {
    const { NetworkError } = q.QNetworkReply;
    expect([NetworkError.ContentNotFoundError, NetworkError[MISSING]]).toEqual([MISSING, 'ContentNotFoundError']);
  },
};

/** A GET whose signal is emitted so. */
const emitted = (
  q: Package,
  which: (reply: QNetworkReply) => Parameters<typeof heard>[0],
  expected: readonly unknown[][],
  answer?: Parameters<typeof scene>[2],
): Promise<void> =>
  scene(
    q,
    async ({ manager, origin }) => {
      const reply = manager.get(origin.url());
      const all = heard(which(reply));
      await over(reply);
      expect(all).toEqual(expected);
    },
    answer,
  );
