import type { HeaderList } from '../../base/header-list.ts';
import type { Head } from '../../contract/head.ts';
import { type Framing, framingOf, keepsAlive } from '../../rules/message-framing.ts';
import { ChunkDecoder } from './chunked.ts';
import { Gathered } from './gathered.ts';
import { headEnd, type ParsedHead, ProtocolFault, parseHead, startFault } from './head-parser.ts';
import type { H1Limits } from './limits.ts';

const IDLE = 0;
const HEAD = 1;
const LENGTH = 2;
const CHUNKS = 3;
const UNTIL_CLOSE = 4;

/** Octets of empty lines before a status line: what a sloppy earlier answer may have left over, and no flood. */
const BLANK_OCTETS = 64;

/** Who hears what an answer says. Any call may end in `halt`, in a new `begin`, or in the end of `alive`. */
export interface ResponseTarget {
  /** False as soon as nothing more is wanted: nothing more is told. */
  readonly alive: boolean;
  interim(head: Head): void;
  head(head: Head, keepAlive: boolean): void;
  /** The memory is valid during the call only. */
  data(bytes: Buffer, start: number, end: number): void;
  complete(trailers: HeaderList | null): void;
  fault(fault: ProtocolFault): void;
}

/** Reads answers out of a stream of bytes, whatever the cuts; one answer for each `begin`. */
export class ResponseParser {
  private readonly target: ResponseTarget;
  private readonly limits: H1Limits;
  private state = IDLE;
  private method = 'GET';
  private pipelined = false;
  private left = 0;
  private interims = 0;
  private blanks = 0;
  private chunks: ChunkDecoder | null = null;
  /** A head whose end has not come yet. */
  private partial: Gathered | null = null;
  private halted = false;
  /** Octets seen since `begin`. */
  octets = 0;
  /** While `complete` is told: the chunk goes on behind the answer. */
  surplus = false;

  constructor(target: ResponseTarget, limits: H1Limits) {
    this.target = target;
    this.limits = limits;
  }

  /** Octets of a body of known length that are still to come; 0 in any other state. */
  get lengthLeft(): number {
    return this.state === LENGTH ? this.left : 0;
  }

  get idle(): boolean {
    return this.state === IDLE;
  }

  /** Expects the answer to a request. */
  begin(method: string, pipelined: boolean): void {
    this.method = method;
    this.pipelined = pipelined;
    this.state = HEAD;
    this.interims = 0;
    this.blanks = 0;
    this.octets = 0;
  }

  /** Makes `feed` return as soon as it can; `proceed` lifts that. */
  halt(): void {
    this.halted = true;
  }

  proceed(): void {
    this.halted = false;
  }

  /** Reads from `i`; returns the position after what was used: before `end` when halted or when an answer is complete. */
  feed(b: Buffer, i: number, end: number): number {
    const start = i;
    while (i < end && !this.halted && this.target.alive) {
      switch (this.state) {
        case IDLE:
          return i;
        case HEAD:
          this.octets += end - i;
          i = this.readHead(b, i, end);
          break;
        case LENGTH: {
          const n = Math.min(this.left, end - i);
          this.left -= n;
          const from = i;
          i += n;
          this.target.data(b, from, i);
          if (this.left === 0 && this.target.alive) this.finish(null, i < end);
          break;
        }
        case CHUNKS:
          i = this.readChunks(b, i, end);
          break;
        default:
          this.target.data(b, i, end);
          i = end;
      }
      if (this.state === IDLE) return i;
    }
    if (this.state !== HEAD) this.octets += i - start;
    return i;
  }

  /** The peer closed its side. True when that ends the answer properly (RFC 9112 8). */
  eof(): boolean {
    if (this.state !== UNTIL_CLOSE) return false;
    this.finish(null, false);
    return true;
  }

