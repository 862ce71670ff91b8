import type { OpenRequest } from '../request.ts';
import type { Field } from './hpack.ts';

/** One request over HTTP/2 and what is known of its way back. */
export class Http2Stream {
  readonly request: OpenRequest;
  /** Octets of the answer's body that the client takes at the moment. */
  window: number;
  /** The client, or the end of the connection, has given it up. */
  gone = false;
  /** All of the request is there. */
  complete = false;
  /** Bytes a second that are taken of the request's body; undefined = as fast as they come. */
  reads: number | undefined;
  /** Settles when the body that has come is paid for. */
  paid: Promise<void> | null = null;
  /** The request is complete, or will never be. */
  readonly ended: Promise<void>;
  readonly #pieces: Buffer[] = [];
  #settled = false;
  #end: () => void = () => {};

  constructor(connection: number, id: number, fields: readonly Field[], window: number) {
    this.request = requestOf(connection, id, fields);
    this.window = window;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get id(): number {
    return this.request.stream;
  }

  add(piece: Buffer): void {
    this.#pieces.push(piece);
  }

  /** END_STREAM has come. */
  finish(): void {
    this.complete = true;
    this.#settle();
  }

  /** Nothing more comes, and nothing is heard. */
  leave(): void {
    this.gone = true;
    this.request.short = !this.complete;
    this.#settle();
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.request.body = Buffer.concat(this.#pieces);
    this.#end();
  }
}

function requestOf(connection: number, stream: number, fields: readonly Field[]): OpenRequest {
  const pseudo = (name: string): string | undefined => fields.find(([known]) => known === `:${name}`)?.[1];
  const authority = pseudo('authority');
  const headers = fields.filter(([name]) => !name.startsWith(':'));
  if (authority !== undefined && !headers.some(([name]) => name === 'host')) headers.unshift(['host', authority]);
  const method = pseudo('method') ?? '?';
  // CONNECT has no path (RFC 9113 8.5)
  const target = pseudo('path') ?? authority ?? '?';
  return {
    connection,
    stream,
    line: `${method} ${target} HTTP/2`,
    method,
    target,
    version: 'HTTP/2',
    headers,
    header: (name) => headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1],
    raw: Buffer.alloc(0),
    body: Buffer.alloc(0),
    chunked: false,
    short: false,
  };
}
