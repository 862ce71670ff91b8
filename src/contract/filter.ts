import type { HeaderList } from '../base/header-list.ts';
import type { Failure } from './failure.ts';

/**
 * What body bytes pass on their way to the sink. Output comes synchronously or later; the target hears exactly one of `end` and
 * `fail`, unless the filter is cancelled.
 */
export interface Filter {
  /** The memory is valid during the call only. */
  data(chunk: Uint8Array): void;
  end(trailers: HeaderList | null): void;
  /** No more output is wanted; the filter is silent from now on and frees what it holds. */
  cancel(): void;
  /** The consumer cannot take more for now. */
  pause(): void;
  resume(): void;
}

/** Where a filter stands on the way from the transport to the sink. */
export const FilterPhase = Object.freeze({
  /** Sees the bytes as they came over the wire. */
  raw: 0,
  /** Undoes content codings. */
  decoding: 1,
  /** Sees the bytes as the sink gets them. */
  decoded: 2,
} as const);
export type FilterPhase = (typeof FilterPhase)[keyof typeof FilterPhase];

/** Where a filter puts its output, and whom it asks to slow down. */
export interface FilterTarget {
  /** The memory is valid during the call only. */
  data(chunk: Uint8Array): void;
  end(trailers: HeaderList | null): void;
  fail(failure: Failure): void;
  /** Back-pressure: the source should stop sending. */
  pause(): void;
  resume(): void;
}
