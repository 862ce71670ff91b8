import { describe, expect, it } from 'vitest';
import { Desk } from '../../../src/api/bridge/desk.ts';
import {
  type ManagerOptions,
  NetworkError,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  QSslCertificate,
  QSslConfiguration,
} from '../../../src/index.ts';
import type { Network } from '../../../src/wire/dial/network.ts';
import { nodeNetwork } from '../../../src/wire/dial/node-network.ts';
import type { Answer } from '../../support/answer.ts';
import { ManualClock } from '../../support/clock.ts';
import { type Minted, mint } from '../../support/mint.ts';
import { within } from '../../support/once.ts';
import { type Route, type Served, serve } from '../../support/server.ts';
import { issuedAt, serving } from './minted.ts';
import { shown } from './support.ts';

const root = mint({ name: 'root', authority: true });

/** Where certificates are to be had, and a server that has forgotten that of its issuer. */
interface Scene extends AsyncDisposable {
  readonly place: Served;
  readonly server: Served;
}

async function scene(answer: (intermediate: Minted) => Route, url = (place: Served) => place.url('/ca.der')): Promise<Scene> {
  const intermediate = mint({ name: 'intermediate', by: root, authority: 0 });
  const place = await serve({ routes: { '/ca.der': answer(intermediate), '*': { status: 404 } } });
  const server = await serving(mint({ name: 'site', by: intermediate, extension: issuedAt(url(place)) }));
  return {
    place,
    server,
    async [Symbol.asyncDispose]() {
      await server.close();
      await place.close();
    },
  };
}

const given = ({ raw }: Minted): Answer => ({ body: raw, headers: { 'Content-Type': 'application/pkix-cert' } });

function request(server: Served): QNetworkRequest {
  const made = new QNetworkRequest(server.url());
  const configuration = new QSslConfiguration();
  configuration.setCaCertificates([new QSslCertificate(root.pem)]);
  made.setSslConfiguration(configuration);
  return made;
}

async function ask(manager: QNetworkAccessManager, server: Served): Promise<[error: string, told: string[]]> {
  const reply = manager.get(request(server));
  const told: string[] = [];
  reply.sslErrors.connect((errors) => void told.push(...shown(errors)));
  await within(reply.whenFinished(), 'the end');
  return [NetworkError[reply.error()]!, told];
}

const HELPFUL: ManagerOptions = { fetchIntermediates: true };
const SERVED = ['NoError', []];
const REFUSED = [
  'SslHandshakeFailedError',
  ['UnableToGetLocalIssuerCertificate of site', 'UnableToVerifyFirstCertificate of site'],
];

