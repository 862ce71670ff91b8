import { systemClock } from '../base/clock.ts';
import type { Ask } from '../contract/ask.ts';
import type { CacheKeeper } from '../contract/cache.ts';
import type { Clock } from '../contract/clock.ts';
import type { CookieKeeper } from '../contract/cookie.ts';
import type { NetLogEvent } from '../contract/netlog.ts';
import type { Sink } from '../contract/sink.ts';
import type { Transport } from '../contract/transport.ts';
import { AlternativeServices } from '../stages/alt-svc.ts';
import { Authentication, type AuthenticationOptions } from '../stages/auth/auth.ts';
import { HttpCache } from '../stages/cache/cache.ts';
import { cookies } from '../stages/cookies.ts';
import { deadline } from '../stages/deadline.ts';
import { decode } from '../stages/decode.ts';
import { expectation } from '../stages/expectation.ts';
import { gate } from '../stages/gate.ts';
import { StrictTransport } from '../stages/hsts.ts';
import { Proxies } from '../stages/proxy.ts';
import { redirect } from '../stages/redirect.ts';
import { retry } from '../stages/retry.ts';
import { KnownAlternatives } from '../stores/alt-svc.ts';
import { MemoryKeyring } from '../stores/credentials/keyring.ts';
import { KnownHosts } from '../stores/hsts/known-hosts.ts';
import { DataTransport } from '../transports/data/data.ts';
import { FileTransport } from '../transports/file/file.ts';
import { HttpTransport } from '../transports/http/http.ts';
import { QrcTransport } from '../transports/qrc/qrc.ts';
import { Issuers } from '../wire/dial/issuers.ts';
import type { Network } from '../wire/dial/network.ts';
import { nodeNetwork } from '../wire/dial/node-network.ts';
import { Resolver } from '../wire/dial/resolver.ts';
import { Sessions } from '../wire/dial/sessions.ts';
import { Pool } from '../wire/pool/pool.ts';
import { Background } from './background.ts';
import { Conductor } from './conductor.ts';
import { NetLogHub } from './netlog.ts';
import type { Transfer } from './transfer.ts';

export interface EngineSeams {
  readonly clock?: Clock;
  readonly network?: Network;
  /** Without one there are no cookies. */
  readonly cookies?: CookieKeeper;
  /** Without one nothing is stored. */
  readonly cache?: CacheKeeper;
  /** Who knows who we are, before the sink is asked. */
  readonly authentication?: Omit<AuthenticationOptions, 'clock' | 'keyring'>;
}

/** Everything one manager runs on, put together; the only file that knows all parts. */
export class Engine {
  readonly clock: Clock;
  readonly netlog = new NetLogHub();
  /** Off until it is enabled. */
  readonly hsts: StrictTransport;
  readonly alternatives: AlternativeServices;
  readonly cache: HttpCache;
  readonly authentication: Authentication;
  private readonly proxies: Proxies;
  private readonly resolver: Resolver;
  private readonly sessions: Sessions;
  private readonly issuers: Issuers;
  private readonly pool: Pool;
  private readonly conductor: Conductor;
  private readonly background: Background;

  constructor(seams: EngineSeams = {}) {
    this.clock = seams.clock ?? systemClock;
    this.hsts = new StrictTransport(new KnownHosts(this.clock), this.clock);
    this.alternatives = new AlternativeServices(new KnownAlternatives(this.clock), this.clock);
    const network = seams.network ?? nodeNetwork;
    this.resolver = new Resolver(network, this.clock);
    this.sessions = new Sessions(this.clock);
    this.issuers = new Issuers({ network, resolver: this.resolver, clock: this.clock });
    this.authentication = new Authentication({
      ...seams.authentication,
      clock: this.clock,
      keyring: new MemoryKeyring(),
    });
    const { resolver, clock, sessions, issuers, authentication } = this;
    this.pool = new Pool({ network, resolver, clock, sessions, issuers, authority: authentication });
    const http = new HttpTransport(this.pool, this.clock, (hop, text, origin) => this.alternatives.advised(hop, text, origin));
    const transports = new Map<string, Transport>([
      ['file', new FileTransport()],
      ['qrc', new QrcTransport()],
      ['http', http],
      ['https', http],
      ['data', new DataTransport()],
    ]);
    const { hsts, alternatives } = this;
    const redirects = redirect((url) => hsts.secured(url));
    const jar = seams.cookies === undefined ? [] : [cookies(seams.cookies)];
    this.cache = new HttpCache({
      keeper: seams.cache ?? { store: null },
      clock: this.clock,
      refresh: (name, ask) => this.background.start(name, ask),
    });
    const { lookup, renewal } = this.cache;
    this.proxies = new Proxies(this.clock);
    const known = new Set(transports.keys());
    const stages = [
      ...[gate(known), deadline, renewal, redirects, hsts, alternatives, retry, authentication.origin],
      ...[...jar, decode(), lookup, this.proxies, authentication.proxy, expectation],
    ];
    this.conductor = new Conductor({ clock: this.clock, netlog: this.netlog, stages, transports });
    this.background = new Background(this.conductor);
  }

  /** A transfer that rests until it is started. */
  create(ask: Ask, sink: Sink): Transfer {
    return this.conductor.create(ask, sink);
  }

  /** Starts it together with all others of this turn. */
  schedule(transfer: Transfer): void {
    this.conductor.schedule(transfer);
  }

  /** Starts it inside the call; for schemes that answer at once. */
  start(transfer: Transfer): void {
    this.conductor.start(transfer);
  }

  listen(listener: (event: NetLogEvent) => void): () => void {
    return this.netlog.listen(listener);
  }

  /** Connections that stand now. */
  get connections(): number {
    return this.pool.standing;
  }

  /** Closes all connections and forgets TLS sessions; what is on them or waits for one fails as canceled. */
  clearConnections(): void {
    this.background.cancel();
    this.sessions.clear();
    this.pool.clear();
  }

  /** Closes idle connections and forgets names, TLS sessions, alternatives and credentials; what runs goes on. */
  clearCaches(): void {
    this.sessions.clear();
    this.pool.closeIdle();
    this.resolver.clear();
    this.issuers.clear();
    this.alternatives.clear();
    this.proxies.clear();
    this.authentication.clear();
  }
}

export { type ResourceSource, registerResource, unregisterResource } from '../transports/qrc/resources.ts';
export { blacklistDoubts } from '../wire/dial/blacklisted.ts';
export { nodeNetwork } from '../wire/dial/node-network.ts';
export {
  cipherNames,
  contextProblem,
  defaultCiphers,
  machineAuthorities,
  nodeSystemAuthorities,
} from '../wire/dial/tls-facts.ts';
export { factsOf, nameFits } from '../wire/dial/verdict.ts';
export { Unattended } from './unattended.ts';
export type { Transfer };
