import type { HeaderList } from '../../base/header-list.ts';
import type { Identity } from '../../contract/carriage.ts';
import type { Clock } from '../../contract/clock.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { ByteStream, StreamHandler } from '../../contract/stream.ts';
import { keepAliveHint } from '../../rules/message-framing.ts';
import { isIdempotent } from '../../rules/methods.ts';
import { BodyPump } from '../body-pump.ts';
import type { Connection, ConnectionOwner } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import { Dregs } from './dregs.ts';
import type { ProtocolFault } from './head-parser.ts';
import type { H1Limits } from './limits.ts';
import { ResponseParser, type ResponseTarget } from './response-parser.ts';

/** Less of a body than this is copied: choosing where it goes would cost more. */
const WORTH_AIMING = 8192;

/** One HTTP/1.1 connection: requests in, answers out, in order. */
export class H1Connection implements Connection, StreamHandler, ResponseTarget {
  readonly multiplexed = false;
  readonly roomy = false;
  readonly stream: ByteStream;
  readonly number: number;
  keepAliveHint = -1;
  idleSince = 0;
  served = 0;
  alive = true;
  personal = false;
  identity: Identity | null = null;
  /** The peer answers HTTP/1.1 and keeps connections. */
  private keeps = false;
  /** Nothing more is sent on it: an answer nobody wants is still to come. */
  private last = false;
  private readonly owner: ConnectionOwner;
  private readonly clock: Clock;
  private readonly parser: ResponseParser;
  /** Whose answer is being read. */
  private current: Exchange | null = null;
  /** Requests sent behind it. */
  private following: Exchange[] | null = null;
  private pump: BodyPump | null = null;
  private headSeen = false;
  private reusable = false;
  private written = 0;
  private paused = false;
  private feeding = false;
  /** Octets that arrived and wait for `resume`. */
  private held: Buffer | null = null;
  private endHeld = false;
  private referenced = true;
  /** The stream reads elsewhere than by default. */
  private aimed = false;

  constructor(stream: ByteStream, number: number, owner: ConnectionOwner, clock: Clock, limits: H1Limits) {
    this.stream = stream;
    this.number = number;
    this.owner = owner;
    this.clock = clock;
    this.parser = new ResponseParser(this, limits);
    stream.handler = this;
  }

  /** A request may be sent behind those under way. */
  get persistent(): boolean {
    const { current } = this;
    if (!this.keeps || this.last) return false;
    // RFC 9112 9.3.2: nothing goes behind a request that must not be repeated
    if (current === null) return true;
    // RFC 9112 9.6: nor behind one that said it is the last
    if (this.following?.at(-1)?.closeAfter === true) return false;
    return current.body === null && !current.closeAfter && isIdempotent(current.method);
  }

  /** Exchanges under way. */
  get depth(): number {
    return this.current === null ? 0 : 1 + (this.following === null ? 0 : this.following.length);
  }

  /**
   * Sends a request. Behind another one it is pipelined; then it has no body. The body waits so many milliseconds for 100 (Continue), and
   * goes in writes of at most `piece` bytes; 0 = neither.
   */
  send(exchange: Exchange, wait = 0, piece = 0): void {
    if (this.current !== null) {
      this.following ??= [];
      this.following.push(exchange);
    } else this.await(exchange, false);
    this.written = exchange.headText.length;
    const { body } = exchange;
    if (body === null || body.length === 0) {
      this.stream.writeText(exchange.headText);
      this.noteRefusal(exchange);
      exchange.sent();
      return;
    }
    if (wait === 0) this.stream.cork();
    this.stream.writeText(exchange.headText);
    exchange.sent();
    if (this.current === exchange) {
      this.pump = new BodyPump(body, this.stream, this, this.clock, piece);
      this.pump.start(wait);
    }
    if (wait === 0) this.stream.uncork();
    this.noteRefusal(exchange);
    // some of it has left, so the server may say what it thinks of it before all has
    if (this.pump !== null && !this.stream.refused) this.stream.hearOut(true);
  }

  /** A write that the system refused at once took nothing with it; then even a POST may go elsewhere. */
  private noteRefusal(exchange: Exchange): void {
    if (this.current === exchange && this.stream.refused) this.written = 0;
  }

