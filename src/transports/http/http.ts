import type { HeaderList } from '../../base/header-list.ts';
import { decodeAll } from '../../base/percent.ts';
import { splitUserInfo } from '../../base/url-authority.ts';
import type { Body } from '../../contract/body.ts';
import { ALONE, type Carriage, type Identity, type Kept, together } from '../../contract/carriage.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Attempt, Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import { type Hop, type HopFacts, NO_FACTS } from '../../contract/hop.ts';
import type { SecureInfo, SharedKey } from '../../contract/security.ts';
import type { ByteStream } from '../../contract/stream.ts';
import type { Transport } from '../../contract/transport.ts';
import { expectsContinue } from '../../rules/expectation.ts';
import { isIdempotent } from '../../rules/methods.ts';
import type { Connection } from '../../wire/connection.ts';
import { requestHead } from '../../wire/h1/request-head.ts';
import { requestFields } from '../../wire/h2/request-fields.ts';
import { Held } from '../../wire/pool/held.ts';
import type { Pool, PoolClient } from '../../wire/pool/pool.ts';
import { type Route, routeKey, routeOf } from '../../wire/route.ts';
import { tellAttempt, tellSecured } from '../dial-words.ts';
import { SeenBody } from './seen-body.ts';
import { headOfFields, shownHead, tellTap } from './shown-head.ts';

/** Carries http and https hops over pooled connections. */
export class HttpTransport implements Transport {
  readonly pool: Pool;
  readonly clock: Clock;

  /** Who is told what a server says beside its answers about alternative services. */
  readonly advised: (hop: Hop, text: string, origin: string) => void;

  constructor(pool: Pool, clock: Clock, advised: HttpTransport['advised']) {
    this.pool = pool;
    this.clock = clock;
    this.advised = advised;
  }

  carry(hop: Hop): Carriage {
    const carriage = new HttpCarriage(hop, this);
    hop.carriedBy(carriage);
    carriage.start();
    return carriage;
  }
}

/** One hop on its way through the pool and over a connection; what it hears it notes in the timings and tells the hop. */
class HttpCarriage implements Carriage, PoolClient {
  waiting = false;
  dialed = false;
  canceled = false;
  headText = '';
  readonly hop: Hop;
  private readonly transport: HttpTransport;
  private readonly key: string;
  private connection: Connection | null = null;

  constructor(hop: Hop, transport: HttpTransport) {
    this.hop = hop;
    this.transport = transport;
    this.key = routeKey(hop.url, hop.ask.wishes, hop.proxy, hop.local);
  }

  get method(): string {
    return this.hop.method;
  }
  get body(): Body | null {
    return this.hop.body;
  }
  get priority(): 0 | 1 | 2 {
    return this.hop.ask.wishes.priority;
  }
  get pipelining(): boolean {
    const { hop } = this;
    return hop.ask.wishes.pipelining && hop.method === 'GET' && hop.body === null;
  }
  get fresh(): boolean {
    return this.hop.resent;
  }
  get resent(): boolean {
    return this.hop.resent;
  }
  get preconnect(): boolean {
    return this.hop.ask.wishes.preconnect;
  }
  get idempotent(): boolean {
    const { body, method } = this.hop;
    // a source may be read only once
    return isIdempotent(method) && (body === null || body.bytes !== null);
  }
  get keepIdle(): number {
    return this.hop.ask.wishes.keepIdle;
  }
  get closeAfter(): boolean {
    const { headers } = this.hop;
    if (headers.size === 0) return false;
    return /(?:^|,)\s*close\s*(?:,|$)/i.test(headers.combined('Connection') ?? '');
  }

  goesAs(identity: Identity): boolean {
    const { ask, url, headers } = this.hop;
    if (!ask.wishes.reuseCredentials || identity === ALONE) return false;
    if (identity.toProxy) return !headers.has('Proxy-Authorization');
    if (headers.has('Authorization')) return false;
    // whom the request names is meant on all of its hops there, also when a Location does not repeat it
    const { userInfo } = url.origin === ask.url.origin ? ask.url : url;
    const [named] = splitUserInfo(userInfo);
    return named === '' || decodeAll(named) === identity.user;
  }

  start(): void {
    if (this.hop.kept instanceof Held) return this.hop.kept.use(this);
    this.transport.pool.request(this.key, this.hop.ask.wishes.connectionsPerHost, this);
  }

  route(): Route {
    return routeOf(this.hop.url, this.hop.ask.wishes, this.hop.proxy, this.hop.local);
  }

  // Carriage

  cancel(): void {
    if (this.canceled) return;
    this.canceled = true;
    if (this.connection !== null) this.connection.cancel(this);
    else if (this.hop.kept !== null) this.hop.kept.release();
    else this.transport.pool.withdraw(this.key, this);
  }

  discard(): void {
    if (this.canceled) return;
    this.canceled = true;
    this.connection?.discard(this);
  }

  /** One of many has no connection of its own. */
  keep(): Kept | null {
    const { connection } = this;
    const kept = this.canceled || connection === null || connection.multiplexed ? null : this.transport.pool.keep(connection);
    this.discard();
    // it is closed when the rest of the answer is not worth reading
    return connection?.alive === true ? kept : null;
  }

