import { type Attempt, type Failure, failure } from '../../contract/failure.ts';
import type { Hop } from '../../contract/hop.ts';
import type { SecureInfo, SharedKey } from '../../contract/security.ts';
import type { ByteStream } from '../../contract/stream.ts';
import { refuses } from '../../rules/certificate-doubts.ts';
import { socketPathProblem } from '../../rules/local-socket.ts';
import type { Route } from '../route.ts';
import type { Issuers } from './issuers.ts';
import { reachableFrom, unreachableFrom } from './local-addresses.ts';
import type { Address, ConnectOptions, SecureOptions, Step } from './network.ts';
import { Race } from './race.ts';
import { SocketCall } from './socket-call.ts';
import { distrustFailure } from './socket-failure.ts';
import { unreachedFailure } from './tunnel/proxy-failure.ts';
import { ProxyWay, type WayTools } from './tunnel/way.ts';

export interface DialEvents {
  resolving(): void;
  /** The first attempt to connect starts. */
  connecting(addresses: readonly { readonly address: string }[]): void;
  attempt(attempt: Attempt): void;
  /** The first proxy is connected to. */
  proxying(): void;
  securing(): void;
  /** Whether somebody would answer `sharedKey`. */
  sharesKeys(): boolean;
  sharedKey(hint: string): SharedKey | null;
  /** Asked when there are doubts about the peer; true = it is used all the same. */
  distrusted(info: SecureInfo): boolean;
  /** On whose behalf a proxy is spoken to; null = nobody's any more. */
  asker(): Hop | null;
  done(stream: ByteStream): void;
  failed(problem: Failure): void;
}

/** What dialling needs of the world. */
export interface DialTools extends WayTools {
  readonly issuers: Issuers;
}

/** Certificates that are fetched for one connection: a server that forgets more is beyond help. */
const MOST_FETCHES = 2;

/** Opens one connection along a route: resolve → tcp → proxies → tls, or straight to a local socket. Each step turns a lower stream into a higher one. */
export class Dial {
  private readonly route: Route;
  private readonly protocols: readonly string[];
  private readonly tools: DialTools;
  private readonly events: DialEvents;
  private step: Step | null = null;
  /** null = the route leads directly. */
  private readonly way: ProxyWay | null;
  private addresses: readonly Address[] = [];
  private fetches = 0;
  private over = false;

  /** `protocols` are offered by ALPN. */
  constructor(route: Route, protocols: readonly string[], tools: DialTools, events: DialEvents) {
    this.route = route;
    this.protocols = protocols;
    this.tools = tools;
    this.events = events;
    const { proxy } = route;
    this.way =
      proxy === null
        ? null
        : new ProxyWay(route, proxy, tools, () => events.asker(), {
            opened: (stream) => this.arrived(stream),
            again: () => this.race(this.addresses),
            failed: (problem) => this.fail(problem),
          });
  }

  start(): void {
    if (this.route.socket !== '') return this.call(this.route.socket);
    this.events.resolving();
    if (this.over) return;
    if (this.route.host === '') {
      this.fail(failure('not-found', 'resolve', 'the URL names no host'));
      return;
    }
    const takeBack = this.tools.resolver.resolve(this.place.host, (problem, addresses) => {
      this.step = null;
      if (this.over) return;
      if (problem !== null) this.fail(this.unreached(problem));
      else this.connect(addresses);
    });
    if (this.step === null && !this.over) this.step = { cancel: takeBack };
  }

  /** Gives up; no event comes any more. */
  cancel(): void {
    if (this.over) return;
    this.over = true;
    this.step?.cancel();
  }

  /** To a socket of this machine. */
  private call(path: string): void {
    const problem = socketPathProblem(path, process.platform);
    if (problem !== '') return this.fail(failure('not-found', 'connect', problem));
    this.events.connecting([{ address: path }]);
    if (this.over) return;
    this.step = new SocketCall(this.tools.network, this.tools.clock, path, {
      attempt: (attempt) => this.events.attempt(attempt),
      won: (stream) => {
        if (this.over) stream.destroy();
        else this.succeed(stream);
      },
      lost: (failed) => {
        if (!this.over) this.fail(failed);
      },
    });
  }

