import { describe, expect, it } from 'vitest';
import { type FailureKind, failure } from '../../src/contract/failure.ts';
import type { HopFacts } from '../../src/contract/hop.ts';
import { type RetryQuestion, retryVerdict } from '../../src/rules/retry.ts';

type Verdict = 'again' | 'no' | 'body gone' | 'maybe processed';

const REUSED: HopFacts = { reused: true, bytesWritten: 100, bytesRead: 0, garbage: false };
const FRESH: HopFacts = { ...REUSED, reused: false };

const GET: Omit<RetryQuestion, 'failure' | 'facts'> = {
  idempotent: true,
  replayable: true,
  unsafeAllowed: false,
  resends: 0,
  freshResends: 0,
};
const POST = { ...GET, idempotent: false };

function verdict(
  kind: FailureKind,
  facts: HopFacts,
  rest: Partial<RetryQuestion>,
  limit?: { name: string; milliseconds: number },
): Verdict {
  const problem = failure(kind, 'wait', 'lost', limit === undefined ? {} : { limit });
  const { again, maybeProcessed, bodyGone } = retryVerdict({ ...GET, ...rest, failure: problem, facts });
  expect([again, maybeProcessed, bodyGone].filter(Boolean).length).toBeLessThan(2);
  return bodyGone ? 'body gone' : again ? 'again' : maybeProcessed ? 'maybe processed' : 'no';
}

describe('a lost request', () => {
  const rows: [what: string, facts: HopFacts, question: Partial<RetryQuestion>, want: Verdict][] = [
    // an idempotent one
    ['GET on a kept connection', REUSED, GET, 'again'],
    ['GET on a kept connection, third resend', REUSED, { ...GET, resends: 2 }, 'again'],
    ['GET on a kept connection, resent three times', REUSED, { ...GET, resends: 3 }, 'no'],
    ['GET on a fresh connection', FRESH, GET, 'again'],
    ['GET on a fresh connection, the second time', FRESH, { ...GET, resends: 1, freshResends: 1 }, 'no'],
    ['GET on a fresh connection, after a kept one died', FRESH, { ...GET, resends: 1 }, 'again'],
    ['GET on a fresh connection, after three kept ones died', FRESH, { ...GET, resends: 3 }, 'no'],
    ['GET, something of the answer came', { ...REUSED, bytesRead: 1 }, GET, 'no'],
    ['GET, garbage came', { ...REUSED, garbage: true, bytesRead: 9 }, GET, 'no'],
    ['PUT whose body cannot be read again', REUSED, { ...GET, replayable: false }, 'body gone'],
    ['PUT whose body cannot be read again, resent three times', REUSED, { ...GET, replayable: false, resends: 3 }, 'no'],
    // one that is not
    ['POST on a kept connection', REUSED, POST, 'maybe processed'],
    ['POST on a fresh connection', FRESH, POST, 'maybe processed'],
    ['POST of which nothing left, kept', { ...REUSED, bytesWritten: 0 }, POST, 'again'],
    ['POST of which nothing left, fresh', { ...FRESH, bytesWritten: 0 }, POST, 'again'],
    ['POST of which nothing left, fresh, the second time', { ...FRESH, bytesWritten: 0 }, { ...POST, freshResends: 1 }, 'no'],
    [
      'POST of which nothing left, with a body that cannot be read again',
      { ...REUSED, bytesWritten: 0 },
      { ...POST, replayable: false },
      'body gone',
    ],
    ['POST, something of the answer came', { ...REUSED, bytesRead: 1 }, POST, 'maybe processed'],
    ['POST, garbage came', { ...REUSED, garbage: true }, POST, 'maybe processed'],
    // one that is not, by the word of the caller
    ['POST that may be repeated', REUSED, { ...POST, unsafeAllowed: true }, 'again'],
    ['POST that may be repeated, resent three times', REUSED, { ...POST, unsafeAllowed: true, resends: 3 }, 'maybe processed'],
    [
      'POST that may be repeated, but not its body',
      REUSED,
      { ...POST, unsafeAllowed: true, replayable: false },
      'maybe processed',
    ],
    [
      'POST that may be repeated, garbage came',
      { ...REUSED, garbage: true },
      { ...POST, unsafeAllowed: true },
      'maybe processed',
    ],
  ];
  for (const [what, facts, question, want] of rows) {
    it(`${what}: ${want}`, () => {
      expect(verdict('closed', facts, question)).toBe(want);
    });
  }
});