describe('a certificate that a server has forgotten', () => {
  it('is fetched from where its own says, once, and the request goes out after that', async () => {
    await using at = await scene(given);
    await using manager = new QNetworkAccessManager(HELPFUL);
    expect(await ask(manager, at.server)).toEqual(SERVED);
    expect(at.server.accepted).toBe(2);
    const [fetched] = at.place.requests;
    expect(fetched).toMatchObject({ method: 'GET', target: '/ca.der' });
    expect(fetched!.headers.map(([name]) => name).sort()).toEqual(['Accept', 'Host']);
    manager.clearConnectionCache();
    expect(await ask(manager, at.server)).toEqual(SERVED);
    expect([at.server.accepted, at.place.accepted, at.server.requests.length]).toEqual([3, 1, 2]);
  });

  it('is not fetched unless somebody wants it', async () => {
    await using at = await scene(given);
    await using manager = new QNetworkAccessManager({ trust: 'system' });
    expect(await ask(manager, at.server)).toEqual(REFUSED);
    expect([at.place.accepted, at.server.accepted]).toEqual([0, 1]);
  });

  it('may be two, and not three', async () => {
    for (const [missing, end] of [
      [2, 'NoError'],
      [3, 'SslHandshakeFailedError'],
    ] as const) {
      let issuer = root;
      const bodies: Buffer[] = [];
      await using place = await serve({ routes: { '*': ({ target }) => ({ body: bodies[Number(target.slice(1))]! }) } });
      for (let i = 0; i < missing; i++) {
        issuer = mint({ name: `level ${i}`, by: issuer, authority: true, extension: issuedAt(place.url(`/${i - 1}`)) });
        bodies.push(issuer.raw);
      }
      await using server = await serving(mint({ name: 'site', by: issuer, extension: issuedAt(place.url(`/${missing - 1}`)) }));
      await using manager = new QNetworkAccessManager(HELPFUL);
      expect((await ask(manager, server))[0]).toBe(end);
      expect([place.requests.length, server.accepted]).toEqual([2, 3]);
    }
  });

  const useless: [what: string, answer: (intermediate: Minted) => Route][] = [
    ['an error', () => ({ status: 404, body: mint({ name: 'x' }).raw })],
    ['a redirect', (one) => ({ ...given(one), status: 302, headers: { Location: '/other' } })],
    ['no certificate', () => ({ body: 'certificate' })],
    ['nothing', () => ({ body: '' })],
    ['another certificate', () => given(mint({ name: 'intermediate', by: root, authority: 0 }))],
    ['something long', (one) => ({ body: Buffer.concat([one.raw, Buffer.alloc(65_537)]) })],
    ['something long without a length', (one) => ({ body: Buffer.concat([one.raw, Buffer.alloc(65_537)]), framing: 'close' })],
    ['something in chunks', (one) => ({ ...given(one), framing: 'chunked' })],
    ['half of it', (one) => ({ ...given(one), truncate: 100, end: 'close' })],
    ['something coded', (one) => ({ ...given(one), headers: { 'Content-Encoding': 'x-certificate' } })],
  ];
  it.each(useless)('is no help when there is %s in its place, which is not asked again at once', async (_what, answer) => {
    await using at = await scene(answer);
    await using manager = new QNetworkAccessManager(HELPFUL);
    expect(await ask(manager, at.server)).toEqual(REFUSED);
    expect(await ask(manager, at.server)).toEqual(REFUSED);
    expect([at.place.requests.length, at.server.accepted, at.server.requests]).toEqual([1, 2, []]);
  });

  it('is never a new authority', async () => {
    // the same key once as an authority of its own
    const evil = mint({ name: 'evil', authority: true });
    await using place = await serve({ routes: { '*': given(evil) } });
    await using server = await serving(mint({ name: 'site', by: evil, extension: issuedAt(place.url('/')) }));
    await using manager = new QNetworkAccessManager(HELPFUL);
    expect(await ask(manager, server)).toEqual(REFUSED);
    // one below it, which may be a link and not an end
    const below = mint({ name: 'below evil', by: evil, authority: true });
    await using second = await serve({ routes: { '*': given(below) } });
    await using another = await serving(mint({ name: 'site', by: below, extension: issuedAt(second.url('/')) }));
    const [error, told] = await ask(manager, another);
    expect([error, told[0]]).toEqual(['SslHandshakeFailedError', 'UnableToGetLocalIssuerCertificate of below evil']);
    expect([place.requests.length, second.requests.length, another.requests.length]).toEqual([1, 1, 0]);
  });

  it('is not one that may not issue any', async () => {
    const plain = mint({ name: 'plain', by: root });
    await using place = await serve({ routes: { '*': given(plain) } });
    await using server = await serving(mint({ name: 'site', by: plain, extension: issuedAt(place.url('/')) }));
    await using manager = new QNetworkAccessManager(HELPFUL);
    expect(await ask(manager, server)).toEqual(REFUSED);
    expect([place.accepted, server.accepted]).toEqual([1, 1]);
  });

  it('does not matter when something else is wrong, too', async () => {
    await using place = await serve();
    const issuer = mint({ name: 'intermediate', by: root, authority: 0 });
    const extension = issuedAt(place.url('/'));
    await using wrong = await serving(mint({ name: 'site', by: issuer, for: ['DNS:other.test'], extension }));
    await using old = await serving(mint({ name: 'site', by: issuer, to: new Date(Date.now() - 1000), extension }));
    await using manager = new QNetworkAccessManager(HELPFUL);
    for (const server of [wrong, old]) expect((await ask(manager, server))[0]).toBe('SslHandshakeFailedError');
    expect(place.accepted).toBe(0);
  });

  it('is not waited for longer than two seconds', async () => {
    await using at = await scene(() => ({ fault: 'stall before head' }));
    const clock = new ManualClock();
    await using manager = new SeamManager(HELPFUL, { clock });
    const end = ask(manager, at.server);
    await at.place.whenRequests(1);
    clock.advance(1999);
    clock.advance(1);
    expect(await end).toEqual(REFUSED);
    await at.place.whenIdle();
  });

  it('is given up together with the request', async () => {
    await using at = await scene(() => ({ fault: 'stall before head' }));
    await using manager = new QNetworkAccessManager(HELPFUL);
    const reply = manager.get(request(at.server));
    await at.place.whenRequests(1);
    reply.abort();
    await at.place.whenIdle();
    manager.clearConnectionCache();
    await at.server.whenIdle();
    expect(manager.connectionCount()).toBe(0);
  });
});

