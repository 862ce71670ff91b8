import type { TlsOptions } from 'node:tls';
import { Desk } from '../../src/api/bridge/desk.ts';
import type { QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import { until } from '../support/once.ts';
import { type Answer, type Route, type Served, serve } from '../support/server.ts';
import { type PeerName, peer, peerPem } from '../support/tls.ts';
import { SimulatedNetwork } from '../wire/dial/simulated-network.ts';
import type { MemberTests } from './types.ts';

export type Package = Parameters<MemberTests[string]>[0];

const HELLO: Answer = { headers: { 'X-A': '1', 'x-b': '2' }, body: 'hello' };

/** `/from` leads to `/to`. */
export const MOVED: Route = (request) =>
  request.target === '/from' ? { status: 302, headers: { Location: '/to' } } : { body: 'here' };

/** What a member is tried on: a manager, and an origin whose one route is for every request. */
export interface Scene {
  readonly manager: QNetworkAccessManager;
  readonly origin: Served;
}

/** Sets the scene for `act`, and clears up behind it. */
export async function scene(
  q: Package,
  act: (scene: Scene) => Promise<void>,
  route: Route = HELLO,
  manager: QNetworkAccessManager = new q.QNetworkAccessManager(),
): Promise<void> {
  await using origin = await serve({ routes: { '*': route } });
  await using _ = manager;
  await act({ manager, origin });
}

/** A GET, and what is to be said of its reply when it is over. */
export const got = (q: Package, look: (reply: QNetworkReply, scene: Scene) => void, route?: Route): Promise<void> =>
  scene(
    q,
    async (set) => {
      const reply = set.manager.get(set.origin.url('/page'));
      await over(reply);
      look(reply, set);
    },
    route,
  );

/** Waits for the end without a signal. */
export async function over(reply: QNetworkReply): Promise<void> {
  await until(() => reply.isFinished(), 'the end of the reply');
}

/** The arguments of every emission from now on. */
// biome-ignore lint/suspicious/noExplicitAny: signals of every kind
export function heard(signal: { connect(slot: (...args: any[]) => unknown): unknown }): unknown[][] {
  const all: unknown[][] = [];
  signal.connect((...args: unknown[]) => void all.push(args));
  return all;
}

/** The same over TLS, with a server of a kind; the request trusts the authority of the peers. */
export async function secureScene(
  q: Package,
  name: PeerName,
  act: (manager: QNetworkAccessManager, request: QNetworkRequest, origin: Served) => Promise<void>,
  options: TlsOptions = {},
): Promise<void> {
  await using origin = await serve({ tls: { ...peer(name), ...options }, routes: { '*': HELLO } });
  await using manager = new q.QNetworkAccessManager();
  const configuration = new q.QSslConfiguration();
  configuration.setCaCertificates([new q.QSslCertificate(peerPem('ca'))]);
  const request = new q.QNetworkRequest(origin.url('/page'));
  request.setSslConfiguration(configuration);
  await act(manager, request, origin);
}

/** What a server wants that knows a key. */
export const KEYED: TlsOptions = {
  ciphers: 'PSK',
  maxVersion: 'TLSv1.2',
  pskIdentityHint: 'hint',
  pskCallback: (_socket, identity) => (identity === 'me' ? Buffer.from('key') : null),
} as TlsOptions;

/** A manager whose connections are simulated, and secured at once. */
export function secureManager(q: Package): QNetworkAccessManager {
  const network = new SimulatedNetwork();
  network.willing = true;
  const { secure } = network;
  network.secure = (...args) => {
    const step = secure.apply(network, args);
    process.nextTick(() => network.secures.at(-1)!.succeeds());
    return step;
  };
  class Secure extends q.QNetworkAccessManager {
    readonly #desk = new Desk(this, { network });

    protected override createRequest(op: QNetworkAccessManager.Operation, request: QNetworkRequest): QNetworkReply {
      return this.#desk.open(op, request, null, { transferTimeout: 0, redirectPolicy: this.redirectPolicy() });
    }
  }
  return new Secure();
}
