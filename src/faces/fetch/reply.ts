import { HeaderList } from '../../base/header-list.ts';
import { type Arriving, detachable } from './arriving.ts';
import { ReplyHeaders } from './reply-headers.ts';
import { streamOf } from './reply-stream.ts';

type ResponseType = Response['type'];

/** What is known of an answer before its body. */
export interface ReplyHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
  /** Without a fragment; '' for none. */
  readonly url: string;
  readonly redirected: boolean;
  readonly type: ResponseType;
}

type Method = 'arrayBuffer' | 'blob' | 'bytes' | 'formData' | 'json' | 'text';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const NO_BYTES = Buffer.alloc(0);

/**
 * A Response whose parts are made when somebody wants them: most programs read the status and the whole body, and making the platform's
 * Response, Headers and stream for that costs more than the request. It has Response's prototype behind its own, so `instanceof` holds.
 */
export class Reply {
  readonly #head: ReplyHead;
  readonly #body: Arriving | null;
  #stream: ReadableStream<Uint8Array> | null;
  #headers: ReplyHeaders | null = null;

  /** A body that comes, or one that is a stream already; null for neither. */
  constructor(head: ReplyHead, body: Arriving | null, stream: ReadableStream<Uint8Array> | null = null) {
    this.#head = head;
    this.#body = body;
    this.#stream = stream;
  }

  get status(): number {
    return this.#head.status;
  }

  get ok(): boolean {
    const { status } = this.#head;
    return status >= 200 && status <= 299;
  }

  get statusText(): string {
    return this.#head.reason;
  }

  get type(): ResponseType {
    return this.#head.type;
  }

  get url(): string {
    return this.#head.url;
  }

  get redirected(): boolean {
    return this.#head.redirected;
  }

  get headers(): Headers {
    this.#headers ??= new ReplyHeaders(this.#head.headers);
    return this.#headers as unknown as Headers;
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#stream === null && this.#body !== null) {
      this.#stream = this.#body.used ? spentStream() : streamOf(this.#body, this);
    }
    return this.#stream;
  }

  get bodyUsed(): boolean {
    return this.#stream === null ? (this.#body?.used ?? false) : isDisturbed(this.#stream);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#read('arrayBuffer', detachable);
  }

  bytes(): Promise<Uint8Array> {
    return this.#read('bytes', (all) => new Uint8Array(detachable(all)));
  }

  text(): Promise<string> {
    return this.#read('text', decoded);
  }

  json(): Promise<unknown> {
    return this.#read('json', (all) => JSON.parse(decoded(all)) as unknown);
  }

  blob(): Promise<Blob> {
    return this.#read('blob', (all) => this.#platform(new Uint8Array(detachable(all))).blob());
  }

  formData(): Promise<FormData> {
    return this.#read('formData', (all) => this.#platform(new Uint8Array(detachable(all))).formData());
  }

  clone(): Response {
    const { body } = this;
    if (body !== null && (this.bodyUsed || body.locked))
      throw new TypeError('Response.clone: the body has been read, or has a reader.');
    if (body === null) return new Reply(this.#head, null) as unknown as Response;
    const [mine, theirs] = body.tee();
    this.#stream = mine;
    const head = { ...this.#head, headers: this.#head.headers.copy() };
    return new Reply(head, null, theirs) as unknown as Response;
  }

  [INSPECT](_depth: number, options: object): string {
    const { inspect } = process.getBuiltinModule('node:util');
    const { status, statusText, headers, bodyUsed, ok, redirected, type, url } = this;
    return `Response ${inspect({ status, statusText, headers, bodyUsed, ok, redirected, type, url }, options)}`;
  }

  #read<T>(method: Method, make: (all: Buffer) => T | Promise<T>): Promise<T> {
    if (this.#stream !== null) return this.#readStream(this.#stream, method, make);
    const trouble = this.#body?.trouble() ?? null;
    if (trouble !== null) return Promise.reject(trouble.reason);
    if (this.#body?.used === true)
      return Promise.reject(new TypeError(`Response.${method}: the body has been read already; use clone() before it is.`));
    const all = this.#body === null ? NO_BYTES : this.#body.all();
    return Buffer.isBuffer(all) ? new Promise((resolve) => resolve(make(all))) : all.then(make);
  }

  async #readStream<T>(stream: ReadableStream, method: Method, make: (all: Buffer) => T | Promise<T>): Promise<T> {
    if (stream.locked || this.bodyUsed)
      throw new TypeError(`Response.${method}: the body has been read already, or has a reader; use clone() before that.`);
    return make(Buffer.from(await new Response(stream).arrayBuffer()));
  }

  /** For what the platform reads out of bytes by their media type. */
  #platform(bytes: Uint8Array<ArrayBuffer>): Response {
    const type = this.#head.headers.combined('content-type');
    return new Response(bytes, type === undefined ? {} : { headers: { 'content-type': type } });
  }
}

/** What is left of a body whose bytes were read: nothing, and nobody else may read it. */
function spentStream(): ReadableStream<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>();
  stream.cancel().catch(() => {});
  stream.getReader();
  return stream;
}

function isDisturbed(stream: ReadableStream): boolean {
  const look = process.getBuiltinModule('node:stream') as unknown as { isDisturbed(stream: unknown): boolean };
  return look.isDisturbed(stream);
}

/** UTF-8 without a byte order mark. */
function decoded(all: Buffer): string {
  return all.length >= 3 && all[0] === 0xef && all[1] === 0xbb && all[2] === 0xbf
    ? all.toString('utf8', 3)
    : all.toString('utf8');
}

let linked = false;

/** Puts the platform's classes behind ours. They are loaded by that, so it is done when the first fetch is made. */
export function linkPlatform(): void {
  if (linked) return;
  linked = true;
  Object.setPrototypeOf(Reply.prototype, Response.prototype);
  Object.setPrototypeOf(ReplyHeaders.prototype, Headers.prototype);
}

/** The fields of an answer that has none. */
export const NO_FIELDS = new HeaderList();