describe('the family of the failure', () => {
  const rows: [kind: FailureKind, reused: [get: Verdict, post: Verdict], fresh: [get: Verdict, post: Verdict]][] = [
    ['closed', ['again', 'maybe processed'], ['again', 'maybe processed']],
    // the route is gone: a kept connection dies of it, a new one says it
    ['network', ['again', 'maybe processed'], ['no', 'maybe processed']],
    ['timeout', ['again', 'maybe processed'], ['no', 'maybe processed']],
    ['protocol', ['no', 'maybe processed'], ['no', 'maybe processed']],
    ['canceled', ['no', 'maybe processed'], ['no', 'maybe processed']],
    ['decode', ['no', 'maybe processed'], ['no', 'maybe processed']],
    ['tls', ['no', 'maybe processed'], ['no', 'maybe processed']],
    // the server has no whole request
    ['upload', ['no', 'no'], ['no', 'no']],
    ['resend', ['no', 'no'], ['no', 'no']],
    ['input', ['no', 'no'], ['no', 'no']],
  ];
  for (const [kind, reused, fresh] of rows) {
    it(`${kind}: GET ${reused[0]}/${fresh[0]}, POST ${reused[1]}/${fresh[1]}`, () => {
      expect([verdict(kind, REUSED, GET), verdict(kind, REUSED, POST)]).toEqual(reused);
      expect([verdict(kind, FRESH, GET), verdict(kind, FRESH, POST)]).toEqual(fresh);
    });
  }

  it('the way out is gone: what may be done twice goes out again, whatever has come', () => {
    const far = { ...REUSED, bytesRead: 9 };
    expect([verdict('roamed', far, GET), verdict('roamed', far, POST)]).toEqual(['again', 'maybe processed']);
    expect([verdict('roamed', far, { ...GET, resends: 20 }), verdict('roamed', far, { ...POST, unsafeAllowed: true })]).toEqual([
      'no',
      'again',
    ]);
    expect(verdict('roamed', far, { ...GET, replayable: false })).toBe('body gone');
  });

  it('the way out is gone before anything was sent: again, however often', () => {
    const facts = { ...FRESH, bytesWritten: 0 };
    expect([verdict('roamed', facts, { ...GET, resends: 99 }), verdict('roamed', facts, { ...POST, resends: 99 })]).toEqual([
      'again',
      'again',
    ]);
    expect(verdict('roamed', facts, { ...POST, replayable: false })).toBe('body gone');
  });

  it('a limit of ours is no reason to send again', () => {
    expect(verdict('timeout', REUSED, GET, { name: 'firstByte', milliseconds: 1 })).toBe('no');
  });

  for (const kind of ['refused', 'not-found', 'timeout', 'tls', 'network'] as const) {
    it(`${kind} before anything was sent: neither again nor in doubt`, () => {
      const facts = { ...FRESH, bytesWritten: 0 };
      expect([verdict(kind, facts, GET), verdict(kind, facts, POST)]).toEqual(['no', 'no']);
    });
  }

  it('closed before anything was sent, as in a handshake: once more', () => {
    const facts = { ...FRESH, bytesWritten: 0 };
    expect(verdict('closed', facts, POST)).toBe('again');
    expect(verdict('closed', facts, { ...POST, resends: 1, freshResends: 1 })).toBe('no');
  });
});
