import type { HeaderList } from '../base/header-list.ts';
import type { Url } from '../base/url.ts';
import type { Binding } from '../contract/access.ts';
import type { Ask, Trip } from '../contract/ask.ts';
import type { CredentialDelegate, CredentialQuestion, Credentials } from '../contract/auth.ts';
import type { Body } from '../contract/body.ts';
import type { Carriage, Identity, Kept } from '../contract/carriage.ts';
import type { Clock } from '../contract/clock.ts';
import type { Attempt, Failure } from '../contract/failure.ts';
import type { Head } from '../contract/head.ts';
import type { Hop, HopFacts } from '../contract/hop.ts';
import type { NetLogWhat, Timings } from '../contract/netlog.ts';
import type { Way } from '../contract/proxy.ts';
import type { SecureInfo, SharedKey, TlsDelegate } from '../contract/security.ts';
import type { PullBody } from '../contract/sink.ts';
import type { Tap } from '../contract/tap.ts';

const NONE: readonly Attempt[] = [];

/** What only a hop has that dials; most find a connection that stands. */
class DialMarks {
  resolveAt = -1;
  connectAt = -1;
  proxyAt = -1;
  tlsAt = -1;
  connectedAt = -1;
  readonly attempts: Attempt[] = [];
}

/** The transfer as its hops know it. */
export interface HopOwner {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly started: number;
  readonly trip: Trip;
  readonly noting: boolean;
  readonly notingBodies: boolean;
  readonly tap: Tap | null;
  /** The hop that may speak. */
  readonly hop: Hop;
  /** Who decides about TLS. */
  readonly sink: TlsDelegate & CredentialDelegate;
  readonly over: boolean;
  note(hop: Hop, what: NetLogWhat, detail?: Readonly<Record<string, unknown>>): void;
  onCarried(carriage: Carriage): void;
  onDialing(hop: LiveHop): void;
  onSecured(info: SecureInfo): void;
  onSent(): void;
  onUploaded(bytes: number, total: number): void;
  onInterim(hop: LiveHop, head: Head): void;
  onHead(hop: LiveHop, head: Head): void;
  onData(bytes: Buffer, start: number, end: number): void;
  room(left: number): Buffer | null;
  onEnd(trailers: HeaderList | null): void;
  onFail(hop: LiveHop, failure: Failure, facts: HopFacts): void;
  onServed(hop: LiveHop, head: Head, body: PullBody): void;
}

/** A hop that is alive as long as its transfer says so: a late answer of an earlier trip finds nobody. */
export class LiveHop implements Hop {
  readonly index: number;
  readonly resent: boolean;
  readonly continues: boolean;
  method: string;
  url: Url;
  body: Body | null;
  headers: HeaderList;
  readonly defaults: HeaderList;
  acceptEncoding = '';
  connection = 0;
  readonly queuedAt: number;
  sentAt = -1;
  headAt = -1;
  endedAt = -1;
  reused = false;
  sending = false;
  stored = false;
  local: Binding | null = null;
  proxy: Way = null;
  kept: Kept | null = null;
  identity: Identity | null = null;
  secure: SecureInfo | null = null;
  private dial: DialMarks | null = null;
  private readonly transfer: HopOwner;

  constructor(transfer: HopOwner, index: number, resent: boolean, continues = false) {
    const { trip } = transfer;
    this.transfer = transfer;
    this.index = index;
    this.resent = resent;
    this.continues = continues;
    this.method = trip.method;
    this.url = trip.url;
    this.body = trip.body;
    this.headers = trip.headers;
    this.defaults = trip.defaults;
    this.queuedAt = index === 0 ? 0 : this.now();
  }

  get ask(): Ask {
    return this.transfer.ask;
  }

  private get dialed(): DialMarks {
    this.dial ??= new DialMarks();
    return this.dial;
  }

