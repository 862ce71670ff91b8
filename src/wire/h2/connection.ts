import type { Http2Settings } from '../../contract/ask.ts';
import type { Identity } from '../../contract/carriage.ts';
import type { Clock } from '../../contract/clock.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream, StreamHandler } from '../../contract/stream.ts';
import type { Connection, ConnectionOwner } from '../connection.ts';
import type { Exchange, PortableExchange } from '../exchange.ts';
import type { Advice } from './advice.ts';
import { FIRST_WINDOW, WIDEST_WINDOW } from './frames.ts';
import { Inlet, type InletOwner } from './inlet.ts';
import { Outlet } from './outlet.ts';
import { STREAMS_UNSAID, settingsFrame, settingsOrDefault } from './settings.ts';
import { H2Stream, type StreamOwner } from './stream.ts';
import { CANCEL, codeFailure, HTTP_1_1_REQUIRED, NO_ERROR, REFUSED_STREAM } from './stream-failure.ts';
import { Upload, type UploadOwner } from './upload.ts';
import { Watchdog, type Watched } from './watchdog.ts';

const LAST_STREAM = 0x7fffffff;

/** One HTTP/2 connection (RFC 9113): requests in, answers out, all beside each other. */
export class H2Connection implements Connection, StreamHandler, InletOwner, StreamOwner, UploadOwner, Watched {
  readonly stream: ByteStream;
  readonly number: number;
  readonly multiplexed = true;
  readonly persistent = false;
  readonly keepAliveHint = -1;
  idleSince = 0;
  served = 0;
  alive = true;
  personal = false;
  identity: Identity | null = null;
  sendWindow = FIRST_WINDOW;
  readonly outlet: Outlet;
  private readonly owner: ConnectionOwner;
  private readonly clock: Clock;
  private readonly inlet: Inlet;
  private readonly watchdog: Watchdog;
  private readonly streams = new Map<number, H2Stream>();
  private readonly under = new Map<Exchange, H2Stream>();
  private nextId = 1;
  private readonly settings: Http2Settings;
  /** Requests that the server allows beside each other. */
  private allowed = STREAMS_UNSAID;
  /** What it really takes, after it has refused some. */
  private takes = Number.POSITIVE_INFINITY;
  private firstWindow = FIRST_WINDOW;
  private answers = false;
  private leaving = false;
  /** Why the server wants no more. */
  private goodbye = NO_ERROR;
  private readonly waiting = new Set<Upload>();
  /** Bytes of bodies sent since the peer last said that everything has arrived. */
  unheard = 0;

  constructor(stream: ByteStream, number: number, owner: ConnectionOwner, clock: Clock, wanted: Http2Settings | null) {
    this.stream = stream;
    this.number = number;
    this.owner = owner;
    this.clock = clock;
    this.settings = settingsOrDefault(wanted);
    const { connectionWindow, streamWindow, frameSize, huffman, push } = this.settings;
    this.watchdog = new Watchdog(clock, this);
    this.outlet = new Outlet(stream, clock, huffman);
    this.inlet = new Inlet(this, this.outlet, { connectionWindow, streamWindow, frameSize, push });
    stream.handler = this;
    stream.readInto(null, true);
    this.outlet.preface(settingsFrame(this.settings), connectionWindow - FIRST_WINDOW);
  }

  get depth(): number {
    return this.under.size;
  }

  get roomy(): boolean {
    return this.alive && !this.leaving && this.under.size < Math.min(this.allowed, this.settings.streams, this.takes);
  }

  send(exchange: PortableExchange, wait = 0, piece = 0): void {
    const { body } = exchange;
    const id = this.nextId;
    this.nextId += 2;
    const length = body === null ? 0 : body.length;
    const upload = new Upload(id, this, this.firstWindow, length);
    const stream = new H2Stream(id, exchange, this, this.clock, upload);
    if (this.under.size === 0) this.watchdog.start(this.idleSince);
    this.under.set(exchange, stream);
    this.streams.set(id, stream);
    this.outlet.head(id, exchange.fields(), length === 0);
    if (this.nextId > LAST_STREAM) this.retire();
    exchange.sent();
    if (!stream.over) stream.send(wait, piece);
  }

