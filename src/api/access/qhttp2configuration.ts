/** RFC 9113 6.5.2: a frame may be asked to be this long. */
const LEAST_FRAME = 16_384;
const MOST_FRAME = 16_777_215;
/** RFC 9113 6.9.1. */
const MOST_WINDOW = 2_147_483_647;
/** What a server allows at least (RFC 9113 6.5.2). */
const DEFAULT_STREAMS = 100;

/**
 * Settings of HTTP/2 connections for a request, see {@link QNetworkRequest.setHttp2Configuration}. A value: two configurations with
 * the same settings are equal. A setter that is given what HTTP/2 does not allow returns false and changes nothing, as in Qt.
 * Requests share a connection only when their configurations are equal. One that was given none uses windows of 1 MiB for an answer and
 * 16 MiB for a connection, and as many requests beside each other as the server allows.
 *
 * ```ts
 * const http2 = new QHttp2Configuration();
 * http2.setStreamReceiveWindowSize(1 << 20); // true
 * http2.setMaxFrameSize(100); // false: RFC 9113 wants 16384 at least
 * request.setHttp2Configuration(http2);
 * ```
 *
 * Qt: QHttp2Configuration (5.14).
 */
export class QHttp2Configuration {
  #push = false;
  #huffman = true;
  #session = 65_535;
  #stream = 65_535;
  #frame = LEAST_FRAME;
  #streams = DEFAULT_STREAMS;

  /** Makes a configuration with the defaults, or a copy of `other`. */
  constructor(other?: QHttp2Configuration) {
    if (other === undefined) return;
    this.#push = other.#push;
    this.#huffman = other.#huffman;
    this.#session = other.#session;
    this.#stream = other.#stream;
    this.#frame = other.#frame;
    this.#streams = other.#streams;
  }

  /** Whether the server may push answers nobody asked for; false unless set. They are refused one by one then, as nothing here asks for them. */
  serverPushEnabled(): boolean {
    return this.#push;
  }

  /** Says whether the server may push. */
  setServerPushEnabled(enable: boolean): void {
    this.#push = enable === true;
  }

  /** Whether header fields are compressed with Huffman codes (RFC 7541 5.2); true unless set. */
  huffmanCompressionEnabled(): boolean {
    return this.#huffman;
  }

  /** Says whether header fields are compressed with Huffman codes. */
  setHuffmanCompressionEnabled(enable: boolean): void {
    this.#huffman = enable === true;
  }

  /** Bytes that may be on their way over a connection before they are taken; 65535 unless set. */
  sessionReceiveWindowSize(): number {
    return this.#session;
  }

  /** Sets the window of a connection, 1 to 2147483647 bytes. */
  setSessionReceiveWindowSize(size: number): boolean {
    if (!isBetween('setSessionReceiveWindowSize', size, 1, MOST_WINDOW)) return false;
    this.#session = size;
    return true;
  }

  /** Bytes that may be on their way for one answer before they are taken; 65535 unless set. */
  streamReceiveWindowSize(): number {
    return this.#stream;
  }

  /** Sets the window of one answer, 1 to 2147483647 bytes. */
  setStreamReceiveWindowSize(size: number): boolean {
    if (!isBetween('setStreamReceiveWindowSize', size, 1, MOST_WINDOW)) return false;
    this.#stream = size;
    return true;
  }

  /** The longest frame that is accepted, in bytes; 16384 unless set. */
  maxFrameSize(): number {
    return this.#frame;
  }

  /** Sets the longest frame that is accepted, 16384 to 16777215 bytes. */
  setMaxFrameSize(size: number): boolean {
    if (!isBetween('setMaxFrameSize', size, LEAST_FRAME, MOST_FRAME)) return false;
    this.#frame = size;
    return true;
  }

  /** Requests that are under way on a connection at a time; 100 unless set. The server may allow fewer. Qt 6.9. */
  maxConcurrentStreams(): number {
    return this.#streams;
  }

  /** Sets how many requests may be under way on a connection, from 1. Qt 6.9. */
  setMaxConcurrentStreams(value: number): boolean {
    if (!isBetween('setMaxConcurrentStreams', value, 1, MOST_WINDOW)) return false;
    this.#streams = value;
    return true;
  }

  /** True when both have the same settings. */
  equals(other: QHttp2Configuration): boolean {
    return (
      this.#push === other.#push &&
      this.#huffman === other.#huffman &&
      this.#session === other.#session &&
      this.#stream === other.#stream &&
      this.#frame === other.#frame &&
      this.#streams === other.#streams
    );
  }
}

function isBetween(setter: string, value: number, least: number, most: number): boolean {
  if (typeof value !== 'number') throw new TypeError(`QHttp2Configuration.${setter} expects a number; got ${typeof value}.`);
  return Number.isInteger(value) && value >= least && value <= most;
}
