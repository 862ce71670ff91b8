import { type Advice, readAdvice } from './advice.ts';
import { FrameReader, type FrameTarget } from './frame-reader.ts';
import {
  ACK,
  ALTSVC,
  CONTINUATION,
  ENABLE_PUSH,
  END_HEADERS,
  END_STREAM,
  FIRST_FRAME,
  FIRST_WINDOW,
  GOAWAY,
  HAS_PRIORITY,
  HEADER_TABLE_SIZE,
  HEADERS,
  INITIAL_WINDOW_SIZE,
  LONGEST_FRAME,
  MAX_CONCURRENT_STREAMS,
  MAX_FRAME_SIZE,
  PING,
  PRIORITY,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  WIDEST_WINDOW,
  WINDOW_UPDATE,
} from './frames.ts';
import { HeadBlock } from './head-block.ts';
import type { Outlet } from './outlet.ts';
import { STREAMS_UNSAID } from './settings.ts';
import type { H2Stream } from './stream.ts';
import {
  COMPRESSION_ERROR,
  ENHANCE_YOUR_CALM,
  FLOW_CONTROL_ERROR,
  FRAME_SIZE_ERROR,
  PROTOCOL_ERROR,
  REFUSED_STREAM,
  STREAM_CLOSED,
} from './stream-failure.ts';

/** Frames in a row that bring nobody anything; more are a flood. */
const MOST_IDLE_FRAMES = 1_000;
/** Bytes of answers to such frames that may wait for a peer that does not read. */
const MOST_OWING = 4_194_304;
/** Frames without a body of a stream we gave up that were under way already, and are nobody's fault. */
const LATE_FRAMES = 8;
/** Streams we gave up of which something may still be on its way. */
const MOST_FORGOTTEN = 1_000;

export interface InletOwner {
  find(id: number): H2Stream | null;
  /** No request was sent on it. */
  isIdle(id: number): boolean;
  /** The peer's settings; false = they lead a window beyond its limit. */
  learned(streams: number, window: number, frame: number): boolean;
  /** A window has opened, that of the connection with 0; false = beyond its limit. */
  widened(id: number, more: number): boolean;
  wasReset(id: number, code: number): void;
  sentAway(code: number, last: number): void;
  /** Everything before our last PING has arrived. */
  ponged(): void;
  /** On stream 0 for whom it may concern. */
  advised(id: number, advice: Advice): void;
  /** The peer broke the rules: the connection is at its end. */
  broken(code: number, why: string): void;
}

interface InletSettings {
  readonly connectionWindow: number;
  readonly streamWindow: number;
  readonly frameSize: number;
  readonly push: boolean;
}

/** What comes in: frames sorted by what they mean (RFC 9113 6), and the flow control of answers. */
export class Inlet implements FrameTarget {
  private readonly owner: InletOwner;
  private readonly outlet: Outlet;
  private readonly settings: InletSettings;
  private readonly reader: FrameReader;
  private readonly block = new HeadBlock();
  /** Counts what shows that the peer is at work. */
  signs = 0;
  /** Its settings have come. */
  greeted = false;
  private window: number;
  private toReturn = 0;
  private idleFrames = 0;
  /** Streams that we gave up, and what their windows still let through. */
  private readonly forgotten = new Map<number, number>();
  /** Of streams up to this one nobody knows any more how they ended. */
  private lostTrack = 0;
  private promised = 0;
  /** Where DATA goes that is read now. */
  private current: H2Stream | null = null;
  private currentLength = 0;
  private streams = STREAMS_UNSAID;
  private firstWindow = FIRST_WINDOW;
  private frameSize = FIRST_FRAME;

  constructor(owner: InletOwner, outlet: Outlet, settings: InletSettings) {
    this.owner = owner;
    this.outlet = outlet;
    this.settings = settings;
    this.window = Math.max(settings.connectionWindow, FIRST_WINDOW);
    this.reader = new FrameReader(this, settings.frameSize);
  }

