import type { Authority } from '../../../contract/authority.ts';
import type { Clock } from '../../../contract/clock.ts';
import type { Failure } from '../../../contract/failure.ts';
import type { Hop } from '../../../contract/hop.ts';
import type { ProxyPeer } from '../../../contract/proxy.ts';
import type { TlsWish } from '../../../contract/security.ts';
import type { ByteStream } from '../../../contract/stream.ts';
import { refuses } from '../../../rules/certificate-doubts.ts';
import { connectTarget } from '../../../rules/http-connect.ts';
import type { Route } from '../../route.ts';
import type { ConnectOptions, Network, SecureOptions, Step } from '../network.ts';
import type { Resolver } from '../resolver.ts';
import type { Sessions } from '../sessions.ts';
import { distrustFailure } from '../socket-failure.ts';
import { HttpTunnel } from './connect.ts';
import { Patience } from './patience.ts';
import { silenceFailure, unreachedFailure } from './proxy-failure.ts';
import { SocksTunnel } from './socks.ts';
import type { Tunnel } from './tunnel.ts';

/** Answers to proxies that do not let us through, in the making of one connection. */
const MOST_ROUNDS = 20;
const HTTP1: readonly string[] = ['http/1.1'];

export interface WayTools {
  readonly network: Network;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly sessions: Sessions;
  /** Who answers proxies. */
  readonly authority: Authority;
}

export interface WayEvents {
  /** The stream leads to where the route ends: to the target, or to the proxy that takes requests for it. */
  opened(stream: ByteStream): void;
  /** Another connection to the first proxy is wanted. */
  again(): void;
  failed(problem: Failure): void;
}

/** The way through the proxies of a route: each is asked for a way to the next one, the last for one to the target. */
export class ProxyWay implements Step {
  /** The one that is connected to. */
  readonly first: ProxyPeer;
  private readonly chain: readonly ProxyPeer[];
  private readonly route: Route;
  private readonly tools: WayTools;
  private readonly asker: () => Hop | null;
  private readonly events: WayEvents;
  private readonly patience: Patience;
  private readonly tunnels: Tunnel[] = [];
  private rounds = 0;
  /** The proxy that is spoken to. */
  private at = 0;
  private step: Step | null = null;
  private tunnel: Tunnel | null = null;

  constructor(route: Route, proxy: ProxyPeer, tools: WayTools, asker: () => Hop | null, events: WayEvents) {
    this.route = route;
    this.tools = tools;
    this.asker = asker;
    this.events = events;
    this.chain = chainOf(proxy);
    this.first = this.chain[0]!;
    // who has set a limit for connecting is content with it
    const mine = (): boolean => !((asker()?.ask.wishes.timeouts.connect ?? 0) > 0);
    this.patience = new Patience(tools.clock, mine, (milliseconds) => this.late(milliseconds));
  }

  /** How the first proxy is connected to. */
  get options(): ConnectOptions {
    const { chain, first, route } = this;
    const { probes, local } = route;
    const layered = route.secure || chain.slice(1).some(({ scheme }) => scheme === 'https');
    const secure = first.scheme === 'https' ? this.secureOptions(first) : null;
    return { port: first.port, probes, local, secure, layered };
  }

  /** Goes from a connection to the first proxy. */
  go(stream: ByteStream): void {
    this.at = 0;
    this.patience.start();
    this.reach(stream);
  }

  cancel(): void {
    this.patience.stop();
    this.step?.cancel();
    this.step = null;
    this.tunnel?.cancel();
    this.tunnel = null;
  }

  private late(milliseconds: number): void {
    const proxy = this.chain[this.at]!;
    const explained = this.tunnel?.late() ?? null;
    this.cancel();
    this.events.failed(explained ?? silenceFailure(proxy, this.target, milliseconds));
  }

  /** The stream leads to the proxy of which it is the turn. */
  private reach(stream: ByteStream): void {
    const proxy = this.chain[this.at]!;
    if (proxy.scheme !== 'https') return this.ask(stream, null);
    this.step = this.tools.network.secure(stream, this.secureOptions(proxy), (problem, secured) => {
      this.step = null;
      if (problem !== null) this.fail(unreachedFailure(problem, proxy));
      else this.judge(secured!, proxy);
    });
  }

  /** Nobody is asked whether a proxy may be trusted: what it is told is for it alone. */
  private judge(stream: ByteStream, proxy: ProxyPeer): void {
    const info = stream.secure!;
    if (info.doubts.length > 0 && refuses(this.route.proxyTls, info.doubts)) {
      stream.destroy();
      return this.fail(unreachedFailure(distrustFailure(info, proxy.host), proxy));
    }
    // what is agreed on with a proxy says nothing about the target
    stream.handOver(null);
    this.ask(stream, info.chain[0] ?? null);
  }

  private ask(stream: ByteStream, certificate: Uint8Array | null): void {
    if (this.route.absolute && this.at === this.chain.length - 1) return this.done(stream);
    this.tunnels[this.at] ??= this.newTunnel();
    this.tunnel = this.tunnels[this.at]!;
    this.tunnel.open(stream, certificate);
  }

  private newTunnel(): Tunnel {
    const proxy = this.chain[this.at]!;
    const { host, port } = this.chain[this.at + 1] ?? this.route;
    const { authority, resolver } = this.tools;
    const events = {
      heard: () => this.patience.heard(),
      asking: () => {
        this.patience.stop();
        return ++this.rounds <= MOST_ROUNDS;
      },
      asked: () => this.patience.start(),
      opened: (stream: ByteStream) => {
        this.tunnel = null;
        if (++this.at < this.chain.length) this.reach(stream);
        else this.done(stream);
      },
      again: () => {
        this.tunnel = null;
        this.patience.stop();
        this.events.again();
      },
      failed: (problem: Failure) => this.fail(problem),
    };
    const task = { proxy, host, port, authority, resolver, asker: this.asker, events };
    return proxy.scheme === 'http' || proxy.scheme === 'https' ? new HttpTunnel(task) : new SocksTunnel(task);
  }

  private get target(): string {
    const { host, port } = this.chain[this.at + 1] ?? this.route;
    return connectTarget(host, port);
  }

  private done(stream: ByteStream): void {
    this.patience.stop();
    this.events.opened(stream);
  }

  private fail(problem: Failure): void {
    this.patience.stop();
    this.tunnel = null;
    this.events.failed(problem);
  }

  private secureOptions({ host, key }: ProxyPeer): SecureOptions {
    const { sessions } = this.tools;
    const wish = wishForProxy(this.route.proxyTls);
    return { route: `proxy ${key} ${wish?.key ?? ''}`, sessions, peerName: host, alpn: HTTP1, wish, sharedKey: null };
  }
}

/** The outermost first, that of the route last. */
function chainOf(proxy: ProxyPeer): ProxyPeer[] {
  const chain: ProxyPeer[] = [];
  for (let at: ProxyPeer | null = proxy; at !== null; at = at.through) chain.unshift(at);
  return chain;
}

/** TLS with a proxy is spoken as with the target, but that our identity and what was kept of the target are nothing for it. */
function wishForProxy(wish: TlsWish | null): TlsWish | null {
  if (wish === null) return null;
  const key = `${wish.key} proxy`;
  return {
    ...wish,
    key,
    identity: null,
    alpn: HTTP1,
    tellsSession: false,
    ticket: null,
    stapling: false,
    fetchIntermediates: false,
  };
}
