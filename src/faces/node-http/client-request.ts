import { Readable, Writable } from 'node:stream';
import { systemClock } from '../../base/clock.ts';
import type { HeaderList } from '../../base/header-list.ts';
import type { Timer } from '../../contract/clock.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import { offAbort, onAbort } from '../aborts.ts';
import { CARRY, type Dispatcher } from '../dispatcher/dispatcher.ts';
import { errorOf, systemError } from '../dispatcher/errors.ts';
import type { Controls, Listener } from '../dispatcher/handlers.ts';
import { factsOf, hangUp, IncomingMessage } from './incoming-message.ts';
import { checkField, checkLine, dispatchOptions, goesBare, type HttpOptions, methodOf } from './request-options.ts';

/**
 * A request as node:http's clients make it: a stream that takes the body and emits `response`. It goes out when the body has begun, or ended.
 * There is no socket, and no `socket` event.
 */
export class ClientRequest extends Writable {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly protocol: string;
  aborted = false;
  readonly reusedSocket = false;
  readonly socket = null;
  /** The answer, once its head is here. */
  res: IncomingMessage | null = null;
  headersSent = false;
  readonly #dispatcher: Dispatcher;
  readonly #options: HttpOptions;
  readonly #fields = new Map<string, readonly [name: string, value: unknown]>();
  #controls: Controls | null = null;
  /** What was written before the request went out. */
  #early: Buffer[] = [];
  /** No more will be written. */
  #ending = false;
  /** A body of which more is written. */
  #feed: Readable | null = null;
  #wanted: (() => void) | null = null;
  #silence = 0;
  #timer: Timer | null = null;

  constructor(dispatcher: Dispatcher, options: HttpOptions) {
    super({ autoDestroy: false });
    checkLine(options);
    this.#dispatcher = dispatcher;
    this.#options = options;
    this.method = methodOf(options);
    this.path = options.path || '/';
    this.host = options.hostname || options.host || 'localhost';
    this.protocol = options.protocol || 'http:';
    this.#readFields(options);
    if (options.timeout) this.setTimeout(options.timeout);
    const { signal } = options;
    if (signal !== undefined && signal !== null) this.#obey(signal);
  }