  /** What a new stream may bring; what we have announced may not have been read yet. */
  get streamWindow(): number {
    return Math.max(this.settings.streamWindow, FIRST_WINDOW);
  }

  feed(b: Buffer, end: number): void {
    this.reader.feed(b, end);
  }

  stop(): void {
    this.reader.stop();
  }

  /** Something of the stream may still come: as much of a body as the window allows. */
  forget(id: number, window: number): void {
    // of our own requests alone: what the peer pushes is its own doing
    if ((id & 1) === 1) this.idleFrames -= LATE_FRAMES;
    this.forgotten.set(id, window);
    if (this.forgotten.size <= MOST_FORGOTTEN) return;
    const oldest = this.forgotten.keys().next().value!;
    this.forgotten.delete(oldest);
    this.lostTrack = Math.max(this.lostTrack, oldest);
  }

  private isForgotten(id: number): boolean {
    return id <= this.lostTrack || this.forgotten.has(id);
  }

  /** The reader of an answer has taken bytes: the peer may send as many more, told when it is worth a frame. */
  taken(stream: H2Stream, bytes: number): void {
    stream.toReturn += bytes;
    if (stream.toReturn < Math.max(1, this.settings.streamWindow >> 1)) return;
    stream.receiveWindow += stream.toReturn;
    this.outlet.windowUpdate(stream.id, stream.toReturn);
    stream.toReturn = 0;
  }

  /** The memory of a connection is bounded by its streams, so it gets back at once what it has brought. */
  private giveBack(bytes: number): void {
    this.toReturn += bytes;
    if (this.toReturn < Math.max(1, this.settings.connectionWindow >> 1)) return;
    this.window += this.toReturn;
    this.outlet.windowUpdate(0, this.toReturn);
    this.toReturn = 0;
  }

  /** A frame that brings nobody anything. */
  private idle(): void {
    if (++this.idleFrames > MOST_IDLE_FRAMES || this.outlet.owing > MOST_OWING)
      this.fault(ENHANCE_YOUR_CALM, 'a flood of frames without use');
  }

  // FrameTarget

  fault(code: number, why: string): void {
    this.reader.stop();
    this.owner.broken(code, why);
  }

  dataFrame(id: number, length: number): void {
    this.current = null;
    this.currentLength = length;
    if (!this.greeted) return this.fault(PROTOCOL_ERROR, 'it does not begin with its settings');
    if (this.owner.isIdle(id) && !this.isForgotten(id))
      return this.fault(PROTOCOL_ERROR, `a body on stream ${id}, which nobody opened`);
    this.window -= length;
    if (this.window < 0) return this.fault(FLOW_CONTROL_ERROR, 'more than the window of the connection allows');
    const stream = this.owner.find(id);
    if (stream === null || stream.ended) {
      if (!this.isForgotten(id)) return this.fault(STREAM_CLOSED, `a body on stream ${id}, which is closed`);
      if (!this.late(id, length)) return this.fault(FLOW_CONTROL_ERROR, 'more than the window of a stream allows');
    } else {
      stream.receiveWindow -= length;
      if (stream.receiveWindow < 0) return this.fault(FLOW_CONTROL_ERROR, 'more than the window of a stream allows');
      this.current = stream;
      stream.dataBegan();
    }
    this.giveBack(length);
    if (length === 0) this.idle();
    else if (stream !== null) this.useful();
  }

  /** What was on its way when we gave the stream up is no flood; its window bounds it. False = it does not. */
  private late(id: number, length: number): boolean {
    const window = this.forgotten.get(id);
    if (window === undefined) this.idle();
    else this.forgotten.set(id, window - length);
    return window === undefined || length <= window;
  }

  data(_id: number, b: Buffer, from: number, to: number): void {
    this.currentLength -= to - from;
    this.current?.data(b, from, to);
  }

  dataEnd(flags: number): void {
    const { current } = this;
    this.current = null;
    if (current === null) return;
    if ((flags & END_STREAM) !== 0) current.dataEnded();
    // padding was read by nobody
    else if (this.currentLength > 0 && !current.over) this.taken(current, this.currentLength);
  }

