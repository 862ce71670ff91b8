import type { HeaderList } from '../../base/header-list.ts';
import type { Head } from '../../contract/head.ts';
import { type Framing, framingOf, keepsAlive } from '../../rules/message-framing.ts';
import { ChunkDecoder } from './chunked.ts';
import { cannotBeHead, headEnd, type ParsedHead, parseHead, ProtocolFault } from './head-parser.ts';
import type { H1Limits } from './limits.ts';

const IDLE = 0;
const HEAD = 1;
const LENGTH = 2;
const CHUNKS = 3;
const UNTIL_CLOSE = 4;

/** Who hears what an answer says. Any call may end in `halt` or in a new `begin`. */
export interface ResponseTarget {
  interim(head: Head): void;
  head(head: Head, keepAlive: boolean): void;
  /** The memory is valid during the call only. */
  data(chunk: Uint8Array): void;
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
  private chunks: ChunkDecoder | null = null;
  /** A head whose end has not come yet. */
  private partial: Buffer | null = null;
  private partialSize = 0;
  private halted = false;
  /** Octets seen since `begin`. */
  octets = 0;
  /** While `complete` is told: the chunk goes on behind the answer. */
  surplus = false;

  constructor(target: ResponseTarget, limits: H1Limits) {
    this.target = target;
    this.limits = limits;
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
    while (i < end && !this.halted) {
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
          this.target.data(from === 0 && i === b.length ? b : b.subarray(from, i));
          if (this.left === 0 && this.state === LENGTH) this.finish(null, i < end);
          break;
        }
        case CHUNKS:
          i = this.readChunks(b, i, end);
          break;
        default:
          this.target.data(b.subarray(i, end));
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
    if (this.partial === null) {
      // empty lines before the status line are left over from a sloppy previous answer
      while (i < end && (b[i] === 13 || b[i] === 10)) i++;
      if (i === end) return i;
      const head = parseHead(b, i, end, this.limits);
      if (head === 'incomplete') {
        this.partial = Buffer.from(b.subarray(i, end));
        this.partialSize = end - i;
        this.checkPartial();
        return end;
      }
      return this.took(head, i, 0, end);
    }
    const before = this.partialSize;
    this.collect(b, i, end);
    const held = this.partial;
    const stop = headEnd(held, Math.max(0, before - 3), this.partialSize);
    if (stop < 0) {
      this.checkPartial();
      return end;
    }
    const head = parseHead(held, 0, stop, this.limits);
    this.partial = null;
    return this.took(head === 'incomplete' ? new ProtocolFault('the head of the answer is malformed') : head, i, before, end);
  }

  private collect(b: Buffer, i: number, end: number): void {
    const need = this.partialSize + end - i;
    if (need > this.partial!.length) {
      const grown = Buffer.allocUnsafe(Math.max(need, 2 * this.partial!.length));
      this.partial!.copy(grown, 0, 0, this.partialSize);
      this.partial = grown;
    }
    b.copy(this.partial!, this.partialSize, i, end);
    this.partialSize = need;
  }

  private checkPartial(): void {
    if (this.partialSize > this.limits.headBytes) this.target.fault(new ProtocolFault(`the head of the answer is longer than ${this.limits.headBytes} octets`));
    else if (cannotBeHead(this.partial!, 0, this.partialSize)) this.target.fault(new ProtocolFault('the answer does not start with HTTP/1.0 or HTTP/1.1'));
  }

  /** A head was read (or refused): `i` is where this chunk began, `before` what had been collected earlier. */
  private took(head: ParsedHead | ProtocolFault, i: number, before: number, end: number): number {
    if (head instanceof ProtocolFault) {
      this.target.fault(head);
      return end;
    }
    const after = before === 0 ? head.end : i + head.end - before;
    if (after - i + before > this.limits.headBytes) {
      this.target.fault(new ProtocolFault(`the head of the answer is longer than ${this.limits.headBytes} octets`));
      return end;
    }
    const { status } = head;
    if (status < 200 && status !== 101) {
      if (++this.interims > this.limits.interimCount) this.target.fault(new ProtocolFault(`more than ${this.limits.interimCount} interim answers`));
      else this.target.interim(this.publish(head, 0));
      return after;
    }
    const framing = framingOf(this.method, status, head.headers);
    if (framing.by === 'error') {
      this.target.fault(new ProtocolFault(framing.why));
      return end;
    }
    this.startBody(head, framing, after < end);
    return after;
  }

  private startBody(head: ParsedHead, framing: Framing, more: boolean): void {
    let length = -1;
    if (framing.by === 'length') {
      length = framing.length;
      this.left = length;
      this.state = LENGTH;
    } else if (framing.by === 'chunks') {
      this.chunks = new ChunkDecoder();
      this.state = CHUNKS;
    } else this.state = UNTIL_CLOSE;
    this.target.head(this.publish(head, length), head.status !== 101 && keepsAlive(head.minor, head.headers, framing));
    if (length === 0 && this.state === LENGTH) this.finish(null, more);
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
    if (this.state !== CHUNKS) return after;
    if (chunks.fault !== null) {
      this.target.fault(chunks.fault);
      return end;
    }
    if (chunks.done) this.finish(chunks.trailers, after < end);
    return after;
  }

  /** ChunkTarget: false stops the decoder. */
  body(b: Buffer, start: number, end: number): boolean {
    this.target.data(b.subarray(start, end));
    return !this.halted && this.state === CHUNKS;
  }

  private finish(trailers: HeaderList | null, surplus: boolean): void {
    this.state = IDLE;
    this.surplus = surplus;
    this.chunks = null;
    this.target.complete(trailers);
  }
}
