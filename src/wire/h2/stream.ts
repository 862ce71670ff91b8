import type { HeaderList } from '../../base/header-list.ts';
import type { Clock } from '../../contract/clock.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { HopFacts } from '../../contract/hop.ts';
import { lengthValue } from '../../rules/message-framing.ts';
import { BodyPump } from '../body-pump.ts';
import type { PortableExchange } from '../exchange.ts';
import { H1_LIMITS } from '../h1/limits.ts';
import { Held } from './held.ts';
import type { DecodedHead } from './hpack/decoder.ts';
import { CANCEL, ENHANCE_YOUR_CALM, PROTOCOL_ERROR } from './stream-failure.ts';
import type { Upload } from './upload.ts';

export interface StreamOwner {
  /** Answers completed. */
  readonly served: number;
  /** What a new stream may bring. */
  readonly streamWindow: number;
  /** The first head of an answer. */
  answered(): void;
  /** So many bytes of an answer were taken, and more may come. */
  taken(stream: H2Stream, bytes: number): void;
  /** The stream is given up by us. */
  reset(stream: H2Stream, code: number): void;
  /** Both sides have said all; told before the exchange hears it. */
  completed(stream: H2Stream): void;
}

/** One exchange on a connection of many: what an answer may look like, and who hears of it (RFC 9113 8.1). */
export class H2Stream {
  readonly id: number;
  readonly exchange: PortableExchange;
  /** Bytes that may still come before some are taken. */
  receiveWindow: number;
  /** Bytes that were taken and not given back to the peer yet. */
  toReturn = 0;
  headSeen = false;
  /** The peer has said all. */
  ended = false;
  /** Its exchange hears nothing any more. */
  over = false;
  readonly upload: Upload;
  private readonly owner: StreamOwner;
  private readonly clock: Clock;
  private readonly reused: boolean;
  private pump: BodyPump | null = null;
  private interims = 0;
  /** The answer has no body, whatever its head says. */
  private bodiless = false;
  private expected = -1;
  private received = 0;
  private trailers: HeaderList | null = null;
  private paused = false;
  /** Bytes that came while the reader had enough; what comes next goes behind them. */
  private held: Held | null = null;

  constructor(id: number, exchange: PortableExchange, owner: StreamOwner, clock: Clock, upload: Upload) {
    this.id = id;
    this.exchange = exchange;
    this.owner = owner;
    this.clock = clock;
    this.upload = upload;
    this.receiveWindow = owner.streamWindow;
    this.reused = owner.served > 0;
  }

  /** The body, if there is one, behind the head that was sent. */
  send(wait: number, piece: number): void {
    const { body } = this.exchange;
    if (body === null || body.length === 0) return;
    this.pump = new BodyPump(body, this.upload, this, this.clock, piece, true);
    this.pump.start(wait);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (this.held !== null || this.ended) this.clock.soon(() => this.catchUp());
  }

  /** What came while the reader had enough. */
  private catchUp(): void {
    for (let piece = this.next(); piece !== null; piece = this.next()) this.deliver(piece, 0, piece.length);
    if (this.ended && !this.over) this.finishUnlessHeld();
  }

  private next(): Buffer | null {
    if (this.over || this.paused || this.held === null) return null;
    const piece = this.held.shift();
    if (piece === null) this.held = null;
    return piece;
  }

  /** The exchange is not wanted any more, or somebody else tells it; it hears nothing from here. */
  leave(): void {
    this.over = true;
    this.held = null;
    this.pump?.stop();
    this.pump = null;
    this.upload.stop();
  }

  /** Tells the exchange that it failed. */
  fail(problem: Failure, more: Partial<HopFacts>): void {
    if (this.over) return;
    this.leave();
    const { exchange, reused, headSeen } = this;
    exchange.fail(problem, { reused, bytesWritten: 1, bytesRead: headSeen ? 1 : 0, garbage: false, ...more });
  }

  /** The answer is none that HTTP knows. */
  private malformed(why: string, code = PROTOCOL_ERROR): void {
    this.owner.reset(this, code);
    this.fail(failure('protocol', this.headSeen ? 'receive' : 'wait', `the server broke HTTP/2: ${why}`), { garbage: true });
  }

  // PumpOwner

  uploaded(bytes: number): void {
    this.exchange.uploaded(bytes);
  }

