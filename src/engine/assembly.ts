import { systemClock } from '../base/clock.ts';
import type { Ask } from '../contract/ask.ts';
import type { CacheKeeper } from '../contract/cache.ts';
import type { Clock } from '../contract/clock.ts';
import type { CookieKeeper } from '../contract/cookie.ts';
import type { Failure } from '../contract/failure.ts';
import type { NetLogEvent, NetLogOptions } from '../contract/netlog.ts';
import type { RouteView } from '../contract/pool-view.ts';
import type { Sink } from '../contract/sink.ts';
import type { Tap } from '../contract/tap.ts';
import type { Transport } from '../contract/transport.ts';
import { access } from '../stages/access.ts';
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
import { resume } from '../stages/resume.ts';
import { retry } from '../stages/retry.ts';
import { KnownAlternatives } from '../stores/alt-svc.ts';
import { MemoryKeyring } from '../stores/credentials/keyring.ts';
import { KnownHosts } from '../stores/hsts/known-hosts.ts';
import { DataTransport } from '../transports/data/data.ts';
import { FileTransport } from '../transports/file/file.ts';
import type { FtpTransport } from '../transports/ftp/ftp.ts';
import { HttpTransport } from '../transports/http/http.ts';
import { LateTransport } from '../transports/late.ts';
import { QrcTransport } from '../transports/qrc/qrc.ts';
import { Issuers } from '../wire/dial/issuers.ts';
import type { Network } from '../wire/dial/network.ts';
import { nodeNetwork } from '../wire/dial/node-network.ts';
import { Resolver } from '../wire/dial/resolver.ts';
import { Sessions } from '../wire/dial/sessions.ts';
import { Pool } from '../wire/pool/pool.ts';
import { Background } from './background.ts';
import { Conductor } from './conductor.ts';
import { Diagnostics } from './diagnostics.ts';
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
  private readonly diagnostics = new Diagnostics(this.netlog);
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
  private readonly ftp: LateTransport<FtpTransport>;
  private readonly transports: Map<string, Transport>;
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
    const tools = { network, resolver, clock, sessions, issuers, authority: authentication };
    this.pool = new Pool(tools);
    const http = new HttpTransport(this.pool, this.clock, (hop, text, origin) => this.alternatives.advised(hop, text, origin));
    this.ftp = new LateTransport(async () => {
      const ftp = await import('../transports/ftp/ftp.ts');
      return new ftp.FtpTransport(tools, http, seams.authentication?.netrc ?? null);
    });
    this.transports = new Map<string, Transport>([
      ['ftp', this.ftp],
      ['ftpes', this.ftp],
      ['file', new FileTransport()],
      ['qrc', new QrcTransport()],
      ['http', http],
      ['https', http],
      ['unix+http', http],
      ['local+http', http],
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
    const { transports } = this;
    const known = new Set(transports.keys());
    const stages = [
      ...[gate(known), deadline, access, renewal, redirects, hsts, alternatives, retry, authentication.origin],
      ...[...jar, decode(), lookup, this.proxies, authentication.proxy, expectation, resume],
    ];
    this.conductor = new Conductor({ clock: this.clock, netlog: this.netlog, stages, transports });
    this.background = new Background(this.conductor);
  }

  /** A transfer that rests until it is started. */
  create(ask: Ask, sink: Sink): Transfer {
    this.diagnostics.look();
    const transfer = this.conductor.create(ask, sink);
    if (this.netlog.on) transfer.note(transfer.hop, 'made', madeDetail(ask));
    return transfer;
  }

  /** From now on hops of these schemes are carried by this transport; the function returned brings back who did it before. */
  carryBy(schemes: readonly string[], transport: Transport): () => void {
    const before = schemes.map((scheme) => [scheme, this.transports.get(scheme)] as const);
    for (const scheme of schemes) this.transports.set(scheme, transport);
    return () => {
      for (const [scheme, other] of before)
        if (other !== undefined && this.transports.get(scheme) === transport) this.transports.set(scheme, other);
    };
  }

  /** Starts it together with all others of this turn. */
  schedule(transfer: Transfer): void {
    this.conductor.schedule(transfer);
  }

  /** Starts it inside the call; for schemes that answer at once. */
  start(transfer: Transfer): void {
    this.conductor.start(transfer);
  }

  listen(listener: (event: NetLogEvent) => void, options?: NetLogOptions): () => void {
    return this.netlog.listen(listener, options);
  }

  /** Records what goes over the wire; the function returned ends it. */
  record(tap: Tap): () => void {
    return this.netlog.attach(tap);
  }

  /** The pool of connections as it is now. */
  pools(): readonly RouteView[] {
    return this.pool.views();
  }

  /** Some connection is in use, or about to be opened. */
  get busy(): boolean {
    return this.pool.busy;
  }

  /** Connections that stand now. */
  get connections(): number {
    return this.pool.standing + (this.ftp.loaded?.connections ?? 0);
  }

  /** Closes all connections and forgets TLS sessions; what is on them or waits for one fails as canceled. */
  clearConnections(): void {
    this.background.cancel();
    this.sessions.clear();
    this.pool.clear();
    this.ftp.loaded?.clear();
  }

  /**
   * The addresses of a binding are ours no more: what leaves from them closes at once, and what is under way or in line there fails so. Names
   * may mean something else elsewhere.
   */
  leave(binding: string, problem: Failure): void {
    this.resolver.clear();
    this.pool.leave(binding, problem);
    this.ftp.loaded?.leave(binding, problem);
  }

  /** Closes idle connections and forgets names, TLS sessions, alternatives and credentials; what runs goes on. */
  clearCaches(): void {
    this.sessions.clear();
    this.pool.closeIdle();
    this.ftp.loaded?.forget();
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
  isNodesNameCheck,
  machineAuthorities,
  nodeSystemAuthorities,
} from '../wire/dial/tls-facts.ts';
export { factsOf, nameFits } from '../wire/dial/verdict.ts';
export { Unattended } from './unattended.ts';
export type { Transfer };

function madeDetail({ method, url, wishes }: Ask): Readonly<Record<string, unknown>> {
  const detail = { method, url: url.hrefWithoutUserInfo };
  // it is no request: a connection is opened ahead
  return wishes.preconnect ? { ...detail, preconnect: true } : detail;
}
