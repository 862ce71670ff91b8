import type { HeaderList } from '../../base/header-list.ts';
import { Gathered } from './gathered.ts';
import { headEnd, ProtocolFault, parseFields } from './head-parser.ts';
import type { H1Limits } from './limits.ts';
import { HEX, KIND, TEXT, TOKEN } from './octets.ts';

const SIZE = 0; // hexadecimal digits
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILERS = 6;

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
  private gathered: Gathered | null = null;
  trailers: HeaderList | null = null;

  done = false;
  fault: ProtocolFault | null = null;

  /** Decodes from `i`; returns the position after what was used. `done` tells whether the last chunk and its trailers were read. */
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
          // zeros in front are digits too, and nobody needs many
          if (++this.digits > limits.chunkExtensionBytes || this.left > Number.MAX_SAFE_INTEGER)
            this.refuse('a chunk size is too large');
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
        else if (this.extension.octets > limits.chunkExtensionBytes)
          this.refuse(`chunk extensions are longer than ${limits.chunkExtensionBytes} octets`);
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

  /** Trailers are gathered up to their blank line, then read like header fields. */
  private readTrailers(b: Buffer, i: number, end: number, limits: H1Limits): number {
    if (this.gathered === null) {
      if (b[i] === 13 && i + 1 < end && b[i + 1] === 10) {
        this.done = true;
        return i + 2;
      }
      this.gathered = new Gathered(b, i, end);
      return this.tookTrailers(this.gathered, i, 0, end, limits);
    }
    const before = this.gathered.size;
    this.gathered.add(b, i, end);
    return this.tookTrailers(this.gathered, i, before, end, limits);
  }

  /** `i` is where this piece began, `before` what had been gathered earlier. */
  private tookTrailers({ octets, size }: Gathered, i: number, before: number, end: number, limits: H1Limits): number {
    const bareLf = octets[0] === 10;
    const blank = bareLf ? 1 : octets[0] === 13 ? (size > 1 ? 2 : -1) : headEnd(octets, Math.max(0, before - 3), size);
    if ((blank < 0 ? size : blank) > limits.trailerBytes) {
      this.refuse(`trailers are longer than ${limits.trailerBytes} octets`);
      return end;
    }
    if (blank < 0) return end;
    if (bareLf || hasBareLf(octets, blank)) {
      this.refuse('a trailer line does not end in CR LF');
      return end;
    }
    const fields = parseFields(octets, 0, blank, limits);
    if (typeof fields === 'string' || fields instanceof ProtocolFault) {
      this.refuse(fields instanceof ProtocolFault ? `trailers: ${fields.why}` : 'the trailer section is malformed');
      return end;
    }
    const { headers } = fields;
    if (headers.has('Content-Length') || headers.has('Transfer-Encoding')) {
      this.refuse('trailers: a field of message framing stands behind the message');
      return end;
    }
    this.trailers = headers.size === 0 ? null : headers;
    this.done = true;
    return i + fields.end - before;
  }

  private refuse(why: string): void {
    this.fault = new ProtocolFault(why);
  }
}

/** RFC 9112 2.2 allows bare LF in head lines; framing of a body is no place for it. */
function hasBareLf(b: Uint8Array, end: number): boolean {
  for (let i = 0; i < end; i++) if (b[i] === 10 && b[i - 1] !== 13) return true;
  return false;
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
