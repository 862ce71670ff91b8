import type { Duplex } from 'node:stream';
import type { OpenRequest } from './request.ts';

// Values may hold UTF-8 or any other bytes: read as Latin-1, shown as UTF-8 when they are that.
function text(latin1: string): string {
  const raw = Buffer.from(latin1, 'latin1');
  const utf8 = raw.toString('utf8');
  return Buffer.from(utf8, 'utf8').equals(raw) ? utf8 : latin1;
}

/** Portions of a body that is read slowly, a second. */
const PORTIONS = 20;

/** Pulls requests out of a byte stream. */
export class Incoming {
  readonly #stream: Duplex;
  readonly #later: (ms: number) => Promise<void>;
  /** Bytes a second that are taken of a body. */
  #rate = Number.POSITIVE_INFINITY;
  #buffer: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(stream: Duplex, later: (ms: number) => Promise<void>) {
    this.#stream = stream;
    this.#later = later;
    stream.on('data', (d: Buffer) => {
      this.#buffer = this.#buffer.length === 0 ? d : Buffer.concat([this.#buffer, d]);
      if (this.#slow) stream.pause();
      this.#stir();
    });
    const over = (): void => {
      this.#ended = true;
      this.#stir();
    };
    stream.on('end', over).on('close', over).on('error', over);
  }

  get #slow(): boolean {
    return this.#rate !== Number.POSITIVE_INFINITY;
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    if (this.#slow && this.#rate > 0) this.#stream.resume();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return true;
  }

  #take(n: number): Buffer {
    const taken = this.#buffer.subarray(0, n);
    this.#buffer = this.#buffer.subarray(n);
    return taken;
  }

  /** Bytes up to and with `mark`, or null when the stream ends before. */
  async #upTo(mark: string): Promise<Buffer | null> {
    let from = 0;
    for (;;) {
      const i = this.#buffer.indexOf(mark, from, 'latin1');
      if (i >= 0) return this.#take(i + mark.length);
      from = Math.max(0, this.#buffer.length - mark.length);
      if (!(await this.#more())) return null;
    }
  }

  /** The next head, or null when no further request comes. */
  async head(connection: number): Promise<OpenRequest | null> {
    const raw = await this.#upTo('\r\n\r\n');
    if (raw === null) return null;
    const lines = raw.toString('latin1', 0, raw.length - 4).split('\r\n');
    const line = lines[0] ?? '';
    const parts = /^(\S+) (.*) (HTTP\/\d\.\d)$/.exec(line);
    const headers = lines.slice(1).map((l): [string, string] => {
      const colon = l.indexOf(':');
      return [l.slice(0, colon), text(l.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, ''))];
    });
    return {
      connection,
      stream: 0,
      line,
      method: parts?.[1] ?? '?',
      target: parts?.[2] ?? line,
      version: parts?.[3] ?? '?',
      headers,
      header: (name) => headers.find(([k]) => k.toLowerCase() === name.toLowerCase())?.[1],
      raw: Buffer.from(raw),
      body: Buffer.alloc(0),
      chunked: false,
      short: false,
    };
  }

  /**
   * Until the end of the body so many bytes a second are taken, 0 = none. What the client sends beyond that waits where a network keeps it,
   * and then on its side.
   */
  slow(bytesPerSecond: number): void {
    this.#rate = bytesPerSecond;
    this.#stream.pause();
  }

  /** Reads the body that the head announces and completes `request` with it. */
  async body(request: OpenRequest): Promise<void> {
    const framed: Buffer[] = [request.raw];
    const parts: Buffer[] = [];
    const complete = /chunked/i.test(request.header('transfer-encoding') ?? '')
      ? await this.#chunks(request, framed, parts)
      : await this.#exactly(Number(request.header('content-length') ?? 0), framed, parts);
    request.raw = Buffer.concat(framed);
    request.body = Buffer.concat(parts);
    request.short = !complete;
    if (!this.#slow) return;
    this.#rate = Number.POSITIVE_INFINITY;
    this.#stream.resume();
  }

  async #exactly(n: number, framed: Buffer[], parts: Buffer[]): Promise<boolean> {
    for (let left = n; left > 0; ) {
      while (this.#rate === 0 || this.#buffer.length === 0) if (!(await this.#more())) return false;
      const most = this.#slow ? Math.ceil(this.#rate / PORTIONS) : left;
      const piece = this.#take(Math.min(left, most, this.#buffer.length));
      left -= piece.length;
      framed.push(piece);
      parts.push(piece);
      if (!this.#slow) continue;
      await this.#later((piece.length * 1000) / this.#rate);
      if (this.#stream.destroyed) return false;
    }
    return true;
  }

  async #chunks(request: OpenRequest, framed: Buffer[], parts: Buffer[]): Promise<boolean> {
    request.chunked = true;
    for (;;) {
      const line = await this.#upTo('\r\n');
      if (line === null) return false;
      framed.push(line);
      const size = Number.parseInt(line.toString('latin1'), 16);
      const data: Buffer[] = [];
      const whole = await this.#exactly(size + 2, framed, data);
      parts.push(Buffer.concat(data).subarray(0, size));
      if (!whole) return false;
      if (size === 0) return true;
    }
  }

  /** Lets the stream run on without anybody reading it. */
  abandon(): void {
    this.#stream.removeAllListeners('data');
    this.#stream.resume();
  }
}