describe('the place of a forgotten certificate', () => {
  const PUBLIC = '93.184.216.34';
  const NAMES: Readonly<Record<string, readonly string[]>> = {
    'issuer.test': [PUBLIC],
    'both.test': ['10.0.0.7', 'fe80::1', '::ffff:192.168.1.1', PUBLIC],
    'near.test': ['10.0.0.7', '169.254.169.254', '100.64.0.1', '::1', 'fd00::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'],
  };

  const rows: [place: string, origin: string, asked: string[]][] = [
    ['http://issuer.test/ca.der', PUBLIC, [`${PUBLIC} 80`]],
    [`http://${PUBLIC}/ca.der`, PUBLIC, [`${PUBLIC} 80`]],
    ['http://both.test/ca.der', PUBLIC, [`${PUBLIC} 80`]],
    ['http://near.test/ca.der', PUBLIC, []],
    ['http://127.0.0.1/ca.der', PUBLIC, []],
    ['http://[::1]/ca.der', PUBLIC, []],
    ['http://169.254.169.254/ca.der', PUBLIC, []],
    ['http://issuer.test:8080/ca.der', PUBLIC, []],
    ['http://user:secret@issuer.test/ca.der', PUBLIC, []],
    ['https://issuer.test/ca.der', PUBLIC, []],
    ['ldap://issuer.test/ca.der', PUBLIC, []],
    ['file:///ca.der', PUBLIC, []],
    // a connection that broke off has no address any more
    ['http://127.0.0.1/ca.der', '', []],
    ['http://issuer.test/ca.der', '10.0.0.1', [`${PUBLIC} 80`]],
    ['http://near.test:8080/ca.der', '10.0.0.1', ['10.0.0.7 8080']],
  ];
  it.each(rows)('%s is asked for a server at %s as it may be', async (place, origin, asked) => {
    await using at = await scene(given, () => place);
    const dialled: string[] = [];
    const network: Network = {
      ...nodeNetwork,
      lookup(host, done) {
        const addresses = NAMES[host]!.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }) as const);
        queueMicrotask(() => done(null, addresses));
      },
      connect(to, options, done) {
        const tls = options.port === at.server.port;
        if (!tls) dialled.push(`${to.address} ${options.port}`);
        const port = tls ? at.server.port : at.place.port;
        return nodeNetwork.connect({ address: '127.0.0.1', family: 4 }, { ...options, port }, done);
      },
      secure: (lower, options, done) =>
        nodeNetwork.secure(lower, options, (problem, stream) => {
          if (stream !== null) Object.defineProperty(stream, 'remoteAddress', { value: origin });
          done(problem, stream);
        }),
    };
    await using manager = new SeamManager(HELPFUL, { network });
    expect(await ask(manager, at.server)).toEqual(asked.length > 0 ? SERVED : REFUSED);
    expect(dialled).toEqual(asked);
  });
});

/** A manager over another network. */
class SeamManager extends QNetworkAccessManager {
  readonly #desk: Desk;

  constructor(options: ManagerOptions, seams: ConstructorParameters<typeof Desk>[1]) {
    super(options);
    this.#desk = new Desk(this, seams);
  }

  protected override createRequest(op: QNetworkAccessManager.Operation, request: QNetworkRequest): QNetworkReply {
    return this.#desk.open(op, request, null, { transferTimeout: 0, redirectPolicy: this.redirectPolicy(), trust: this._trust });
  }
}
