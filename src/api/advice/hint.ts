import { speaksHttp } from '../../base/local-scheme.ts';
import type { Failure } from '../../contract/failure.ts';
import { adviceFor } from './advice.ts';
import { codeOfFailure, codeOfStatus } from './finding-code.ts';
import { fillIn, lineOf } from './words.ts';

/** Where a request went, as far as a hint names it. */
export interface Place {
  readonly scheme: string;
  readonly host: string;
}

/** What to do about something. */
export interface Remedy {
  readonly words: string;
  /** A line of a program; null where none can be told. */
  readonly code: string | null;
  /** An option of `qnam`. */
  readonly option: string | null;
}

/**
 * What to do about a failure, or a final status; null where nobody knows, or no HTTP is spoken. What more there is to find out, the doctor finds
 * out.
 */
export function remedyFor(failure: Failure | null, status: number, { scheme, host }: Place): Remedy | null {
  if (!speaksHttp(scheme)) return null;
  const code = failure === null ? codeOfStatus(status) : codeOfFailure(failure);
  if (code === null || code === 'failed') return null;
  const advice = adviceFor(code, failure?.limit?.name);
  const rule = 'qnam proxy explain tells where';
  return {
    words: fillIn(advice.fix, { host, rule, detail: 'see the fields of its answer' }),
    code: lineOf(advice.code, { host }),
    option: lineOf(advice.option, {}),
  };
}

/** The same as a sentence; '' = none. */
export function hintFor(failure: Failure | null, status: number, place: Place): string {
  const remedy = remedyFor(failure, status, place);
  if (remedy === null) return '';
  return remedy.code === null ? remedy.words : `${remedy.words.slice(0, -1)}: ${remedy.code}`;
}
