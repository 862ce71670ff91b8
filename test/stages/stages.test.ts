import { describe, expect, it } from 'vitest';
import { type FailureKind, failure } from '../../src/contract/failure.ts';
import type { HopFacts } from '../../src/contract/hop.ts';
import { deadline } from '../../src/stages/deadline.ts';
import { decode } from '../../src/stages/decode.ts';
import { gate } from '../../src/stages/gate.ts';
import { retry } from '../../src/stages/retry.ts';
import { head, TestJourney } from './journey.ts';

describe('the gate', () => {
  const known = gate(new Set(['http', 'data']));
  const rows: [url: string, verdict: 'go' | 'fail', text: RegExp][] = [
    ['http://h/', 'go', /^$/],
    ['data:,x', 'go', /^$/],
    ['https://h/', 'fail', /"https"; known are http, data/],
    ['h/path', 'fail', /""/],
    ['ftp://user:secret@h/', 'fail', /"ftp"/],
  ];
  for (const [url, verdict, text] of rows) {
    it(`${url}: ${verdict}`, () => {
      const journey = new TestJourney(url);
      expect(known.outward!(journey.hop, journey)).toBe(verdict);
      if (verdict === 'go') return expect(journey.refused).toBeNull();
      expect(journey.refused).toMatchObject({ kind: 'scheme', phase: 'setup' });
      expect(journey.refused!.message).toMatch(text);
      expect(journey.refused!.message).not.toContain('secret');
    });
  }
});

describe('the decode stage', () => {
  const stage = decode();
  const rows: [what: string, decode: boolean, fields: Record<string, string>, length: number, inserted: boolean][] = [
    ['nothing coded', true, {}, 10, false],
    ['gzip', true, { 'Content-Encoding': 'gzip' }, 10, true],
    ['gzip, length unknown', true, { 'Content-Encoding': 'gzip' }, -1, true],
    ['gzip of nothing', true, { 'Content-Encoding': 'gzip' }, 0, true],
    ['gzip not asked for by us', false, { 'Content-Encoding': 'gzip' }, 10, false],
    ['identity', true, { 'Content-Encoding': 'identity' }, 10, false],
    ['a coding nobody knows', true, { 'Content-Encoding': 'x-odd' }, 10, false],
  ];
  for (const [what, wished, fields, length, inserted] of rows) {
    it(`${what}: ${inserted ? 'undone' : 'left alone'}`, () => {
      const journey = new TestJourney('http://h/', { decode: wished });
      expect(stage.outward!(journey.hop, journey)).toBe('go');
      expect(journey.hop.acceptEncoding !== '').toBe(wished);
      expect(stage.inward!(journey.hop, head(fields, length), journey)).toBe('go');
      expect(journey.inserted !== null).toBe(inserted);
      journey.inserted?.cancel();
    });
  }

  const GZIP = { 'Content-Encoding': 'gzip' };
  const ranges: [what: string, headers: string[], status: number, offered: RegExp, inserted: boolean][] = [
    ['the whole', [], 200, /gzip/, true],
    ['a range', ['Range', 'bytes=0-9'], 206, /^identity$/, false],
    ['a range, and the whole comes, coded all the same', ['range', 'bytes=0-9'], 200, /^identity$/, true],
    ['the whole, and a part comes', [], 206, /gzip/, false],
  ];
  for (const [what, headers, status, offered, inserted] of ranges) {
    it(`asked for ${what}: ${inserted ? 'undone' : 'left alone'}`, () => {
      const journey = new TestJourney('http://h/', { headers });
      stage.outward!(journey.hop, journey);
      expect(journey.hop.acceptEncoding).toMatch(offered);
      stage.inward!(journey.hop, { ...head(GZIP), status }, journey);
      expect(journey.inserted !== null).toBe(inserted);
    });
  }

  it('offers what this Node.js can undo, and leaves the rest alone', () => {
    const old = decode(() => new Set(['gzip', 'deflate', 'br']));
    const journey = new TestJourney('http://h/');
    old.outward!(journey.hop, journey);
    expect(journey.hop.acceptEncoding).toBe('br, gzip, deflate');
    old.inward!(journey.hop, head({ 'Content-Encoding': 'zstd' }), journey);
    expect(journey.inserted).toBeNull();
  });
});