  frame(type: number, flags: number, id: number, b: Buffer, from: number, to: number): void {
    if (!this.greeted) {
      if (type !== SETTINGS || (flags & ACK) !== 0) return this.fault(PROTOCOL_ERROR, 'it does not begin with its settings');
      this.greeted = true;
    }
    switch (type) {
      case HEADERS:
        return this.headers(flags, id, b, from, to);
      case CONTINUATION:
        return this.continuation(flags, b, from, to);
      case RST_STREAM:
        return this.rstStream(id, b, from, to);
      case SETTINGS:
        return this.settingsFrame(flags, b, from, to);
      case PUSH_PROMISE:
        return this.pushPromise(flags, id, b, from, to);
      case PING:
        return this.pingFrame(flags, b, from, to);
      case GOAWAY:
        return this.goaway(b, from, to);
      case WINDOW_UPDATE:
        return this.windowUpdate(id, b, from, to);
      case ALTSVC: {
        const advice = readAdvice(id, b, from, to);
        if (advice !== null) this.owner.advised(id, advice);
        break;
      }
      case PRIORITY:
        if (to - from !== 5) return this.fault(FRAME_SIZE_ERROR, 'a priority of a wrong length');
    }
    // extensions are passed over (4.1)
    this.idle();
  }

  private headers(flags: number, id: number, b: Buffer, from: number, to: number): void {
    if (this.owner.isIdle(id) && !this.isForgotten(id))
      return this.fault(PROTOCOL_ERROR, `a head on stream ${id}, which nobody opened`);
    const start = (flags & HAS_PRIORITY) !== 0 ? from + 5 : from;
    if (start > to) return this.fault(FRAME_SIZE_ERROR, 'a head shorter than its priority');
    if ((flags & END_HEADERS) === 0) this.reader.headBegan(id);
    this.beginHead(id, flags, (flags & END_STREAM) !== 0, b, start, to);
  }

  private pushPromise(flags: number, id: number, b: Buffer, from: number, to: number): void {
    if (!this.settings.push) return this.fault(PROTOCOL_ERROR, 'a push, which we have forbidden');
    if (to - from < 4) return this.fault(FRAME_SIZE_ERROR, 'a push of a wrong length');
    const promised = b.readUInt32BE(from) & WIDEST_WINDOW;
    if ((promised & 1) !== 0 || promised <= this.promised || this.owner.isIdle(id))
      return this.fault(PROTOCOL_ERROR, `a push of stream ${promised}`);
    this.promised = promised;
    // nothing that is pushed was asked for
    this.forget(promised, this.streamWindow);
    this.outlet.reset(promised, REFUSED_STREAM);
    if ((flags & END_HEADERS) === 0) this.reader.headBegan(id);
    this.beginHead(0, flags, false, b, from + 4, to);
  }

  private beginHead(id: number, flags: number, end: boolean, b: Buffer, from: number, to: number): void {
    if ((flags & END_HEADERS) !== 0) return this.head(id, end, b, from, to);
    this.block.begin(id, end, b, from, to);
  }

  private continuation(flags: number, b: Buffer, from: number, to: number): void {
    const { block } = this;
    if (!block.open) return this.fault(PROTOCOL_ERROR, 'a head that goes on without having begun');
    if (!block.add(b, from, to)) return this.fault(ENHANCE_YOUR_CALM, 'a head without end');
    if ((flags & END_HEADERS) === 0) return;
    this.reader.headBegan(0);
    const whole = block.take();
    this.head(block.stream, block.end, whole, 0, whole.length);
  }

  private head(id: number, end: boolean, b: Buffer, from: number, to: number): void {
    const head = this.block.decode(b, from, to);
    if (head === null) return this.fault(COMPRESSION_ERROR, 'a head that cannot be decompressed');
    const stream = this.owner.find(id);
    if (stream !== null && !stream.ended) {
      this.useful();
      stream.head(head, end);
    } else if (id === 0 || this.isForgotten(id)) this.idle();
    else this.fault(STREAM_CLOSED, `a head on stream ${id}, which is closed`);
  }

