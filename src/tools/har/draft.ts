import type { Failure } from '../../contract/failure.ts';
import type { Collected } from './collected.ts';

/** One trip, as it is read out of the ledger. */
export interface Draft {
  /** Without user information. */
  readonly url: string;
  readonly method: string;
  /** When the request was made, on the clock of the engine. */
  readonly made: number;
  /** Codings are undone. */
  readonly decodes: boolean;
  /** The answer came out of what is stored. */
  readonly stored: boolean;
  /** 0 = none. */
  readonly connection: number;
  readonly address: string;
  /** The head of the request as it was sent; '' = nothing was sent. */
  readonly sentHead: string;
  /** 0 = no head has come. */
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  /** Fields of the answer: name, value, name, value … */
  readonly fields: readonly string[];
  readonly problem: Failure | null;
  /** Bodies; null = none. */
  readonly sent: Collected | null;
  readonly received: Collected | null;
  // Milestones in microseconds since the request was made, -1 = did not happen.
  readonly lentAt: number;
  readonly queuedAt: number;
  readonly resolveAt: number;
  readonly connectAt: number;
  readonly proxyAt: number;
  readonly tlsAt: number;
  readonly connectedAt: number;
  readonly sentAt: number;
  readonly headAt: number;
  readonly endedAt: number;
}
