import type { HeaderList } from '../base/header-list.ts';
import type { Head } from '../contract/head.ts';
import type { PullBody } from '../contract/sink.ts';

/** Head of an answer that came over no network: no status, no version. */
export function localHead(headers: HeaderList, bodyLength: number): Head {
  return { status: 0, reason: '', version: '', headers, bodyLength, pipelined: false };
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
