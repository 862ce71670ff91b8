import type { HeaderList } from '../base/header-list.ts';

/** Head of an answer, as it came over the wire. Header text is Latin-1: one character an octet. */
export interface Head {
  readonly status: number;
  readonly reason: string;
  /** '1.0', '1.1' or '2'. */
  readonly version: string;
  readonly headers: HeaderList;
  /** Body length announced by framing, -1 when unknown, 0 when there is none. */
  readonly bodyLength: number;
  /** The request went out before the previous answer was complete. */
  readonly pipelined: boolean;
}