  #readFields({ headers, auth }: HttpOptions): void {
    if (Array.isArray(headers))
      for (let i = 0; i < headers.length; i += 2) this.appendHeader(headers[i] as string, headers[i + 1]);
    else for (const name of Object.keys(headers ?? {})) this.setHeader(name, (headers as Record<string, unknown>)[name]);
    if (auth && !this.hasHeader('authorization'))
      this.setHeader('Authorization', `Basic ${Buffer.from(auth).toString('base64')}`);
  }

  #obey(signal: AbortSignal): void {
    const stop = (): void => {
      const reason = { cause: signal.reason };
      this.destroy(Object.assign(new Error('The operation was aborted', reason), { name: 'AbortError', code: 'ABORT_ERR' }));
    };
    if (signal.aborted) systemClock.soon(stop);
    else {
      onAbort(signal, stop);
      this.once('close', () => offAbort(signal, stop));
    }
  }

  /** Deprecated in node:http, too: all was written. */
  get finished(): boolean {
    return this.#ending;
  }

  // ---- fields

  setHeader(name: string, value: unknown): this {
    if (this.headersSent)
      throw Object.assign(new Error('Cannot set headers after they are sent'), { code: 'ERR_HTTP_HEADERS_SENT' });
    if (value === undefined) return this;
    checkField(name, value);
    this.#fields.set(name.toLowerCase(), [name, value]);
    return this;
  }

  appendHeader(name: string, value: unknown): this {
    const before = this.getHeader(name);
    return this.setHeader(name, before === undefined ? value : [before, value].flat());
  }

  getHeader(name: string): unknown {
    return this.#fields.get(name.toLowerCase())?.[1];
  }

  hasHeader(name: string): boolean {
    return this.#fields.has(name.toLowerCase());
  }

  removeHeader(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }

  getHeaderNames(): string[] {
    return [...this.#fields.keys()];
  }

  getRawHeaderNames(): string[] {
    return Array.from(this.#fields.values(), ([name]) => name);
  }

  getHeaders(): Record<string, unknown> {
    return Object.fromEntries(Array.from(this.#fields, ([key, [, value]]) => [key, value]));
  }

  /** Sends the head, and the body in chunks, or by its Content-Length, as it is written. A GET and its like have none, unless they say its length. */
  flushHeaders(): void {
    if (!this.headersSent) this.#start(goesBare(this.method, this.#fields) ? null : this.#stream());
  }

  // ---- the body

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#stir();
    const waiting = this.#early.reduce((sum, { length }) => sum + length, chunk.length);
    if (!this.headersSent && !this.#ending && waiting > this.writableHighWaterMark) this.#start(this.#stream());
    if (this.#feed !== null) return this.#pass(this.#feed, chunk, done);
    if (this.headersSent)
      return done(new Error(`the head of this ${this.method} went out without a body: say Content-Length, or write first`));
    // what is written and ended in one go is sent with its length, and can be sent again
    this.#early.push(chunk);
    if (this.#early.length === 1) systemClock.soon(() => this.headersSent || this.destroyed || this.#start(this.#stream()));
    done();
  }

  override end(...rest: unknown[]): this {
    this.#ending = true;
    super.end(...(rest as []));
    if (!this.headersSent && !this.destroyed) this.#start(this.#early.length === 0 ? null : Buffer.concat(this.#early));
    return this;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#feed?.push(null);
    done();
  }

  #stream(): Readable {
    const feed = new Readable({
      read: () => this.#want(),
      // nobody wants the rest, and who has written of it goes on
      destroy: (_, done) => {
        this.#want();
        done();
      },
    });
    feed.on('error', () => {});
    for (const chunk of this.#early) feed.push(chunk);
    this.#feed = feed;
    return feed;
  }

  /** More can be taken. */
  #want(): void {
    const wanted = this.#wanted;
    this.#wanted = null;
    wanted?.();
  }

  #pass(feed: Readable, chunk: Buffer, done: () => void): void {
    // a body that nobody wants any more is written into nothing
    if (feed.destroyed || feed.push(chunk)) done();
    else this.#wanted = done;
  }

  #start(body: Readable | Buffer | null): void {
    this.#early = [];
    try {
      const options = { ...dispatchOptions(this.#options, this.#fields), body };
      this.headersSent = true;
      this.#dispatcher[CARRY](options, (controls) => this.#listener(controls));
    } catch (error) {
      this.headersSent = true;
      systemClock.soon(() => this.destroy(error as Error));
    }
  }

  // ---- the answer

  #listener(controls: Controls): Listener {
    this.#controls = controls;
    return {
      start: () => {},
      begun: () => {},
      head: (head) => this.#head(head, controls),
      data: (chunk) => {
        this.#stir();
        this.res!._arrive(chunk);
      },
      end: (trailers: HeaderList | null) => {
        this.#still();
        this.res!._finish(trailers);
      },
      error: (error) => this.#lost(error),
      errorOf: nodeError,
    };
  }

  #head(head: Head, controls: Controls): void {
    this.#stir();
    if (head.status < 200) {
      if (head.status === 100) this.emit('continue');
      this.emit('information', factsOf(head));
      return;
    }
    const res = new IncomingMessage(head, controls, this, () => this.destroy());
    this.res = res;
    // an answer that nobody listens for is read into nothing, as by node:http
    if (!this.emit('response', res)) res.resume();
  }

  #lost(error: Error): void {
    this.#still();
    const { res } = this;
    if (res === null) this.destroy(error);
    else if (!res.destroyed) res.destroy(error);
  }

  // ---- the end

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#still();
    const { res } = this;
    const problem = error ?? hangUp(res === null ? 'socket hang up' : 'aborted');
    if (res !== null && !res.destroyed && !res.complete) res.destroy(hangUp('aborted', error ?? undefined));
    this.#controls?.abort(problem);
    this.#want();
    done(res === null ? problem : error);
  }

  /** Deprecated in node:http, too. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    systemClock.soon(() => this.emit('abort'));
    this.destroy();
  }

  // ---- silence

  /** Emits `timeout` after so many milliseconds in which nothing moves; 0 = never. What is to be done is up to the listener. */
  readonly setTimeout: (milliseconds: number, listener?: () => void) => this = (milliseconds, listener) => {
    if (listener !== undefined) this.once('timeout', listener);
    this.#silence = milliseconds;
    this.#stir();
    return this;
  };

  #stir(): void {
    this.#still();
    if (this.#silence > 0 && !this.destroyed) this.#timer = systemClock.after(this.#silence, () => this.emit('timeout'));
  }

  #still(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** These are about a socket; the pool has its own mind about it. */
  setNoDelay(): void {}
  setSocketKeepAlive(): void {}
}

/** In node:http's words, where it has any. */
function nodeError(failure: Failure): Error {
  const known = systemError(failure);
  if (known !== null) return known;
  if (failure.kind === 'closed' || failure.kind === 'resend')
    return hangUp(failure.phase === 'receive' ? 'aborted' : 'socket hang up', failure);
  if (failure.kind === 'timeout') return Object.assign(new Error(failure.message, { cause: failure }), { code: 'ETIMEDOUT' });
  return errorOf(failure);
}
