import { Url } from '../../base/url.ts';
import type { Alternative } from '../../contract/alt-svc.ts';
import { type Ask, DEFAULT_WISHES, NO_TIMEOUTS, type Timeouts, type Wishes } from '../../contract/ask.ts';
import type { Body } from '../../contract/body.ts';
import type { Door, World } from '../../contract/door.ts';
import type { Failure } from '../../contract/failure.ts';
import type { NetLogEvent, NetLogOptions } from '../../contract/netlog.ts';
import { Engine, type EngineSeams, type Transfer } from '../../engine/assembly.ts';
import { Attribute, Operation } from '../access/access-enums.ts';
import type { QNetworkReply } from '../access/qnetworkreply.ts';
import { keptState, QNetworkRequest } from '../access/qnetworkrequest.ts';
import { movedTo, type RequestState } from '../access/request-state.ts';
import type { QIODevice } from '../core/qiodevice.ts';
import type { QObject } from '../core/qobject.ts';
import { defaultSecurity } from '../security/qsslconfiguration.ts';
import { planBody } from './bodies.ts';
import { CacheShelf } from './cache-shelf.ts';
import { aheadOf, announcedLength, compileAsk, connectionTo, type ManagerSettings, methodOf, plainWishes } from './compile.ts';
import { HstsDesk } from './hsts-desk.ts';
import { JarKeeper } from './jar-keeper.ts';
import { chooserFor } from './proxies.ts';
import type { ReplyOwner } from './reply-owner.ts';
import { RunningReplies } from './running-replies.ts';
import { keepStories, keepsStories } from './story-book.ts';
import { tlsWishOf } from './tls-wish.ts';
import { TransferReply } from './transfer-reply.ts';

/** Schemes whose answer is there when `get()` returns. */
const LOCAL = new Set(['data', 'file', 'qrc']);

/**
 * Nobody waits for a connection that is opened ahead, so nobody would give it up: without a limit one that a silent peer never finishes stays, and
 * while it is not known whether the host speaks HTTP/2 all others would wait for it.
 */
const AHEAD: Timeouts = Object.freeze({ ...NO_TIMEOUTS, total: 30_000 });

/** Where requests in Qt's words become transfers of the engine, and the replies that run are kept. */
export class Desk {
  private readonly owner: ReplyOwner;
  private seams: EngineSeams;
  private made: Engine | null = null;
  private world: World | null = null;
  private hstsDesk: HstsDesk | null = null;
  /** Strongly held while they run; a finished reply belongs to whoever has it. */
  readonly running = new RunningReplies();
  /** The manager's cookie jar. */
  readonly cookies: JarKeeper;
  /** What answers are stored in. */
  readonly cache: CacheShelf;

  constructor(owner: ReplyOwner & QObject, seams: EngineSeams) {
    this.owner = owner;
    this.cookies = new JarKeeper(owner);
    this.cache = new CacheShelf(owner);
    this.seams = { cookies: this.cookies, cache: this.cache, ...seams };
  }

  private get engine(): Engine {
    this.made ??= new Engine(this.seams);
    return this.made;
  }

  /** The engine will run on another network and clock than those of this machine. */
  moveTo(world: World): void {
    if (this.made !== null)
      throw new Error(
        'This QNetworkAccessManager has been used already: put it on another network before its first request and before HSTS, ' +
          'recording or tracing is switched on.',
      );
    this.world = world;
    this.seams = { ...this.seams, ...world };
    this.cookies.runOn(world.clock);
  }

  /** Strict transport security of the manager. */
  get hsts(): HstsDesk {
    this.hstsDesk ??= new HstsDesk(this.engine);
    return this.hstsDesk;
  }

  /** One request goes out for all who want the same. */
  get collapsing(): boolean {
    return this.engine.cache.collapsing;
  }

  set collapsing(enabled: boolean) {
    this.engine.cache.collapsing = enabled;
  }

  /** When everything that outlives the manager is where it belongs. */
  async flush(): Promise<void> {
    await this.hstsDesk?.flush();
    await this.cookies.flush();
  }

  /** The base implementation of createRequest. */
  open(operation: Operation, request: QNetworkRequest, device: QIODevice | null, manager: ManagerSettings): QNetworkReply {
    const state = this.secured(keptState(request));
    const method = methodOf(operation, state);
    const reply = new TransferReply(this.engine, this.owner, operation, state, state.url);
    if (device === null) {
      const asked = compileAsk(operation, method, state, null, manager);
      const ask = state.url.scheme.startsWith('preconnect-') ? aheadOf(asked) : asked;
      if (answersAtOnce(ask)) reply.beginNow(ask);
      else reply.begin(ask);
    } else this.openWithBody(reply, operation, method, state, device, manager);
    this.running.add(reply);
    return reply;
  }

  /** The request as it will be made where strict transport security has a word in it; url() and request() show it from the start. */
  private secured(state: RequestState): RequestState {
    const { hsts } = this.engine;
    if (!hsts.enabled) return state;
    const url = hsts.secured(state.url);
    return url === state.url ? state : movedTo(state, url);
  }