  private connect(addresses: readonly Address[]): void {
    this.events.connecting(addresses);
    if (this.over) return;
    const { local } = this.route;
    this.addresses = reachableFrom(local, addresses);
    if (this.addresses.length > 0) this.race(this.addresses);
    else this.fail(this.unreached(unreachableFrom(local!, this.place.host, addresses)));
  }

  private race(addresses: readonly Address[]): void {
    const { tools, way } = this;
    const options = way === null ? this.options : way.options;
    this.step = new Race(tools.network, tools.clock, addresses, options, {
      attempt: (attempt) => this.events.attempt(attempt),
      won: (stream) => {
        this.step = way;
        if (this.over) stream.destroy();
        else if (way !== null) this.pass(way, stream);
        else if (options.secure !== null) this.secure(stream, options.secure);
        else this.succeed(stream);
      },
      lost: (problem) => {
        tools.resolver.forget(this.place.host);
        this.fail(this.unreached(problem));
      },
    });
  }

  private pass(way: ProxyWay, stream: ByteStream): void {
    this.events.proxying();
    if (this.over) stream.destroy();
    else way.go(stream);
  }

  /** What is connected to. */
  private get place(): { readonly host: string } {
    return this.way === null ? this.route : this.way.first;
  }

  private get options(): ConnectOptions {
    const { port, probes, local, secure } = this.route;
    return { port, probes, local, secure: secure ? this.secureOptions() : null };
  }

  private unreached(problem: Failure): Failure {
    return this.way === null ? problem : unreachedFailure(problem, this.way.first);
  }

  /** The proxies have opened their way. */
  private arrived(stream: ByteStream): void {
    this.step = null;
    if (this.route.secure) this.secure(stream, this.secureOptions());
    else this.succeed(stream);
  }

  private secureOptions(): SecureOptions {
    const { key: route, peerName } = this.route;
    const wish = this.tools.issuers.helped(this.route);
    const sharedKey = this.events.sharesKeys() ? (hint: string) => (this.over ? null : this.events.sharedKey(hint)) : null;
    return { route, sessions: this.tools.sessions, peerName, alpn: this.protocols, wish, sharedKey };
  }

  private secure(lower: ByteStream, options: SecureOptions): void {
    this.events.securing();
    if (this.over) {
      lower.destroy();
      return;
    }
    this.step = this.tools.network.secure(lower, options, (problem, stream) => {
      if (this.over) return stream?.destroy();
      if (problem !== null) this.fail(problem);
      else this.judge(stream!);
    });
  }

  /** Whether the stream may be used, whatever there is against the peer. */
  private judge(stream: ByteStream): void {
    const info = stream.secure!;
    if (info.doubts.length === 0) return this.succeed(stream);
    if (this.helps(stream, info)) return;
    const { tls: wish, peerName } = this.route;
    const fatal = wish?.certificateNeeded === true && info.chain.length === 0;
    const accepted = !fatal && this.events.distrusted(info);
    if (this.over || (!accepted && refuses(wish, info.doubts))) {
      stream.destroy();
      if (!this.over) this.fail(distrustFailure(info, peerName));
    } else this.succeed(stream);
  }

  /** The server has forgotten a certificate that can be fetched: with that the dial begins once more. */
  private helps(stream: ByteStream, info: SecureInfo): boolean {
    const { route, tools } = this;
    // fetched directly it would get round the proxy, or leave by another way
    if (route.proxy !== null || route.local !== null) return false;
    if (route.tls?.fetchIntermediates !== true || this.fetches === MOST_FETCHES) return false;
    const step = tools.issuers.fetch(route, info, stream.remoteAddress, (found) => {
      if (!found) return this.judge(stream);
      stream.destroy();
      this.race(this.addresses);
    });
    if (step === null) return false;
    this.fetches++;
    this.step = {
      cancel() {
        step.cancel();
        stream.destroy();
      },
    };
    return true;
  }

  private succeed(stream: ByteStream): void {
    this.over = true;
    this.events.done(stream);
  }

  private fail(problem: Failure): void {
    this.over = true;
    this.events.failed(problem);
  }
}