  get resolveAt(): number {
    return this.dial === null ? -1 : this.dial.resolveAt;
  }
  set resolveAt(at: number) {
    this.dialed.resolveAt = at;
  }
  get connectAt(): number {
    return this.dial === null ? -1 : this.dial.connectAt;
  }
  set connectAt(at: number) {
    this.dialed.connectAt = at;
  }
  get proxyAt(): number {
    return this.dial === null ? -1 : this.dial.proxyAt;
  }
  set proxyAt(at: number) {
    this.dialed.proxyAt = at;
  }
  get tlsAt(): number {
    return this.dial === null ? -1 : this.dial.tlsAt;
  }
  set tlsAt(at: number) {
    this.dialed.tlsAt = at;
  }
  get connectedAt(): number {
    return this.dial === null ? -1 : this.dial.connectedAt;
  }
  set connectedAt(at: number) {
    this.dialed.connectedAt = at;
  }

  now(): number {
    return Math.round((this.transfer.clock.now() - this.transfer.started) * 1000);
  }

  /** The milestones as tools see them: milliseconds of the clock. */
  timings(): Timings {
    const { started } = this.transfer;
    const at = (mark: number): number => (mark < 0 ? -1 : started + mark / 1000);
    return {
      queued: at(this.queuedAt),
      resolveStart: at(this.resolveAt),
      connectStart: at(this.connectAt),
      proxyStart: at(this.proxyAt),
      tlsStart: at(this.tlsAt),
      connected: at(this.connectedAt),
      sent: at(this.sentAt),
      headReceived: at(this.headAt),
      ended: at(this.endedAt),
      reused: this.reused,
    };
  }

  get attempts(): Attempt[] {
    return this.dialed.attempts;
  }

  get attempted(): readonly Attempt[] {
    return this.dial === null ? NONE : this.dial.attempts;
  }

  get noting(): boolean {
    return this.transfer.noting;
  }

  get notingBodies(): boolean {
    return this.transfer.notingBodies;
  }

  get began(): number {
    return this.transfer.started;
  }

  get tap(): Tap | null {
    return this.transfer.tap;
  }

  note(what: NetLogWhat, detail?: Readonly<Record<string, unknown>>): void {
    this.transfer.note(this, what, detail);
  }

  carriedBy(carriage: Carriage): void {
    if (this.transfer.hop === this) this.transfer.onCarried(carriage);
  }

  dialing(): void {
    if (this.transfer.hop === this) this.transfer.onDialing(this);
  }

  secured(info: SecureInfo): void {
    if (this.transfer.hop === this) this.transfer.onSecured(info);
  }

  get current(): boolean {
    return this.transfer.hop === this && !this.transfer.over;
  }

  credentials(question: CredentialQuestion, answer: (credentials: Credentials | null) => void): void {
    if (this.current) this.transfer.sink.credentials(question, answer);
    else answer(null);
  }

  distrusted(info: SecureInfo): boolean {
    return this.transfer.hop === this && this.transfer.sink.distrusted(info);
  }

  trusts(info: SecureInfo): boolean {
    return this.transfer.hop === this && this.transfer.sink.trusts(info);
  }

  get sharesKeys(): boolean {
    return this.transfer.hop === this && this.transfer.sink.sharesKeys;
  }

  sharedKey(hint: string): SharedKey | null {
    return this.transfer.hop === this ? this.transfer.sink.sharedKey(hint) : null;
  }

  sent(): void {
    if (this.transfer.hop === this) this.transfer.onSent();
  }

  uploaded(bytes: number, total: number): void {
    if (this.transfer.hop === this) this.transfer.onUploaded(bytes, total);
  }

  interim(head: Head): void {
    if (this.transfer.hop === this) this.transfer.onInterim(this, head);
  }

  head(head: Head): void {
    if (this.transfer.hop === this) this.transfer.onHead(this, head);
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.transfer.hop === this) this.transfer.onData(bytes, start, end);
  }

  room(left: number): Buffer | null {
    return this.transfer.hop === this ? this.transfer.room(left) : null;
  }

  end(trailers: HeaderList | null): void {
    if (this.transfer.hop === this) this.transfer.onEnd(trailers);
  }

  fail(failure: Failure, facts: HopFacts): void {
    if (this.transfer.hop === this) this.transfer.onFail(this, failure, facts);
  }

  served(head: Head, body: PullBody): void {
    if (this.transfer.hop === this) this.transfer.onServed(this, head, body);
    else body.close();
  }
}
