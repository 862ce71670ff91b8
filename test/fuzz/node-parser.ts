import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Duplex } from 'node:stream';
import type { Outcome } from './outcome.ts';

/** A connection that takes whatever is written and says what it is told to say. */
class Line extends Duplex {
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

/** A request of node:http whose answer is yet to come. */
export class Waiting {
  readonly #line = new Line();
  readonly #request: ClientRequest;
  readonly #interims: number[] = [];
  #answer: IncomingMessage | null = null;
  #why = '';

  constructor(method: string, insecureHTTPParser: boolean) {
    this.#request = request({
      method,
      insecureHTTPParser,
      maxHeaderSize: 1_048_576,
      createConnection: () => this.#line as never,
    });
    this.#request.maxHeadersCount = 0;
    // a request without agent would not keep its connection; the parser clears this when the answer forbids to
    (this.#request as unknown as Kept).shouldKeepAlive = true;
    this.#request.on('information', (information) => this.#interims.push(information.statusCode));
    this.#request.on('response', (answer) => {
      this.#answer = answer;
      answer.on('error', () => {});
    });
    this.#request.on('error', (error: NodeJS.ErrnoException) => {
      this.#why ||= error.code?.startsWith('HPE_') ? `${error.code} ${error.message}` : error.message;
    });
    this.#request.end();
  }

  /** Hears the pieces and then the end of the connection. The request must have had a turn of the event loop to get ready. */
  read(pieces: readonly Buffer[]): Outcome {
    for (const piece of pieces) if (piece.length > 0) this.#line.emit('data', piece);
    const early = this.#answer?.complete === true;
    const reusable = early && (this.#request as unknown as Kept).shouldKeepAlive;
    this.#line.emit('end');
    const answer = this.#answer;
    const accepted = answer?.complete === true;
    let body = '';
    for (let piece = answer?.read(); piece instanceof Uint8Array; piece = answer?.read())
      body += Buffer.from(piece).toString('latin1');
    const outcome: Outcome = {
      accepted,
      early,
      interims: this.#interims,
      version: answer?.httpVersion ?? '',
      status: answer?.statusCode ?? 0,
      reason: answer?.statusMessage ?? '',
      fields: answer?.rawHeaders ?? [],
      trailers: answer?.rawTrailers ?? [],
      body,
      reusable,
      why: this.#why,
    };
    this.#request.destroy();
    this.#line.destroy();
    return outcome;
  }
}

interface Kept {
  shouldKeepAlive: boolean;
}