  pause(): void {
    this.connection?.pause(this);
  }

  resume(): void {
    this.connection?.resume(this);
  }

  // PoolClient

  resolving(): void {
    const { hop } = this;
    hop.resolveAt = hop.now();
    if (hop.noting) hop.note('resolve', { host: placeOf(hop) });
  }

  connecting(addresses: readonly { readonly address: string }[]): void {
    this.hop.connectAt = this.hop.now();
    if (this.hop.noting) this.hop.note('connect', { addresses: addresses.map((a) => a.address) });
    this.hop.dialing();
  }

  attempt(attempt: Attempt): void {
    tellAttempt(this.hop, attempt);
  }

  proxying(): void {
    // a proxy may want another connection
    if (this.hop.proxyAt < 0) this.hop.proxyAt = this.hop.now();
  }

  securing(): void {
    this.hop.tlsAt = this.hop.now();
  }

  connected(stream: ByteStream): void {
    this.hop.connectedAt = this.hop.now();
    tellSecured(this.hop, stream.secure);
  }

  get sharesKeys(): boolean {
    return this.hop.sharesKeys;
  }

  sharedKey(hint: string): SharedKey | null {
    return this.hop.sharedKey(hint);
  }

  /** What the connection speaks is not settled before somebody has decided; then there is none. */
  distrusted(info: SecureInfo): boolean {
    const { hop } = this;
    hop.secure = { ...info, alpn: '' };
    if (hop.distrusted(info)) return true;
    if (!this.canceled) hop.secure = { ...info, alpn: '', protocol: '', cipher: '' };
    return false;
  }

  trusts(info: SecureInfo): boolean {
    return this.hop.trusts(info);
  }

  dialFailed(problem: Failure): void {
    this.canceled = true;
    this.hop.fail(problem, NO_FACTS);
  }

  lent(connection: Connection): void {
    const { hop } = this;
    const reused = connection.served > 0;
    hop.reused = reused;
    hop.connection = connection.number;
    const { secure } = connection.stream;
    if (secure !== null) hop.secure = secure;
    if (hop.noting)
      hop.note('lend', {
        connection: connection.number,
        reused,
        address: connection.stream.remoteAddress,
        port: connection.stream.remotePort,
      });
    hop.tap?.lent(hop, connection.stream.remoteAddress);
    if (this.preconnect) return hop.end(null);
    if (hop.identity !== null) identify(connection, hop.identity);
    if (!connection.multiplexed) this.headText = requestHead(hop);
    this.connection = connection;
    hop.sending = hop.body !== null && hop.body.length !== 0;
    if ((hop.notingBodies || hop.tap !== null) && hop.sending && hop.body!.bytes === null)
      hop.body = new SeenBody(hop.body!, hop);
    connection.send(this, hop.sending ? this.patience() : 0, hop.ask.wishes.uploadPiece);
  }

  /** Milliseconds that the body waits for 100 (Continue). */
  private patience(): number {
    const { expectContinue } = this.hop.ask.wishes;
    return expectContinue > 0 && expectsContinue(this.hop.headers) ? expectContinue : 0;
  }

  // Exchange

  fields(): string[] {
    return requestFields(this.hop);
  }

  advised(text: string, origin: string): void {
    this.transport.advised(this.hop, text, origin);
  }

  sent(): void {
    this.hop.sentAt = this.hop.now();
    const { hop } = this;
    if (hop.tap !== null) tellTap(hop.tap, hop, this.headText);
    if (hop.noting) this.noteRequest(hop);
    this.hop.sent();
  }

  private noteRequest(hop: Hop): void {
    hop.note('request-head', { text: this.headText === '' ? headOfFields(hop) : shownHead(this.headText, hop) });
    const bytes = hop.notingBodies ? (hop.body?.bytes ?? null) : null;
    if (bytes !== null) hop.note('sent-data', { bytes, start: 0, end: bytes.length });
  }

  uploaded(bytes: number): void {
    this.hop.sentAt = this.hop.now();
    this.hop.uploaded(bytes, this.hop.body!.length);
  }

  allSent(): void {
    this.hop.sending = false;
  }

  interim(head: Head): void {
    this.hop.interim(head);
  }

  head(head: Head): void {
    this.hop.headAt = this.hop.now();
    this.hop.head(head);
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.hop.data(bytes, start, end);
  }

  room(left: number): Buffer | null {
    return this.hop.room(left);
  }

  end(trailers: HeaderList | null): void {
    this.connection = null;
    this.headText = '';
    this.hop.endedAt = this.hop.now();
    this.hop.end(trailers);
  }

  fail(problem: Failure, facts: HopFacts): void {
    this.connection = null;
    this.canceled = true;
    this.hop.fail(problem, facts);
  }
}

/** From now on it is lent only to those who go as this user. */
function identify(connection: Connection, identity: Identity): void {
  if (connection.multiplexed) return;
  connection.personal = true;
  connection.identity = together(connection.identity, identity);
}

/** The host that is connected to. */
function placeOf({ url, proxy }: Hop): string {
  let outermost = proxy;
  while (outermost !== null && outermost.through !== null) outermost = outermost.through;
  return outermost === null ? (url.host ?? '') : outermost.host;
}
