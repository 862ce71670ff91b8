import type { TestFault } from '../../src/testing/server/answer.ts';

/** Where something is served. */
export interface Site {
  readonly host: string;
  readonly scheme: 'http' | 'https';
  readonly http2: boolean;
  /** Nothing is wrong with its certificate, or it has none. */
  readonly good: boolean;
  readonly url: string;
}

/** How one step of a request is answered. */
export interface AnswerPlan {
  readonly kind: 'page' | 'redirect' | 'status' | 'garbage' | 'interim';
  readonly status: number;
  readonly size: number;
  readonly framing: 'length' | 'chunked' | 'close';
  readonly coded: boolean;
  readonly chunks: readonly number[];
  readonly pause: number;
  readonly delay: number;
  readonly fault: TestFault | null;
  readonly truncate: number;
  /** Two cookies that belong together. */
  readonly cookies: boolean;
  readonly hsts: boolean;
  readonly garbage: string;
  /** Another answer, that nobody has asked for, comes right behind this one. */
  readonly surplus: boolean;
}

/** One stop on the way of a request: where, and what is said there the first time, the second time, … (the last one stays). */
export interface Step {
  readonly site: Site;
  readonly answers: readonly AnswerPlan[];
}

export type BodyKind = 'none' | 'bytes' | 'stream' | 'again' | 'broken' | 'buffer';
export type Reading = 'signals' | 'small' | 'promise' | 'iterate' | 'late' | 'web';

/** What a user does to a reply that runs. */
export interface Doing {
  readonly what: 'abort' | 'close' | 'delete' | 'signal';
  /** Milliseconds after the start, or inside the slot of a signal. */
  readonly when: number | 'meta' | 'read' | 'sent' | 'dialing' | 'redirected' | 'error' | 'progress' | 'asked';
}

/** Everything about one request, drawn before it is made. */
export interface Plan {
  readonly id: number;
  readonly method: string;
  /** null = a page of a site that is cached, and shared by all who ask for its number. */
  readonly steps: readonly Step[];
  readonly cached: { readonly site: Site; readonly page: number } | null;
  readonly body: BodyKind;
  readonly bodySize: number;
  readonly resend: boolean;
  readonly priority: 'high' | 'normal' | 'low';
  readonly pipelining: boolean;
  readonly cleartext: boolean;
  readonly http2: boolean;
  readonly timeout: Readonly<Record<string, number>>;
  readonly redirect: 'follow' | 'same-origin' | 'user-verified' | 'manual' | 'error';
  /** Milliseconds until a redirect is allowed; -1 = never. */
  readonly allowsAfter: number;
  readonly cache: 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';
  readonly reading: Reading;
  /** Bytes of the read buffer and milliseconds between two reads. */
  readonly buffer: number;
  readonly readEvery: number;
  readonly doing: Doing | null;
  readonly ignoresTls: boolean;
  /** The first step wants to know who asks. */
  readonly guarded: boolean;
  /** What the user says: at once, later (milliseconds), never, or nothing. */
  readonly answers: number | 'never' | 'nothing' | 'wrong';
  /** A secret of its own goes along. */
  readonly secret: boolean;
  readonly range: readonly [number, number] | null;
  readonly expects: boolean;
}

const IDEMPOTENT = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'];

export const isIdempotent = (method: string): boolean => IDEMPOTENT.includes(method);