  cancel(exchange: Exchange): void {
    const stream = this.under.get(exchange);
    if (stream === undefined) return;
    stream.leave();
    this.reset(stream, CANCEL);
  }

  discard(exchange: Exchange): void {
    this.cancel(exchange);
  }

  pause(exchange: Exchange): void {
    this.under.get(exchange)?.pause();
  }

  resume(exchange: Exchange): void {
    this.under.get(exchange)?.resume();
  }

  keepProcess(on: boolean): void {
    if (on) this.stream.ref();
    else this.stream.unref();
  }

  abandon(problem: Failure): void {
    const all = this.down(NO_ERROR, true);
    for (const stream of all) stream.fail({ ...problem }, {});
  }

  destroy(): void {
    // nobody closes what is in use; if it happens all the same, its requests must hear of it
    this.abandon(failure('closed', 'wait', 'the connection was closed while the request was under way'));
  }

  /** Closes; the streams that were under way are the caller's to tell. An answer that is here already waits for its reader without us. */
  private down(code: number | null, everything = false): H2Stream[] {
    const all = [...this.under.values()].filter(({ ended }) => everything || !ended);
    for (const stream of all) this.drop(stream);
    if (!this.alive) return all;
    this.alive = false;
    this.watchdog.stop();
    this.inlet.stop();
    // who has gone hears no farewell
    if (code !== null) this.outlet.goaway(code);
    this.outlet.close();
    this.stream.end();
    // the farewell may find nobody who reads it
    this.clock.afterIo(() => this.stream.destroy());
    this.owner.gone(this);
    return all;
  }

  ponged(): void {
    this.unheard = 0;
  }

  /** The stream is no more; there may be room for another. */
  private drop(stream: H2Stream): void {
    if (this.streams.delete(stream.id)) this.under.delete(stream.exchange);
    this.waiting.delete(stream.upload);
    if (this.under.size === 0) this.unheard = 0;
  }

  private release(): void {
    if (this.roomy) this.owner.free(this);
    else if (this.leaving && this.under.size === 0) this.destroy();
  }

  private retire(): void {
    if (this.leaving || !this.alive) return;
    this.leaving = true;
    this.owner.retired(this);
  }

  // StreamHandler

  bytes(memory: Buffer, size: number): void {
    if (!this.alive) return;
    this.outlet.hold();
    this.inlet.feed(memory, size);
    this.outlet.release();
  }

  ended(): void {
    this.closed(null);
  }

  closed(problem: Failure | null): void {
    if (!this.alive) return;
    const cause = problem !== null && problem.kind !== 'closed' ? problem : null;
    // who does not even greet does not speak what it agreed to
    const downgraded = !this.inlet.greeted && this.owner.downgrade(this, 'silent');
    for (const stream of this.down(null)) {
      const phase = stream.headSeen ? 'receive' : 'wait';
      const where = stream.headSeen ? 'before the answer was complete' : 'without an answer';
      if (this.goodbye !== NO_ERROR) stream.fail(codeFailure(this.goodbye, stream.headSeen), { connectionLost: true });
      else {
        const text = cause === null ? `the server closed the connection ${where}` : cause.message;
        const lost = failure(cause?.kind ?? 'closed', phase, text, problem === null ? {} : { cause: problem.cause });
        stream.fail(lost, downgraded ? { downgraded } : {});
      }
    }
  }

  // StreamOwner

  get streamWindow(): number {
    return this.inlet.streamWindow;
  }

  answered(): void {
    if (this.answers) return;
    this.answers = true;
    this.owner.mastered(this);
  }

  taken(stream: H2Stream, bytes: number): void {
    this.inlet.taken(stream, bytes);
  }