  private openWithBody(
    reply: TransferReply,
    operation: Operation,
    method: string,
    state: RequestState,
    device: QIODevice,
    manager: ManagerSettings,
  ): void {
    const start = (body: Body | null): void => reply.begin(compileAsk(operation, method, state, body, manager));
    const buffered = state.attributes?.get(Attribute.DoNotBufferUploadDataAttribute) !== true;
    const plan = planBody(device, announcedLength(state), buffered);
    if ('collect' in plan) reply.waitForBody(plan.collect(start), collectLimit(state, manager.transferTimeout));
    else start(plan.body);
  }

  /** Opens a connection ahead; its hidden reply makes the manager's `finished` come, as in Qt. `request` says how TLS is spoken. */
  preconnect(
    scheme: 'http' | 'https',
    host: string,
    port: number,
    { trust, proxies, access = null }: ManagerSettings,
    request = new QNetworkRequest(),
  ): void {
    const url = Url.from({ scheme, host: typeof host === 'string' ? host : '', port, path: '/' });
    if (!url.valid || url.host === '') {
      const shown = typeof host === 'string' ? `'${host.replace(/^.*@/s, '…@')}'` : String(host);
      const why = url.error === '' ? '' : `: ${url.error}`;
      const method = scheme === 'http' ? 'connectToHost' : 'connectToHostEncrypted';
      throw new TypeError(`QNetworkAccessManager.${method} expects the name or address of a host; got ${shown}${why}.`);
    }
    const state = keptState(request);
    const reply = new TransferReply(this.engine, this.owner, Operation.GetOperation, state, url);
    this.running.add(reply);
    const { peerVerifyName: peerName, ssl } = state.settings;
    const tls = tlsWishOf(ssl ?? defaultSecurity(), trust);
    reply.begin(connectionTo(url, { ...DEFAULT_WISHES, timeouts: AHEAD, peerName, tls, proxy: chooserFor(proxies), access }));
  }

  /** The engine for other faces; `settings` says what the manager is set to when it is asked. */
  door(settings: () => ManagerSettings): Door {
    const { engine } = this;
    return {
      create: (ask, sink) => engine.create(ask, sink),
      schedule: (transfer) => engine.schedule(transfer as Transfer),
      start: (transfer) => engine.start(transfer as Transfer),
      listen: (listener) => engine.listen(listener),
      record: (tap) => engine.record(tap),
      carryBy: (schemes, transport) => engine.carryBy(schemes, transport),
      pools: () => engine.pools(),
      world: this.world,
      wishes: rememberedWishes(settings),
    };
  }

  listen(listener: (event: NetLogEvent) => void, options?: NetLogOptions): () => void {
    return this.engine.listen(listener, options);
  }

  /** What happens to requests is kept for those who tell it later. */
  get stories(): boolean {
    return this.made !== null && keepsStories(this.made);
  }

  set stories(keep: boolean) {
    if (keep || this.made !== null) keepStories(this.engine, keep);
  }

  /** Where else the origin of a URL is served, as it says. */
  alternatives(url: Url, partition: string): readonly Alternative[] {
    return this.made?.alternatives.of(url.origin, partition) ?? [];
  }

  /** Requests run, also those of other faces, which have no replies here. */
  get busy(): boolean {
    return this.running.list().length > 0 || this.made?.busy === true;
  }

  get connections(): number {
    return this.made?.connections ?? 0;
  }

  clearConnections(): void {
    this.made?.clearConnections();
  }

  /** The addresses of a binding are ours no more. */
  leave(binding: string, problem: Failure): void {
    this.made?.leave(binding, problem);
  }

  clearCaches(): void {
    this.made?.clearCaches();
  }
}

/** A file that is read in the background is opened while the program goes on. */
function answersAtOnce({ method, url, wishes }: Ask): boolean {
  if (!LOCAL.has(url.scheme) || (method !== 'GET' && method !== 'HEAD')) return false;
  return url.scheme !== 'file' || !wishes.background;
}

/** The same object as long as nothing is set to something else. */
function rememberedWishes(settings: () => ManagerSettings): () => Wishes {
  let made: { settings: ManagerSettings; security: unknown; proxy: unknown; wishes: Wishes } | null = null;
  return () => {
    const now = settings();
    const security = defaultSecurity();
    const proxy = chooserFor(now.proxies);
    if (made === null || made.settings !== now || made.security !== security || made.proxy !== proxy)
      made = { settings: now, security, proxy, wishes: plainWishes(now) };
    return made.wishes;
  };
}

/** How long a device may take to be collected: no byte moves meanwhile. */
function collectLimit(state: RequestState, transferTimeout: number): number {
  const { transfer, total } = state.settings.timeouts;
  const limits = [transfer || transferTimeout, total].filter((limit) => limit > 0);
  return limits.length === 0 ? 0 : Math.min(...limits);
}
