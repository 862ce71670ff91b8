import type { HeaderList } from '../base/header-list.ts';
import { failure } from '../contract/failure.ts';
import type { Filter, FilterTarget } from '../contract/filter.ts';
import { allowedRatio, bombLimit, type Coding } from '../rules/content-coding.ts';
import { decodeWhole, Link, type LinkTarget } from './decoders.ts';

export { availableCodings } from './decoders.ts';

/** Up to this many coded bytes a body is collected and decoded in one go: that takes a tenth of the time of a stream. */
const SMALL_INPUT = 65_536;
/** What may come out in one go; more is streamed, so that memory stays bounded and the consumer can slow us down. */
const SMALL_OUTPUT = 262_144;

const WAY_OUT = 'To receive the bytes undecoded, send an Accept-Encoding header of your own.';

/**
 * Undoes content codings. A small body that is there at once is decoded at once; anything else is streamed through decoders that
 * work beside the event loop, hold a bounded amount of data and pass back-pressure on.
 */
export class Inflate implements Filter, LinkTarget {
  /** As the server applied them. */
  readonly #codings: readonly Coding[];
  readonly #bodyLength: number;
  readonly #threshold: number;
  readonly #target: FilterTarget;

  #state: 'gather' | 'stream' | 'decoded' | 'closed' = 'gather';
  #gathered: Uint8Array[] = [];
  /** Bytes that came in. */
  #received = 0;
  #links: Link[] = [];
  /** Bytes that came out of each link. */
  #decoded: number[] = [];
  #paused = false;
  #sourcePaused = false;
  /** Output of a body decoded in one go that the consumer did not want yet. */
  #held: Uint8Array | null = null;
  #inputEnded = false;
  #trailers: HeaderList | null = null;

  /**
   * `codings` as `codingsToUndo` gives them, `bodyLength` as announced (-1 = unknown), `bombThreshold` the decoded size from which the
   * ratio is watched (0 = always, -1 = never).
   */
  constructor(codings: readonly Coding[], bodyLength: number, bombThreshold: number, target: FilterTarget) {
    this.#codings = codings;
    this.#bodyLength = bodyLength;
    this.#threshold = bombThreshold;
    this.#target = target;
  }

