import type { HeaderList } from '../../base/header-list.ts';
import { headEnd, parseFields, ProtocolFault } from './head-parser.ts';
import type { H1Limits } from './limits.ts';
import { HEX, KIND, TEXT, TOKEN } from './octets.ts';

const SIZE = 0; // hexadecimal digits
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILERS = 6;

const EMPTY = Buffer.alloc(0);

/** Who gets the decoded bytes; returns false to stop (paused or aborted). */
export interface ChunkTarget {
  body(b: Buffer, start: number, end: number): boolean;
}

/**
 * Undoes the chunked transfer coding (RFC 9112 7.1), octet by octet where it has to be and by the block where it can.
 * CR LF is required everywhere in the framing.
 */
export class ChunkDecoder {
  private state = SIZE;
  private digits = 0;
  private left = 0;
  private extension = new ExtensionChecker();
  private trailerBytes: Buffer = EMPTY;
  trailers: HeaderList | null = null;

  /** Decodes from `i`; returns the position after what was used. `done` tells whether the last chunk and its trailers were read. */
  done = false;
  fault: ProtocolFault | null = null;

  feed(b: Buffer, i: number, end: number, target: ChunkTarget, limits: H1Limits): number {
    while (i < end && !this.done && this.fault === null) {
      if (this.state === DATA) {
        const stop = Math.min(end, i + this.left);
        const start = i;
        this.left -= stop - i;
        i = stop;
        if (this.left === 0) this.state = DATA_CR;
        if (!target.body(b, start, stop)) return i;
      } else if (this.state === TRAILERS) {
        i = this.readTrailers(b, i, end, limits);
      } else {
        this.octet(b[i]!, limits);
        i++;
      }
    }
    return i;
  }

  private octet(c: number, limits: H1Limits): void {
    switch (this.state) {
      case SIZE:
        if (KIND[c]! & HEX) {
          this.left = this.left * 16 + (c <= 57 ? c - 48 : (c | 32) - 87);
          if (++this.digits > 16 || this.left > Number.MAX_SAFE_INTEGER) this.refuse('a chunk size is too large');
        } else if (this.digits === 0) this.refuse('a chunk has no size');
        else if (c === 13) this.state = SIZE_LF;
        else if (c === 59) {
          this.state = EXTENSION;
          this.extension.begin();
        } else this.refuse('a chunk size is not followed by CR LF or an extension');
        return;
      case EXTENSION:
        if (c === 13 && this.extension.mayEnd()) this.state = SIZE_LF;
        else if (!this.extension.accepts(c)) this.refuse('a chunk extension is malformed');
        else if (this.extension.octets > limits.chunkExtensionBytes) this.refuse(`chunk extensions are longer than ${limits.chunkExtensionBytes} octets`);
        return;
      case SIZE_LF:
        if (c !== 10) this.refuse('a chunk size line does not end in CR LF');
        else if (this.left === 0) this.state = TRAILERS;
        else this.state = DATA;
        this.digits = 0;
        return;
      case DATA_CR:
        if (c !== 13) this.refuse('chunk data is longer than its size says');
        this.state = DATA_LF;
        return;
      default:
        if (c !== 10) this.refuse('chunk data does not end in CR LF');
        this.state = SIZE;
    }
  }

  /** Trailers are collected to their blank line, then read like header fields. */
  private readTrailers(b: Buffer, i: number, end: number, limits: H1Limits): number {
    if (this.trailerBytes.length === 0 && b[i] === 13 && i + 1 < end && b[i + 1] === 10) {
      this.done = true;
      return i + 2;
    }
    const before = this.trailerBytes.length;
    if (before + (end - i) > limits.trailerBytes && before > limits.trailerBytes) {
      this.refuse(`trailers are longer than ${limits.trailerBytes} octets`);
      return end;
    }
    const all = before === 0 ? b.subarray(i, end) : Buffer.concat([this.trailerBytes, b.subarray(i, end)]);
    if (all[0] === 10) {
      this.refuse('the last chunk is not followed by CR LF');
      return end;
    }
    const blank = all[0] === 13 ? (all.length > 1 ? 2 : -1) : headEnd(all, Math.max(0, before - 3), all.length);
    if (blank < 0) {
      if (all.length > limits.trailerBytes) this.refuse(`trailers are longer than ${limits.trailerBytes} octets`);
      else this.trailerBytes = Buffer.from(all);
      return end;
    }
    const fields = parseFields(all, 0, blank, limits);
    if (typeof fields === 'string' || fields instanceof ProtocolFault) {
      this.refuse(fields instanceof ProtocolFault ? fields.why : 'the trailer section is malformed');
      return end;
    }
    this.trailers = fields.headers.size === 0 ? null : fields.headers;
    this.done = true;
    return i + blank - before;
  }

  private refuse(why: string): void {
    this.fault = new ProtocolFault(why);
  }
}

const NAME_FIRST = 0;
const NAME = 1;
const VALUE_FIRST = 2;
const VALUE = 3;
const QUOTED = 4;
const ESCAPED = 5;
const AFTER_QUOTED = 6;

/** chunk-ext = *( ";" token [ "=" ( token / quoted-string ) ] ), read and thrown away (RFC 9112 7.1.1). */
class ExtensionChecker {
  private at = NAME_FIRST;
  octets = 0;

  begin(): void {
    this.at = NAME_FIRST;
    this.octets = 0;
  }

  mayEnd(): boolean {
    return this.at === NAME || this.at === VALUE || this.at === AFTER_QUOTED;
  }

  accepts(c: number): boolean {
    this.octets++;
    const token = (KIND[c]! & TOKEN) !== 0;
    switch (this.at) {
      case QUOTED:
        if (c === 34) this.at = AFTER_QUOTED;
        else if (c === 92) this.at = ESCAPED;
        else return (KIND[c]! & TEXT) !== 0;
        return true;
      case ESCAPED:
        this.at = QUOTED;
        return (KIND[c]! & TEXT) !== 0;
      case NAME_FIRST:
        this.at = NAME;
        return token;
      case VALUE_FIRST:
        this.at = c === 34 ? QUOTED : VALUE;
        return token || c === 34;
      default:
        if (token && this.at !== AFTER_QUOTED) return true;
        if (c === 61 && this.at === NAME) this.at = VALUE_FIRST;
        else if (c === 59) this.at = NAME_FIRST;
        else return false;
        return true;
    }
  }
}
