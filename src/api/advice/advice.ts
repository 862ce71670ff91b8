// What can be wrong with a request and what puts it right: one table for the doctor and for the hints of errors.
import { HTTP, LONGER } from './http-advice.ts';
import { NETWORK } from './network-advice.ts';
import { TLS } from './tls-advice.ts';
import type { Advice } from './words.ts';

const TABLE = { ...NETWORK, ...TLS, ...HTTP };

/** A stable name for what is wrong; new ones may come with any version. */
export type FindingCode = keyof typeof TABLE;

export const ADVICE: Readonly<Record<FindingCode, Advice>> = TABLE;

/** What is said about a code. Who waits too short by Qt's limit, `transfer`, has to raise that one. */
export function adviceFor(code: FindingCode, limit: string | undefined): Advice {
  const advice = ADVICE[code];
  return limit === 'transfer' && advice.code?.includes('timeout:') ? { ...advice, ...LONGER } : advice;
}