  private await(exchange: Exchange, pipelined: boolean): void {
    this.current = exchange;
    this.headSeen = false;
    this.reusable = false;
    this.parser.begin(exchange.method, pipelined);
  }

  /** The exchange is not wanted any more. The connection closes: at once, or after the answers that are expected before its own. */
  cancel(exchange: Exchange): void {
    const problem = failure('closed', 'wait', 'a request before this one on the same connection was canceled');
    const place = this.following?.indexOf(exchange) ?? -1;
    if (place >= 0) {
      const [, ...behind] = this.following!.splice(place);
      this.last = true;
      failBehind(behind, problem);
    } else if (exchange === this.current) {
      const [, ...behind] = this.takeAll();
      this.destroy();
      failBehind(behind, problem);
    }
  }

  /** The rest of this answer is not wanted. Where little is left the connection is kept for others, else it closes. */
  discard(exchange: Exchange): void {
    const cheap = this.reusable && this.headSeen && this.pump === null && Dregs.worth(this.parser.lengthLeft);
    if (exchange !== this.current || !cheap) return this.cancel(exchange);
    this.current = new Dregs(exchange, this.clock, (dregs) => this.cancel(dregs));
    this.keepProcess(false);
    if (this.paused) this.openTap();
  }

  pause(exchange: Exchange): void {
    if (exchange !== this.current || this.paused) return;
    this.paused = true;
    this.parser.halt();
    this.stream.pause();
  }

  resume(exchange: Exchange): void {
    if (exchange !== this.current || !this.paused) return;
    this.paused = false;
    this.parser.proceed();
    if (this.feeding) return this.stream.resume();
    this.clock.soon(() => this.continueHeld());
  }

  private continueHeld(): void {
    if (!this.alive || this.paused) return;
    const { held } = this;
    this.held = null;
    if (held !== null) this.feed(held, held.length);
    if (!this.alive || this.paused) return;
    if (this.endHeld) this.ended();
    else this.stream.resume();
  }

  /** Whether the connection keeps the process alive; only while somebody needs it. */
  keepProcess(on: boolean): void {
    if (on === this.referenced) return;
    this.referenced = on;
    if (on) this.stream.ref();
    else this.stream.unref();
  }

  /** Closes and fails what is under way. */
  abandon(problem: Failure): void {
    this.failAll({ ...problem }, false);
  }

  /** Closes at once and silently. */
  destroy(): void {
    if (!this.alive) return;
    this.alive = false;
    this.parser.halt();
    this.pump?.stop();
    this.pump = null;
    this.held = null;
    this.stream.destroy();
    this.owner.gone(this);
  }

  // StreamHandler

  bytes(memory: Buffer, size: number): void {
    if (!this.alive) return;
    if (this.held !== null) this.held = Buffer.concat([this.held, memory.subarray(0, size)]);
    else this.feed(memory, size);
    if (this.alive) this.aim();
  }

  /** Where the next bytes should go: the rest of a long body into the memory where it will stay. */
  private aim(): void {
    const { current } = this;
    const left = current === null || this.held !== null ? 0 : this.parser.lengthLeft;
    const room = left >= WORTH_AIMING ? current!.room(left) : null;
    const wide = room === null && current !== null && this.headSeen;
    if (room === null && !this.aimed && !wide) return;
    this.aimed = room !== null || wide;
    this.stream.readInto(room, wide);
  }

  private feed(b: Buffer, end: number): void {
    let i = 0;
    this.feeding = true;
    while (i < end && this.alive && !this.paused) {
      if (this.current === null) {
        // octets nobody asked for: RFC 9112 9.2 leaves nothing but to close
        this.feeding = false;
        return this.destroy();
      }
      i = this.parser.feed(b, i, end);
    }
    this.feeding = false;
    if (this.paused && this.alive && i < end) this.held = Buffer.from(b.subarray(i, end));
  }

  ended(): void {
    if (!this.alive) return;
    if (this.held !== null || this.paused) {
      this.endHeld = true;
      return;
    }
    if (this.parser.eof()) return;
    this.lost(null);
  }

