import { Readable } from 'node:stream';
import { systemClock } from '../../base/clock.ts';
import type { HeaderList } from '../../base/header-list.ts';
import type { Head } from '../../contract/head.ts';
import type { Controls } from '../dispatcher/handlers.ts';

/** Fields of which node:http keeps the first one only. */
const FIRST_ONLY: ReadonlySet<string> = new Set([
  ...['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host', 'if-modified-since'],
  ...['if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization', 'referer', 'retry-after'],
  ...['server', 'user-agent'],
]);

/** An answer as node:http's clients are given it. There is no socket to be had. */
export class IncomingMessage extends Readable {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly httpVersion: string;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  readonly headers: Record<string, string | string[]>;
  readonly rawHeaders: string[];
  trailers: Record<string, string | string[]> = {};
  rawTrailers: string[] = [];
  /** The whole answer has come. */
  complete = false;
  aborted = false;
  readonly socket = null;
  readonly req: object;
  readonly #controls: Controls;
  readonly #given: () => void;

  /** `given` is called when it is over for its reader. */
  constructor(head: Head, controls: Controls, req: object, given: () => void) {
    super();
    const facts = factsOf(head);
    this.statusCode = facts.statusCode;
    this.statusMessage = facts.statusMessage;
    this.httpVersion = facts.httpVersion;
    this.httpVersionMajor = facts.httpVersionMajor;
    this.httpVersionMinor = facts.httpVersionMinor;
    this.rawHeaders = facts.rawHeaders;
    this.headers = facts.headers;
    this.req = req;
    this.#controls = controls;
    this.#given = given;
  }

  override _read(): void {
    this.#controls.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.complete) {
      this.aborted = true;
      this.emit('aborted');
      this.#controls.abort(error ?? undefined);
    }
    this.#given();
    // as node:http has it: where nobody listens nothing is thrown, for who waits for 'aborted' or 'close' has been told
    systemClock.soon(() => done(this.listenerCount('error') > 0 ? error : null));
  }

  /** Where no answer follows for a while. Here silence is the business of the request. */
  readonly setTimeout: () => this = () => this;

  /** @internal */
  _arrive(chunk: Buffer): void {
    if (!this.push(chunk)) this.#controls.pause();
  }

  /** @internal */
  _finish(trailers: HeaderList | null): void {
    this.complete = true;
    if (trailers !== null) {
      this.rawTrailers = [...trailers.flat];
      this.trailers = fieldsOf(trailers);
    }
    this.push(null);
  }
}

/** What an answer says before its body, and an interim one says at all. */
export function factsOf({ status, reason, version, headers }: Head) {
  const httpVersion = version === '2' ? '2.0' : version;
  return {
    statusCode: status,
    statusMessage: reason,
    httpVersion,
    httpVersionMajor: Number(httpVersion.charAt(0)),
    httpVersionMinor: Number(httpVersion.charAt(2)),
    headers: fieldsOf(headers),
    rawHeaders: [...headers.flat],
  };
}

/** As node:http says that a connection is gone. */
export function hangUp(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { code: 'ECONNRESET' });
}

function fieldsOf({ flat }: HeaderList): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!.toLowerCase();
    const value = flat[i + 1]!;
    const before = Object.hasOwn(fields, name) ? fields[name]! : undefined;
    if (name === 'set-cookie') fields[name] = before === undefined ? [value] : [...(before as string[]), value];
    else if (before === undefined)
      Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
    else if (!FIRST_ONLY.has(name)) fields[name] = `${before as string}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return fields;
}