  uploadDone(): void {
    this.pump = null;
    this.upload.finish();
    this.exchange.allSent();
  }

  uploadFailed(problem: Failure): void {
    this.owner.reset(this, CANCEL);
    this.fail(problem, { garbage: true });
  }

  // what the peer sends

  head(head: DecodedHead, end: boolean): void {
    this.ended = end;
    if (this.over) return;
    if (head.fault !== '') return this.malformed(`the head cannot be used: ${head.fault}`);
    if (this.headSeen) return this.trailing(head);
    const status = Number(head.status);
    if (status >= 200) return this.final(status, head.fields);
    if (status < 100 || status === 101 || end) return this.malformed(`an answer with status ${head.status || 'missing'}`);
    this.interim(status, head.fields);
  }

  private interim(status: number, fields: HeaderList): void {
    const { interimCount } = H1_LIMITS;
    if (++this.interims > interimCount) return this.malformed(`more than ${interimCount} interim answers`, ENHANCE_YOUR_CALM);
    // nothing is that long, but as in HTTP/1.1 it has to make sense
    if (lengthOf(fields) < NO_LENGTH) return this.malformed('a content-length without sense');
    this.exchange.interim(headOf(status, fields, 0));
    if (status === 100 && !this.over) this.pump?.go();
  }

  private final(status: number, fields: HeaderList): void {
    const length = lengthOf(fields);
    if (length < NO_LENGTH) return this.malformed('a content-length without sense');
    this.headSeen = true;
    this.bodiless = this.exchange.method === 'HEAD' || status === 204 || status === 304;
    if (!this.bodiless) this.expected = length;
    // an answer while the request is still going out: what is left of the request is not wanted (RFC 9113 8.1)
    const { pump } = this;
    if (pump !== null && (status >= 300 || pump.waits)) pump.stop();
    this.owner.answered();
    this.exchange.head(headOf(status, fields, this.bodiless || this.ended ? 0 : length));
    if (this.ended && !this.over) this.finishUnlessHeld();
  }

  private trailing({ status, fields }: DecodedHead): void {
    if (!this.ended || status !== '') return this.malformed('a second head');
    // the body is all here: nothing behind it may say how long it is (RFC 9110 6.5.1)
    if (fields.has('content-length')) return this.malformed('a content-length in its trailers');
    this.trailers = fields;
    this.finishUnlessHeld();
  }

  /** A DATA frame begins, perhaps one of nothing. */
  dataBegan(): void {
    if (!this.over && !this.headSeen) this.malformed('a body without a head');
  }

  data(b: Buffer, from: number, to: number): void {
    if (this.over) return;
    if (this.bodiless) return this.malformed('a body where there can be none');
    this.received += to - from;
    if (this.expected >= 0 && this.received > this.expected) return this.malformed('more body than announced');
    if (!this.paused && this.held === null) return this.deliver(b, from, to);
    this.held ??= new Held();
    this.held.add(b, from, to);
  }

  private deliver(b: Buffer, from: number, to: number): void {
    this.exchange.data(b, from, to);
    if (!this.ended && !this.over) this.owner.taken(this, to - from);
  }

  dataEnded(): void {
    this.ended = true;
    if (!this.over) this.finishUnlessHeld();
  }

  /** The peer wants no more of the request (RFC 9113 8.1). */
  unwanted(): void {
    this.pump?.stop();
    this.pump = null;
    this.upload.stop();
    this.upload.complete = true;
  }

  private finishUnlessHeld(): void {
    if (!this.paused && this.held === null) this.finish();
  }

  private finish(): void {
    if (this.expected >= 0 && this.received !== this.expected) return this.malformed('less body than announced');
    // the rest of the request is not wanted
    if (!this.upload.complete) this.owner.reset(this, CANCEL);
    this.leave();
    this.owner.completed(this);
    this.exchange.end(this.trailers);
  }
}

const NO_LENGTH = -1;

/** What the head says of the length of the body; below `NO_LENGTH` where that makes no sense. */
function lengthOf(fields: HeaderList): number {
  const first = fields.get('content-length');
  if (first === undefined) return NO_LENGTH;
  const length = lengthValue(first);
  return length < 0 || fields.all('content-length').some((text) => text !== first) ? -2 : length;
}

function headOf(status: number, headers: HeaderList, bodyLength: number): Head {
  return { status, reason: '', version: '2', headers, bodyLength, pipelined: false };
}
