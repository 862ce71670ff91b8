import type { Clock } from '../../contract/clock.ts';
import type { ByteStream } from '../../contract/stream.ts';
import {
  ACK,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  FRAME_HEADER,
  GOAWAY,
  HEADERS,
  PING,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from './frames.ts';
import { HpackEncoder } from './hpack/encoder.ts';

const SLAB_BYTES = 32_768;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** What goes out: frames are collected and written together, at the end of a read or of the turn. */
export class Outlet {
  readonly encoder: HpackEncoder;
  private readonly stream: ByteStream;
  private readonly clock: Clock;
  private slab: Buffer = Buffer.allocUnsafe(SLAB_BYTES);
  private from = 0;
  private at = 0;
  private held = false;
  private scheduled = false;
  private over = false;
  private owed = 0;
  /** The longest frame that the peer takes. */
  longest = 16_384;

  constructor(stream: ByteStream, clock: Clock, huffman: boolean) {
    this.stream = stream;
    this.clock = clock;
    this.encoder = new HpackEncoder(huffman);
  }

  /** Bytes of answers to frames that the system has not taken yet; a body that goes out may hold them up. */
  get owing(): number {
    this.owed = Math.min(this.owed, this.stream.pending);
    return this.owed;
  }

  /** While held, frames wait for `release`. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.flush();
  }

  close(): void {
    this.flush();
    this.over = true;
  }

  /** The client's preface (RFC 9113 3.4); settings are identifier, value, identifier, value … */
  preface(settings: readonly number[], window: number): void {
    this.reserve(PREFACE.length + FRAME_HEADER + settings.length * 3);
    this.at += this.slab.write(PREFACE, this.at, 'latin1');
    this.header(settings.length * 3, SETTINGS, 0, 0);
    for (let i = 0; i < settings.length; i += 2) {
      this.at = this.slab.writeUInt16BE(settings[i]!, this.at);
      this.at = this.slab.writeUInt32BE(settings[i + 1]!, this.at);
    }
    if (window > 0) this.windowUpdate(0, window);
    this.soon();
  }

  settingsAck(): void {
    this.short(0, SETTINGS, ACK, 0);
    this.owed += FRAME_HEADER;
  }

  pong(b: Buffer, from: number): void {
    this.short(8, PING, ACK, 0);
    b.copy(this.slab, this.at, from, from + 8);
    this.at += 8;
    this.owed += FRAME_HEADER + 8;
  }

  ping(): void {
    this.short(8, PING, 0, 0);
    this.slab.fill(0, this.at, this.at + 8);
    this.at += 8;
  }

  reset(stream: number, code: number): void {
    this.short(4, RST_STREAM, 0, stream);
    this.at = this.slab.writeUInt32BE(code, this.at);
    this.owed += FRAME_HEADER + 4;
  }

  windowUpdate(stream: number, more: number): void {
    this.short(4, WINDOW_UPDATE, 0, stream);
    this.at = this.slab.writeUInt32BE(more, this.at);
  }

  goaway(code: number): void {
    this.short(8, GOAWAY, 0, 0);
    this.at = this.slab.writeUInt32BE(0, this.at);
    this.at = this.slab.writeUInt32BE(code, this.at);
  }

  /** A request's head: name, value, name, value … */
  head(stream: number, fields: readonly string[], end: boolean): void {
    const bound = HpackEncoder.bound(fields);
    this.reserve(bound + FRAME_HEADER);
    const start = this.at + FRAME_HEADER;
    const size = this.encoder.encode(fields, this.slab, start) - start;
    const flags = end ? END_STREAM : 0;
    if (size > this.longest) return this.longHead(stream, Buffer.from(this.slab.subarray(start, start + size)), flags);
    this.header(size, HEADERS, flags | END_HEADERS, stream);
    this.at = start + size;
    this.soon();
  }

  private longHead(stream: number, block: Buffer, flags: number): void {
    const { longest } = this;
    for (let from = 0; from < block.length; from += longest) {
      const to = Math.min(block.length, from + longest);
      this.reserve(FRAME_HEADER + to - from);
      const last = to === block.length ? END_HEADERS : 0;
      this.header(to - from, from === 0 ? HEADERS : CONTINUATION, (from === 0 ? flags : 0) | last, stream);
      this.at += block.copy(this.slab, this.at, from, to);
    }
    this.soon();
  }

  /** `done` is called when the system has taken it. */
  data(stream: number, bytes: Uint8Array, end: boolean, done?: () => void): void {
    this.short(bytes.length, DATA, end ? END_STREAM : 0, stream);
    if (bytes.length === 0) return;
    this.stream.cork();
    this.flush();
    if (!this.over) this.stream.write(bytes, done);
    this.stream.uncork();
  }

  /** The header of a frame, with room for what little comes behind it. */
  private short(length: number, type: number, flags: number, stream: number): void {
    this.reserve(FRAME_HEADER + 8);
    this.header(length, type, flags, stream);
    this.soon();
  }

  private header(length: number, type: number, flags: number, stream: number): void {
    const { slab, at } = this;
    slab.writeUIntBE(length, at, 3);
    slab[at + 3] = type;
    slab[at + 4] = flags;
    slab.writeUInt32BE(stream, at + 5);
    this.at = at + FRAME_HEADER;
  }

  private reserve(size: number): void {
    if (this.at + size <= this.slab.length) return;
    this.flush();
    // what was written may still be on its way, so its memory is not used again
    this.slab = Buffer.allocUnsafe(Math.max(SLAB_BYTES, size));
    this.from = 0;
    this.at = 0;
  }

  private soon(): void {
    if (this.held || this.scheduled) return;
    this.scheduled = true;
    this.clock.soon(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    const { from, at } = this;
    if (at === from) return;
    this.from = at;
    if (!this.over) this.stream.write(this.slab.subarray(from, at));
  }
}
