import type { ConnectionView, RouteView } from '../../contract/pool-view.ts';
import type { SeenHop } from '../../contract/tap.ts';
import type { Connection } from '../connection.ts';
import type { Route } from '../route.ts';
import type { Ledger, Waiter } from './ledger.ts';

interface Waiting extends Waiter {
  readonly hop: SeenHop;
}

/** What the books of a route say, for those who look. */
export function viewOf<W extends Waiting>(route: Route, ledger: Ledger<Connection, W>): RouteView {
  const { host, port, secure, socket, proxy } = route;
  return {
    place: socket === '' ? `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}` : socket,
    via: proxy === null ? '' : `${proxy.scheme}://${proxy.host}:${proxy.port}`,
    limit: ledger.limit,
    dialing: ledger.dialing,
    connections: [...ledger.standing, ...ledger.leaving].map(connectionView),
    waiting: ledger.line().flatMap((waiter) => (waiter.preconnect ? [] : [waiter.hop])),
  };
}

function connectionView({ number, multiplexed, depth, served, stream }: Connection): ConnectionView {
  const { remoteAddress: address, remotePort: port, secure } = stream;
  return { number, multiplexed, address, port, tls: secure?.protocol ?? '', depth, served };
}