  private readHead(b: Buffer, i: number, end: number): number {
    const held = this.partial;
    if (held === null) {
      i = this.skipBlanks(b, i, end);
      if (i === end) return i;
      const head = parseHead(b, i, end, this.limits);
      if (head !== 'incomplete') return this.took(head, i, 0, end);
      this.partial = new Gathered(b, i, end);
      this.checkPartial(this.partial);
      return end;
    }
    const before = held.size;
    held.add(b, i, end);
    const stop = headEnd(held.octets, Math.max(0, before - 3), held.size);
    if (stop < 0) {
      this.checkPartial(held);
      return end;
    }
    const head = parseHead(held.octets, 0, stop, this.limits);
    this.partial = null;
    return this.took(head === 'incomplete' ? new ProtocolFault('the head of the answer is malformed') : head, i, before, end);
  }

  /** Empty lines before the status line are left over from a sloppy earlier answer. */
  private skipBlanks(b: Buffer, i: number, end: number): number {
    while (i < end && (b[i] === 13 || b[i] === 10)) {
      i++;
      if (++this.blanks <= BLANK_OCTETS) continue;
      this.target.fault(new ProtocolFault('empty lines instead of an answer'));
      return end;
    }
    return i;
  }

  private checkPartial({ octets, size }: Gathered): void {
    const why = size > this.limits.headBytes ? this.headTooLong() : startFault(octets, 0, size);
    if (why !== '') this.target.fault(new ProtocolFault(why));
  }

  private headTooLong(): string {
    return `the head of the answer is longer than ${this.limits.headBytes} octets`;
  }

  /** A head was read (or refused): `i` is where this chunk began, `before` what had been collected earlier. */
  private took(head: ParsedHead | ProtocolFault, i: number, before: number, end: number): number {
    this.blanks = 0;
    if (head instanceof ProtocolFault) {
      this.target.fault(head);
      return end;
    }
    const after = before === 0 ? head.end : i + head.end - before;
    const framing =
      after - i + before > this.limits.headBytes
        ? { by: 'error' as const, why: this.headTooLong() }
        : framingOf(this.method, head.status, head.headers);
    if (framing.by === 'error') {
      this.target.fault(new ProtocolFault(framing.why));
      return end;
    }
    if (head.status >= 200) {
      this.startBody(head, framing, after < end);
      return after;
    }
    const why = this.interimFault(head, framing);
    if (why === '') this.target.interim(this.publish(head, 0));
    else this.target.fault(new ProtocolFault(why));
    return after;
  }

  private interimFault(head: ParsedHead, framing: Framing): string {
    if (++this.interims > this.limits.interimCount) return `more than ${this.limits.interimCount} interim answers`;
    // HTTP/1.0 has no interim answers, and behind `Connection: close` there is nothing to read (RFC 9112 9.6)
    return keepsAlive(head.minor, head.headers, framing) ? '' : 'an interim answer ends the connection';
  }

  private startBody(head: ParsedHead, framing: Framing, more: boolean): void {
    let length = -1;
    if (framing.by === 'length' || framing.by === 'tunnel') {
      length = framing.by === 'length' ? framing.length : 0;
      this.left = length;
      this.state = LENGTH;
    } else if (framing.by === 'chunks') {
      this.chunks = new ChunkDecoder();
      this.state = CHUNKS;
    } else this.state = UNTIL_CLOSE;
    this.target.head(this.publish(head, length), keepsAlive(head.minor, head.headers, framing));
    if (length === 0 && this.target.alive) this.finish(null, more);
  }

  private publish(head: ParsedHead, bodyLength: number): Head {
    return {
      status: head.status,
      reason: head.reason,
      version: head.minor === 1 ? '1.1' : '1.0',
      headers: head.headers,
      bodyLength,
      pipelined: this.pipelined,
    };
  }

  private readChunks(b: Buffer, i: number, end: number): number {
    const chunks = this.chunks!;
    const after = chunks.feed(b, i, end, this, this.limits);
    if (!this.target.alive) return end;
    if (chunks.fault !== null) {
      this.target.fault(chunks.fault);
      return end;
    }
    if (chunks.done) this.finish(chunks.trailers, after < end);
    return after;
  }

  /** ChunkTarget: false stops the decoder. */
  body(b: Buffer, start: number, end: number): boolean {
    this.target.data(b, start, end);
    return !this.halted && this.target.alive;
  }

  private finish(trailers: HeaderList | null, surplus: boolean): void {
    this.state = IDLE;
    this.surplus = surplus;
    this.chunks = null;
    this.target.complete(trailers);
  }
}