  private rstStream(id: number, b: Buffer, from: number, to: number): void {
    if (to - from !== 4) return this.fault(FRAME_SIZE_ERROR, 'a reset of a wrong length');
    if (this.owner.isIdle(id) && !this.isForgotten(id))
      return this.fault(PROTOCOL_ERROR, `a reset of stream ${id}, which nobody opened`);
    if (this.owner.find(id) === null) return this.idle();
    this.owner.wasReset(id, b.readUInt32BE(from));
  }

  private settingsFrame(flags: number, b: Buffer, from: number, to: number): void {
    const ack = (flags & ACK) !== 0;
    if (ack ? to !== from : (to - from) % 6 !== 0) return this.fault(FRAME_SIZE_ERROR, 'settings of a wrong length');
    if (ack) return this.idle();
    for (let at = from; at < to; at += 6) {
      const [code, why] = this.setting(b.readUInt16BE(at), b.readUInt32BE(at + 2));
      if (code !== 0) return this.fault(code, why);
    }
    this.outlet.settingsAck();
    if (!this.owner.learned(this.streams, this.firstWindow, this.frameSize))
      return this.fault(FLOW_CONTROL_ERROR, 'settings that lead a window beyond its limit');
    this.idle();
  }

  /** 6.5.2; what is not known is passed over. */
  private setting(id: number, value: number): readonly [code: number, why: string] {
    switch (id) {
      case HEADER_TABLE_SIZE:
        this.outlet.encoder.resize(value);
        return FINE;
      case ENABLE_PUSH:
        return value === 0 ? FINE : [PROTOCOL_ERROR, 'a server that wants to be pushed to'];
      case MAX_CONCURRENT_STREAMS:
        this.streams = value;
        return FINE;
      case INITIAL_WINDOW_SIZE:
        this.firstWindow = value;
        return value <= WIDEST_WINDOW ? FINE : [FLOW_CONTROL_ERROR, 'a window beyond its limit'];
      case MAX_FRAME_SIZE:
        this.frameSize = value;
        return value >= FIRST_FRAME && value <= LONGEST_FRAME ? FINE : [PROTOCOL_ERROR, `frames of ${value} octets`];
      default:
        return FINE;
    }
  }

  private pingFrame(flags: number, b: Buffer, from: number, to: number): void {
    if (to - from !== 8) return this.fault(FRAME_SIZE_ERROR, 'a ping of a wrong length');
    if ((flags & ACK) === 0) this.outlet.pong(b, from);
    else {
      this.signs++;
      this.owner.ponged();
    }
    this.idle();
  }

  private goaway(b: Buffer, from: number, to: number): void {
    if (to - from < 8) return this.fault(FRAME_SIZE_ERROR, 'a farewell of a wrong length');
    this.idle();
    this.owner.sentAway(b.readUInt32BE(from + 4), b.readUInt32BE(from) & WIDEST_WINDOW);
  }

  private windowUpdate(id: number, b: Buffer, from: number, to: number): void {
    if (to - from !== 4) return this.fault(FRAME_SIZE_ERROR, 'a window of a wrong length');
    const more = b.readUInt32BE(from) & WIDEST_WINDOW;
    if (more === 0) return this.fault(PROTOCOL_ERROR, 'a window that opens by nothing');
    if (id !== 0 && this.owner.isIdle(id)) return this.fault(PROTOCOL_ERROR, `a window of stream ${id}, which nobody opened`);
    this.idle();
    if (!this.owner.widened(id, more)) this.fault(FLOW_CONTROL_ERROR, 'a window beyond its limit');
  }

  /** The peer has time: what came so far was no flood. */
  calm(): void {
    this.idleFrames = 0;
  }

  /** Something moves: an answer, or our own body, for which the peer opens its windows. */
  useful(): void {
    this.signs++;
    this.idleFrames = 0;
  }
}

const FINE = [0, ''] as const;
