import type { Failure } from '../../contract/failure.ts';
import type { Milestones } from '../../contract/tap.ts';
import type { Collected } from './collected.ts';

/** One trip, as it is read out of the ledger. */
export interface Draft extends Milestones {
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
  readonly lentAt: number;
}
