import { FrameReader, type FrameTarget } from '../../../wire/h2/frame-reader.ts';
import {
  ACK,
  CONTINUATION,
  END_HEADERS,
  END_STREAM,
  FIRST_FRAME,
  FIRST_WINDOW,
  GOAWAY,
  HAS_PRIORITY,
  HEADERS,
  INITIAL_WINDOW_SIZE,
  MAX_FRAME_SIZE,
  PING,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from '../../../wire/h2/frames.ts';
import { COMPRESSION_ERROR, NO_ERROR, PROTOCOL_ERROR } from '../../../wire/h2/stream-failure.ts';
import type { Desk, OpenConnection } from '../desk.ts';
import type { Line } from '../line.ts';
import { Answering } from './answering.ts';
import { frameOf, PREFACE, settingsOf, u32 } from './frames.ts';
import { BlockReader } from './hpack.ts';
import type { Http2Peer } from './peer.ts';
import { Http2Stream } from './stream.ts';

/** Octets of a body that are taken before the next ones are allowed, as a share of a second. */
const PORTIONS = 20;

/** One connection that speaks HTTP/2 (RFC 9113): what comes, and what both sides know of it. What is said to requests is `Answering`'s. */
export class Http2Conversation implements Http2Peer, FrameTarget {
  readonly line: Line;
  readonly desk: Desk;
  window = FIRST_WINDOW;
  longest = FIRST_FRAME;
  readonly #connection: OpenConnection;
  readonly #streams = new Map<number, Http2Stream>();
  readonly #reader: FrameReader;
  readonly #blocks = new BlockReader();
  #firstWindow = FIRST_WINDOW;
  #begin: Buffer = Buffer.alloc(0);
  #greeted = false;
  /** A head that CONTINUATION goes on with. */
  #head: { readonly id: number; readonly end: boolean; readonly pieces: Buffer[] } | null = null;
  #last = 0;
  /** The last stream that is still answered, once good-bye was said. */
  #leaving = Number.POSITIVE_INFINITY;
  #wake: (() => void)[] = [];

  constructor(line: Line, connection: OpenConnection, desk: Desk) {
    this.line = line;
    this.desk = desk;
    this.#connection = connection;
    this.#reader = new FrameReader(this, FIRST_FRAME);
  }

  start(): void {
    const { stream } = this.line;
    const { reads } = this.desk;
    const narrow = reads === undefined ? [] : [[INITIAL_WINDOW_SIZE, Math.min(FIRST_WINDOW, Math.floor(reads))] as const];
    this.write(SETTINGS, 0, 0, settingsOf(narrow));
    stream.on('close', () => this.#gone());
    stream.on('data', (bytes: Buffer) => (this.#greeted ? this.#reader.feed(bytes, bytes.length) : this.#greet(bytes)));
  }

  write(type: number, flags: number, stream: number, payload?: Buffer): boolean {
    const { stream: to } = this.line;
    return to.destroyed || to.writableEnded || to.write(frameOf(type, flags, stream, payload));
  }

  wider(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake.push(resolve);
    });
  }

  goAway(last = this.#last): void {
    // it may be said again with fewer of them (RFC 9113 6.8)
    if (last >= this.#leaving) return;
    this.#leaving = last;
    this.write(GOAWAY, 0, 0, u32(last, NO_ERROR));
    for (const stream of [...this.#streams.values()]) if (stream.id > last) this.forget(stream);
  }

  forget(stream: Http2Stream): void {
    stream.leave();
    this.#streams.delete(stream.id);
    this.#stir();
    if (this.#leaving < Number.POSITIVE_INFINITY && this.#streams.size === 0) this.line.stream.end();
  }

  frame(type: number, flags: number, id: number, b: Buffer, from: number, to: number): void {
    const payload = b.subarray(from, to);
    if (type === HEADERS) this.#beginHead(id, flags, Buffer.from(payload.subarray((flags & HAS_PRIORITY) === 0 ? 0 : 5)));
    else if (type === CONTINUATION) this.#goOn(flags, Buffer.from(payload));
    else if (type === SETTINGS && (flags & ACK) === 0) this.#settings(payload);
    else if (type === PING && (flags & ACK) === 0) this.write(PING, ACK, 0, payload);
    else if (type === WINDOW_UPDATE && payload.length === 4) this.#widen(id, payload.readUInt32BE(0));
    else if (type === RST_STREAM) this.#given(this.#streams.get(id));
  }

  dataFrame(id: number, length: number): void {
    if (length === 0) return;
    const stream = this.#streams.get(id);
    if (stream?.reads === undefined) return this.#allow(id, length);
    stream.paid = this.#pay(stream, stream.reads, length, stream.paid);
  }

  data(id: number, b: Buffer, from: number, to: number): void {
    this.#streams.get(id)?.add(Buffer.from(b.subarray(from, to)));
  }

  dataEnd(flags: number, id: number): void {
    if ((flags & END_STREAM) !== 0) this.#streams.get(id)?.finish();
  }

  fault(code: number, why: string): void {
    this.desk.report(`a client broke HTTP/2: ${why}`);
    this.write(GOAWAY, 0, 0, u32(this.#last, code));
    this.#reader.stop();
    this.line.stream.end();
    this.#gone();
  }

  #greet(bytes: Buffer): void {
    this.#begin = Buffer.concat([this.#begin, bytes]);
    if (this.#begin.length < PREFACE.length) return;
    if (this.#begin.toString('latin1', 0, PREFACE.length) !== PREFACE)
      return this.fault(PROTOCOL_ERROR, 'it begins with something else');
    this.#greeted = true;
    const rest = this.#begin.subarray(PREFACE.length);
    this.#reader.feed(rest, rest.length);
  }

  #beginHead(id: number, flags: number, block: Buffer): void {
    this.#head = { id, end: (flags & END_STREAM) !== 0, pieces: [block] };
    this.#reader.headBegan(id);
    this.#endHead(flags);
  }

  #goOn(flags: number, block: Buffer): void {
    if (this.#head === null) return this.fault(PROTOCOL_ERROR, 'a head that goes on without having begun');
    this.#head.pieces.push(block);
    this.#endHead(flags);
  }

  #endHead(flags: number): void {
    if ((flags & END_HEADERS) === 0) return;
    const { id, end, pieces } = this.#head!;
    this.#head = null;
    this.#reader.headBegan(0);
    try {
      const fields = this.#blocks.read(Buffer.concat(pieces));
      // a head on a stream that is there is one of trailers
      if (id > this.#last && this.#leaving === Number.POSITIVE_INFINITY)
        this.#open(new Http2Stream(this.#connection.number, id, fields, this.#firstWindow));
    } catch (error) {
      return this.fault(COMPRESSION_ERROR, (error as Error).message);
    }
    if (end) this.#streams.get(id)?.finish();
  }

  #open(stream: Http2Stream): void {
    this.#last = stream.id;
    this.#streams.set(stream.id, stream);
    void new Answering(this, stream).run(this.desk.choose(stream.request, this.#connection));
  }

  #settings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      const id = payload.readUInt16BE(at);
      if (id === MAX_FRAME_SIZE) this.longest = value;
      if (id !== INITIAL_WINDOW_SIZE) continue;
      for (const stream of this.#streams.values()) stream.window += value - this.#firstWindow;
      this.#firstWindow = value;
    }
    this.write(SETTINGS, ACK, 0);
    this.#stir();
  }

  #widen(id: number, by: number): void {
    const stream = this.#streams.get(id);
    if (id === 0) this.window += by;
    else if (stream !== undefined) stream.window += by;
    this.#stir();
  }

  #allow(id: number, length: number): void {
    this.write(WINDOW_UPDATE, 0, 0, u32(length));
    if (this.#streams.get(id)?.complete === false) this.write(WINDOW_UPDATE, 0, id, u32(length));
  }

  /** Allows so many octets again, at the pace at which they are read. */
  async #pay(stream: Http2Stream, reads: number, length: number, before: Promise<void> | null): Promise<void> {
    await before;
    const portion = Math.ceil(reads / PORTIONS);
    for (let left = length; left > 0 && portion > 0 && !stream.gone; left -= portion) {
      const size = Math.min(portion, left);
      await this.desk.later((size * 1000) / reads);
      this.#allow(stream.id, size);
    }
    while (portion === 0 && !stream.gone) await this.wider();
  }

  #given(stream: Http2Stream | undefined): void {
    if (stream !== undefined) this.forget(stream);
  }

  #gone(): void {
    for (const stream of this.#streams.values()) stream.leave();
    this.#streams.clear();
    this.#stir();
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const go of wake) go();
  }
}
