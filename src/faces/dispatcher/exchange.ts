import type { HeaderList } from '../../base/header-list.ts';
import { isNodeStream } from '../../bodies/source-kinds.ts';
import type { Ask } from '../../contract/ask.ts';
import type { Door, Running } from '../../contract/door.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { PullBody } from '../../contract/sink.ts';
import { Unattended } from '../../engine/assembly.ts';
import { aborted } from './errors.ts';
import type { Controls, Listener } from './handlers.ts';

/** What an exchange tells its dispatcher. */
export interface ExchangeOwner {
  /** The request has gone out, over a connection that nobody had used before. */
  connected(origin: string): void;
  /** It is over; with what the engine says of it when that is why. */
  over(exchange: Exchange, failure: Failure | null, error: Error | null): void;

  /** Whether anybody wants to hear of connections. */
  readonly tellsConnections: boolean;
}

/** Bytes of memory that a long body is read into, and from how many on a piece is given away with its memory. */
const BLOCK = 65_536;
const WORTH_A_BLOCK = 16_384;

/** One dispatched request: what the engine tells of it goes to the handler. */
export class Exchange extends Unattended {
  readonly origin: string;
  private readonly owner: ExchangeOwner;
  private readonly source: unknown;
  private readonly listener: Listener;
  private readonly controller: Controller;
  private readonly door: Door;
  private readonly transfer: Running;
  private over = false;
  private block: Buffer | null = null;
  private lent: Buffer | null = null;

  /** `source` is the body as the caller gave it. */
  constructor(owner: ExchangeOwner, listen: (controls: Controls) => Listener, door: Door, ask: Ask, source: unknown) {
    super();
    this.owner = owner;
    this.origin = ask.url.origin;
    this.source = source;
    this.controller = new Controller(this);
    this.listener = listen(this.controller);
    this.door = door;
    this.transfer = door.create(ask, this);
  }

  /** Tells the handler that it begins, and begins; a transfer that the handler has aborted meanwhile rests for ever. */
  begin(): void {
    try {
      this.listener.start();
    } catch (error) {
      this.abort(error);
    }
    this.door.schedule(this.transfer);
  }

  // what the handler does

  pause(): void {
    if (!this.over) this.transfer.pause();
  }

  resume(): void {
    if (!this.over) this.transfer.resume();
  }

  /** The handler hears of it as of any other error, inside the call. Idempotent. */
  abort(reason: unknown): void {
    if (this.over) return;
    this.over = true;
    const error = (reason ?? aborted()) as Error;
    this.giveUpSource(error);
    this.transfer.cancel();
    this.owner.over(this, null, error);
    this.tell(error);
  }

  /** A stream that nobody reads to its end is told why. */
  private giveUpSource(error: unknown): void {
    const { source } = this;
    if (!isNodeStream(source) || source.destroyed === true) return;
    const why = error instanceof Error ? error : new Error(String(error));
    (source as { destroy?(error: Error): void }).destroy?.(why);
  }

  private tell(error: Error): void {
    try {
      this.listener.error(error);
    } catch (problem) {
      // a handler that throws here has nobody left to tell; the engine must not be stopped by it
      queueMicrotask(() => {
        throw problem;
      });
    }
  }

  // what the engine tells

  override sent(): void {
    if (this.owner.tellsConnections && !this.transfer.timings.reused) this.owner.connected(this.origin);
  }

  override interimHead(head: Head): void {
    this.tellHead(head);
  }

  override head(head: Head): void {
    try {
      this.listener.begun();
    } catch (error) {
      return this.abort(error);
    }
    this.tellHead(head);
  }

  private tellHead(head: Head): void {
    try {
      this.listener.head(head);
    } catch (error) {
      this.abort(error);
    }
  }

  override room(left: number): Buffer {
    this.block ??= Buffer.allocUnsafeSlow(BLOCK);
    this.lent = left < BLOCK ? this.block.subarray(0, left) : this.block;
    return this.lent;
  }

  override data(bytes: Buffer, start: number, end: number): void {
    const chunk = bytes.subarray(start, end);
    // a program may give away the memory of a piece, so nothing is read into it any more
    const own = bytes === this.lent && chunk.length >= WORTH_A_BLOCK;
    if (own) this.block = null;
    try {
      this.listener.data(own ? chunk : Buffer.from(chunk));
    } catch (error) {
      this.abort(error);
    }
  }

  override end(trailers: HeaderList | null = null): void {
    if (this.over) return;
    this.over = true;
    this.owner.over(this, null, null);
    try {
      this.listener.end(trailers);
    } catch (error) {
      this.tell(error as Error);
    }
  }

  override fail(failure: Failure): void {
    if (this.over) return;
    this.over = true;
    const error = this.listener.errorOf(failure);
    this.giveUpSource(error);
    this.owner.over(this, failure, error);
    this.tell(error);
  }

  override served(_head: Head, body: PullBody): never {
    body.close();
    throw new Error('only http and https are dispatched, and neither is served at once');
  }
}

/** What handlers hold of an exchange. */
class Controller implements Controls {
  rawHeaders: Buffer[] | null = null;
  rawTrailers: Buffer[] | null = null;
  readonly #exchange: Exchange;
  #aborted = false;
  #reason: Error | null = null;
  #paused = false;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
    this.#exchange.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#exchange.resume();
  }

  abort(reason?: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = (reason ?? null) as Error | null;
    this.#exchange.abort(reason);
  }
}