  data(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#received += chunk.length;
    if (this.#state === 'gather') this.#gather(chunk);
    else if (this.#state === 'stream') this.#feed(Buffer.from(chunk));
  }

  end(trailers: HeaderList | null): void {
    if (this.#inputEnded || this.#state === 'closed') return;
    this.#inputEnded = true;
    this.#trailers = trailers;
    if (this.#state === 'gather' && this.#received > 0) this.#decodeGathered();
    if (this.#state === 'stream') this.#links[0]!.end();
    else if (this.#open() && this.#held === null) this.#finish();
  }

  cancel(): void {
    this.#state = 'closed';
    for (const link of this.#links) link.close();
    this.#links = [];
    this.#gathered = [];
    this.#held = null;
  }

  pause(): void {
    this.#paused = true;
    this.#links.at(-1)?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#links.at(-1)?.resume();
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    this.#target.data(held);
    if (this.#inputEnded && this.#open()) this.#finish();
  }

  // In one go

  #gather(chunk: Uint8Array): void {
    const known = this.#bodyLength >= 0;
    const whole = this.#received === this.#bodyLength;
    if (this.#bodyLength > SMALL_INPUT || this.#received > SMALL_INPUT) {
      this.#stream(Buffer.from(chunk));
    } else if (whole && this.#gathered.length === 0) {
      this.#decode(chunk, false);
    } else {
      this.#gathered.push(Buffer.from(chunk));
      if (whole) this.#decodeGathered();
      // Nobody knows whether more comes soon. If the end comes with the same piece from the socket, we are called before this
      // microtask; else the bytes that are here must not wait.
      else if (!known && this.#gathered.length === 1) queueMicrotask(() => this.#waitNoLonger());
    }
  }

  #waitNoLonger(): void {
    if (this.#state === 'gather') this.#stream(null);
  }

  #decodeGathered(): void {
    const pieces = this.#gathered;
    this.#gathered = [];
    this.#decode(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), true);
  }

  /** `owned`: the memory is ours to keep. */
  #decode(body: Uint8Array, owned: boolean): void {
    const limit = bombLimit(this.#codings, this.#received, this.#threshold);
    let bytes = body;
    for (let i = this.#codings.length - 1; i >= 0; i--) {
      const coding = this.#codings[i]!;
      try {
        bytes = decodeWhole(coding, bytes, Math.min(SMALL_OUTPUT, limit));
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') this.#failBroken(coding, error as Error);
        else if (limit <= SMALL_OUTPUT) this.#failBomb(limit);
        else this.#stream(owned ? body : Buffer.from(body));
        return;
      }
    }
    this.#state = 'decoded';
    if (bytes.length === 0) return;
    if (this.#paused) this.#held = bytes;
    else this.#target.data(bytes);
  }

  // As a stream

  /** Goes over to streaming with what was gathered and then `chunk`, both ours to keep. */
  #stream(chunk: Uint8Array | null): void {
    this.#state = 'stream';
    const last = this.#codings.length - 1;
    for (let i = last; i >= 0; i--) {
      this.#links.push(new Link(this.#codings[i]!, last - i, this));
      this.#decoded.push(0);
    }
    if (this.#paused) this.#links.at(-1)!.pause();
    const pieces = this.#gathered;
    this.#gathered = [];
    for (const piece of pieces) this.#feed(piece);
    if (chunk !== null) this.#feed(chunk);
  }

  #feed(chunk: Uint8Array): void {
    if (this.#links[0]?.write(chunk) !== false || this.#sourcePaused) return;
    this.#sourcePaused = true;
    this.#target.pause();
  }

  output(link: Link, chunk: Uint8Array): void {
    const decoded = this.#decoded[link.index]! + chunk.length;
    this.#decoded[link.index] = decoded;
    const limit = bombLimit(this.#codings, this.#received, this.#threshold);
    if (decoded > limit) {
      this.#failBomb(limit);
      return;
    }
    const next = this.#links[link.index + 1];
    if (next === undefined) this.#target.data(chunk);
    else if (!next.write(chunk)) link.pause();
  }

  drained(link: Link): void {
    if (link.index > 0) {
      this.#links[link.index - 1]!.resume();
    } else if (this.#sourcePaused) {
      this.#sourcePaused = false;
      this.#target.resume();
    }
  }

  ended(link: Link): void {
    const next = this.#links[link.index + 1];
    if (next === undefined) this.#finish();
    else next.end();
  }

  broken(link: Link, error: Error): void {
    this.#failBroken(link.coding, error);
  }

  // Ends

  /** Asked after calls to the target, which may have cancelled us. */
  #open(): boolean {
    return this.#state !== 'closed';
  }

  #finish(): void {
    this.cancel();
    this.#target.end(this.#trailers);
  }

  #failBroken(coding: Coding, error: Error): void {
    this.cancel();
    const { code } = error as { code?: unknown };
    const what =
      code === 'Z_BUF_ERROR'
        ? `The body ended after ${this.#received} bytes in the middle of its ${coding} data: the answer was cut short, ask again.`
        : code === 'ZSTD_error_frameParameter_windowTooLarge'
          ? `The zstd data want a window above 8 MiB, which RFC 9659 does not allow in answers: the server has to compress otherwise.`
          : `The body is not valid ${coding} data (${error.message}): it was damaged on the way or the server labels it wrongly.`;
    this.#target.fail(failure('decode', 'decode', `${what} ${WAY_OUT}`, { cause: error }));
  }

  #failBomb(limit: number): void {
    this.cancel();
    const came = this.#bodyLength > this.#received ? `${this.#received} of ${this.#bodyLength}` : `${this.#received}`;
    const message =
      `Decoding stopped, for this looks like a decompression bomb: ${came} bytes of ${this.#codings.join(', ')} data became more than ` +
      `${Math.floor(limit)} bytes. Allowed are ${this.#threshold} bytes, beyond that ${allowedRatio(this.#codings)} times what came. If the ` +
      `answer is genuine, allow more with setDecompressedSafetyCheckThreshold() of the request, or any size with -1.`;
    this.#target.fail(failure('decode', 'decode', message));
  }
}