describe('the retry stage', () => {
  const REUSED: HopFacts = { reused: true, bytesWritten: 100, bytesRead: 0, garbage: false };
  const lost = (kind: FailureKind = 'closed') => failure(kind, 'wait', 'lost');

  it('sends again, counting deaths of fresh connections for itself', () => {
    const journey = new TestJourney('http://h/');
    const fail = (facts: HopFacts): string => {
      const verdict = retry.failed!(journey.hop, lost(), facts, journey);
      if (verdict === 'again') journey.resends++;
      return verdict;
    };
    const fresh = { ...REUSED, reused: false };
    expect([fail(REUSED), fail(fresh), fail(fresh)]).toEqual(['again', 'again', 'go']);
    expect(journey.resends).toBe(2);
  });

  it('says of a request that must not be repeated that it may have been processed', () => {
    const journey = new TestJourney('http://h/', { method: 'POST', body: 'x' });
    const problem = lost();
    expect(retry.failed!(journey.hop, problem, REUSED, journey)).toBe('go');
    expect(problem.maybeProcessed).toBe(true);
  });

  it('takes back no doubt that was there', () => {
    const problem = lost('upload');
    problem.maybeProcessed = true;
    const journey = new TestJourney('http://h/');
    retry.failed!(journey.hop, problem, REUSED, journey);
    expect(problem.maybeProcessed).toBe(true);
  });

  it("obeys the caller's word", () => {
    const journey = new TestJourney('http://h/', { method: 'POST', body: 'x', resendUnsafe: true });
    expect(retry.failed!(journey.hop, lost(), REUSED, journey)).toBe('again');
  });

  it('cannot send a body again that is gone', () => {
    const body = { length: 1, replayable: false, bytes: null, open: () => ({ failure: null, pull: () => null, close() {} }) };
    const journey = new TestJourney('http://h/', { method: 'PUT', body });
    expect(retry.failed!(journey.hop, lost(), REUSED, journey)).toBe('fail');
    expect(journey.refused).toMatchObject({ kind: 'resend' });
  });
});

describe('the deadline stage', () => {
  it('costs nothing without limits', () => {
    const journey = new TestJourney('http://h/');
    expect(deadline.outward!(journey.hop, journey)).toBe('go');
    expect(journey).toMatchObject({ watched: false });
    expect(journey.clock.running).toBe(0);
    deadline.settle!(journey);
  });

  it('keeps one timer, over all hops, and none afterwards', () => {
    const journey = new TestJourney('http://h/', { timeouts: { total: 1000, transfer: 100, connect: 50 } });
    deadline.outward!(journey.hop, journey);
    deadline.outward!(journey.hop, journey);
    expect(journey).toMatchObject({ watched: true });
    expect(journey.clock.running).toBe(1);
    journey.lastActivity = 60;
    journey.clock.advance(120);
    expect(journey.gaveUp).toBeNull();
    expect(journey.clock.running).toBe(1);
    deadline.settle!(journey);
    expect(journey.clock.running).toBe(0);
    expect(journey.watched).toBe(false);
  });

  it('keeps the process alive while it runs', () => {
    const journey = new TestJourney('http://h/', { timeouts: { total: 1000 } });
    deadline.outward!(journey.hop, journey);
    expect(journey.clock.holding).toBe(1);
  });

  it('gives up with the name of the limit, its phase and its length', () => {
    const journey = new TestJourney('http://h/', { timeouts: { queue: 70 } });
    deadline.outward!(journey.hop, journey);
    journey.clock.advance(69);
    expect(journey.gaveUp).toBeNull();
    journey.clock.advance(1);
    expect(journey.gaveUp).toMatchObject({ kind: 'timeout', phase: 'queue', limit: { name: 'queue', milliseconds: 70 } });
    expect(journey.clock.running).toBe(0);
  });

  it('counts nothing but the total while the reader waits', () => {
    const journey = new TestJourney('http://h/', { timeouts: { transfer: 50, idle: 60, total: 500 } });
    Object.assign(journey.timings, { sent: 1, headReceived: 2 });
    deadline.outward!(journey.hop, journey);
    journey.paused = true;
    journey.clock.advance(400);
    expect(journey.gaveUp).toBeNull();
    journey.paused = false;
    journey.lastActivity = journey.clock.now();
    journey.clock.advance(49);
    expect(journey.gaveUp).toBeNull();
    journey.clock.advance(20);
    expect(journey.gaveUp!.limit!.name).toBe('transfer');
  });

  const doubts: [method: string, sent: boolean, headReceived: boolean, doubt: boolean][] = [
    ['POST', true, false, true],
    ['POST', false, false, false],
    ['POST', true, true, false],
    ['GET', true, false, false],
    ['PUT', true, false, false],
    ['PATCH', true, false, true],
  ];
  for (const [method, sent, received, doubt] of doubts) {
    it(`${method}, ${sent ? 'sent' : 'not sent'}, ${received ? 'answered' : 'not answered'}: ${doubt ? 'maybe' : 'not'} processed`, () => {
      const journey = new TestJourney('http://h/', { method, timeouts: { total: 10 } });
      if (sent) journey.timings.sent = 1;
      if (received) journey.timings.headReceived = 2;
      deadline.outward!(journey.hop, journey);
      journey.clock.advance(10);
      expect(journey.gaveUp!.maybeProcessed).toBe(doubt);
    });
  }
});