  reset(stream: H2Stream, code: number): void {
    if (!this.streams.has(stream.id)) return;
    this.drop(stream);
    this.inlet.forget(stream.id, stream.receiveWindow);
    this.outlet.reset(stream.id, code);
    this.release();
  }

  completed(stream: H2Stream): void {
    this.drop(stream);
    this.served++;
    this.takes++;
    this.release();
  }

  // UploadOwner

  blocked(upload: Upload): void {
    this.waiting.add(upload);
  }

  moved(upload: Upload, bytes: number): void {
    this.unheard += bytes;
    // if it has to wait again, it does so behind those whose turn did not come
    this.waiting.delete(upload);
    this.inlet.useful();
  }

  /** A window has opened: everybody who waits sends what it may, the longest waiting first. */
  private unblock(): void {
    for (const upload of [...this.waiting]) upload.go();
  }

  // InletOwner

  find(id: number): H2Stream | null {
    return this.streams.get(id) ?? null;
  }

  isIdle(id: number): boolean {
    return (id & 1) === 0 || id >= this.nextId;
  }

  learned(streams: number, window: number, frame: number): boolean {
    this.allowed = streams;
    this.outlet.longest = frame;
    const more = window - this.firstWindow;
    this.firstWindow = window;
    for (const { upload } of this.streams.values()) {
      upload.window += more;
      if (upload.window > WIDEST_WINDOW) return false;
    }
    if (more > 0) this.unblock();
    this.release();
    return true;
  }

  widened(id: number, more: number): boolean {
    if (id === 0) {
      this.sendWindow += more;
      if (this.sendWindow > WIDEST_WINDOW) return false;
    } else {
      const upload = this.streams.get(id)?.upload;
      if (upload === undefined) return true;
      upload.window += more;
      if (upload.window > WIDEST_WINDOW) return false;
    }
    this.unblock();
    return true;
  }

  wasReset(id: number, code: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    if (stream.ended) return stream.unwanted();
    this.drop(stream);
    const refused = code === REFUSED_STREAM && !stream.headSeen;
    // it allows more than it takes: no more than what is under way, until answers come
    if (refused) this.takes = Math.max(1, this.under.size);
    const elsewhere = code === HTTP_1_1_REQUIRED && !stream.headSeen && this.owner.downgrade(this, 'asked');
    if (elsewhere) this.retire();
    this.release();
    const problem = codeFailure(code, stream.headSeen);
    if (elsewhere) stream.fail(problem, { unprocessed: true, downgraded: true });
    else stream.fail(problem, refused ? { unprocessed: true } : {});
  }

  sentAway(code: number, last: number): void {
    this.goodbye = code;
    this.retire();
    const beyond = [...this.streams.values()].filter(({ id, ended }) => id > last && !ended);
    for (const stream of beyond) this.drop(stream);
    for (const stream of beyond) {
      const { headSeen } = stream;
      stream.fail(codeFailure(REFUSED_STREAM, headSeen), headSeen ? {} : { unprocessed: true });
    }
    if (this.alive) this.release();
  }

  /** All streams here are for one origin, so that any of them can tell whether it is meant. */
  advised(id: number, { text, origin }: Advice): void {
    const stream = id === 0 ? this.streams.values().next().value : this.streams.get(id);
    stream?.exchange.advised(text, origin);
  }

  broken(code: number, why: string): void {
    if (!this.alive) return;
    const downgraded = this.owner.downgrade(this, 'broken');
    for (const stream of this.down(code)) {
      const problem = failure('protocol', stream.headSeen ? 'receive' : 'wait', `the server broke HTTP/2: ${why}`);
      stream.fail(problem, downgraded ? { garbage: true, downgraded } : { garbage: true });
    }
  }

  // Watched

  get signs(): number {
    return this.inlet.signs;
  }

  ping(): void {
    this.inlet.calm();
    this.outlet.ping();
  }

  dead(): void {
    const text = 'the server does not answer any more, not even a PING';
    for (const stream of this.down(NO_ERROR)) stream.fail(failure('closed', stream.headSeen ? 'receive' : 'wait', text), {});
  }
}
