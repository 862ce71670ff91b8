import { HeaderList } from '../base/header-list.ts';
import type { Head } from '../contract/head.ts';
import { type Hop, NO_FACTS } from '../contract/hop.ts';
import type { PullBody } from '../contract/sink.ts';
import { partOf } from './part.ts';

/** Head of an answer that came over no network: no status, no version. */
export function localHead(headers: HeaderList, bodyLength: number): Head {
  return { status: 0, reason: '', version: '', headers, bodyLength, pipelined: false };
}

/**
 * Answers with `size` bytes, or with the range of them that the request wants. `open` gives those from `offset` on; it is not called for HEAD.
 * `modified` is the value of Last-Modified; '' = unknown.
 */
export function serveBytes(hop: Hop, size: number, modified: string, open: (offset: number, length: number) => PullBody): void {
  const part = partOf(hop, size, modified);
  if (part !== null && 'kind' in part) return hop.fail(part, NO_FACTS);
  const { offset, length } = part ?? { offset: 0, length: size };
  const fields = modified === '' ? [] : ['Last-Modified', modified];
  if (part !== null) fields.push('Content-Range', part.contentRange);
  const headers = new HeaderList([...fields, 'Content-Length', String(length)]);
  const only = hop.method === 'HEAD';
  const head = localHead(headers, only ? 0 : length);
  const body = only ? noBody() : open(offset, length);
  // a whole one has no status, as in Qt
  hop.served(part === null ? head : { ...head, status: 206, reason: 'Partial Content' }, body);
}

/** A body that is in memory already. */
export class MemoryBody implements PullBody {
  readonly length: number;
  #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.length = bytes.length;
  }

  read(target: Uint8Array): number {
    const piece = this.#bytes.subarray(this.#at, this.#at + target.length);
    target.set(piece);
    this.#at += piece.length;
    return piece.length;
  }

  close(): void {
    this.#bytes = NOTHING;
  }
}

const NOTHING = new Uint8Array(0);

/** The body of an answer to HEAD. */
export function noBody(): PullBody {
  return new MemoryBody(NOTHING);
}

/** A carriage whose hop was told everything already. */
export const DELIVERED = Object.freeze({ cancel(): void {}, discard(): void {}, pause(): void {}, resume(): void {} });