  closed(problem: Failure | null): void {
    if (!this.alive) return;
    if (this.held !== null || this.paused) {
      this.endHeld = true;
      if (problem === null) return;
    } else if (problem === null && this.parser.eof()) return;
    this.lost(problem);
  }

  /** The connection ended under whatever was on it. */
  private lost(cause: Failure | null): void {
    const exchange = this.current;
    if (exchange === null) return this.destroy();
    const where = this.headSeen
      ? 'before the answer was complete'
      : this.parser.octets > 0
        ? 'inside the head of the answer'
        : 'without an answer';
    const message = cause !== null && cause.kind !== 'closed' ? cause.message : `the server closed the connection ${where}`;
    const kind = cause !== null && cause.kind !== 'closed' ? cause.kind : 'closed';
    this.failAll(failure(kind, this.headSeen ? 'receive' : 'wait', message, cause === null ? {} : { cause: cause.cause }), false);
  }

  private failAll(problem: Failure, garbage: boolean): void {
    const reused = this.served > 0;
    const bytesRead = this.parser.octets;
    const bytesWritten = this.written;
    const [first, ...others] = this.takeAll();
    this.destroy();
    first?.fail(problem, { reused, bytesWritten, bytesRead, garbage });
    failBehind(others, problem);
  }

  private takeAll(): Exchange[] {
    const all = this.current === null ? [] : [this.current, ...(this.following ?? [])];
    this.current = null;
    this.following = null;
    return all;
  }

  // PumpOwner

  uploaded(bytes: number): void {
    this.written = this.current!.headText.length + bytes;
    this.current!.uploaded(bytes);
  }

  uploadDone(): void {
    this.pump = null;
    this.current?.allSent();
  }

  uploadFailed(problem: Failure): void {
    this.failAll(problem, false);
  }

  // ResponseTarget

  interim(head: Head): void {
    this.current!.interim(head);
    if (head.status === 100) this.pump?.go();
  }

  head(head: Head, keepAlive: boolean): void {
    const exchange = this.current!;
    this.headSeen = true;
    // an answer while the request is still going out: what is left of the request is not wanted (RFC 9112 9.3)
    if (this.pump !== null && (head.status >= 300 || this.pump.waits)) this.pump.stop();
    this.reusable = keepAlive && !exchange.closeAfter;
    this.keeps = this.reusable && head.version === '1.1';
    if (this.reusable) this.keepAliveHint = keepAliveHint(head.headers);
    exchange.head(head);
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.current!.data(bytes, start, end);
  }

  complete(trailers: HeaderList | null): void {
    const exchange = this.current!;
    this.served++;
    const next = this.following?.shift() ?? null;
    // octets behind the last answer were not asked for, so whatever they claim to answer, it is not our next request
    const unusable = !this.reusable || this.pump !== null || (next === null && (this.parser.surplus || this.last));
    if (unusable) {
      const others = this.following ?? [];
      if (next !== null) others.unshift(next);
      this.current = null;
      this.following = null;
      this.destroy();
      exchange.end(trailers);
      const problem = failure('closed', 'wait', 'the server closed the connection after an earlier answer');
      failBehind(others, problem);
      return;
    }
    if (exchange.body !== null) this.stream.hearOut(false);
    if (this.paused) this.openTap();
    if (next === null) {
      this.current = null;
      this.owner.free(this);
    } else this.await(next, true);
    exchange.end(trailers);
  }

  /** A pause belongs to one exchange; the next one starts with the tap open. */
  private openTap(): void {
    this.paused = false;
    this.parser.proceed();
    if (!this.feeding) this.clock.soon(() => this.continueHeld());
    else this.stream.resume();
  }

  fault(fault: ProtocolFault): void {
    const garbage = !this.headSeen;
    this.failAll(failure('protocol', this.headSeen ? 'receive' : 'wait', `the server broke HTTP: ${fault.why}`), garbage);
  }
}

/** Requests behind one that spoiled the connection: nothing of their answers came, so most may go elsewhere. */
function failBehind(exchanges: readonly Exchange[], problem: Failure): void {
  for (const exchange of exchanges) {
    // a failure is written to by who hears it, so each has its own
    const own = { ...problem };
    exchange.fail(own, { reused: true, bytesWritten: exchange.headText.length, bytesRead: 0, garbage: false });
  }
}
