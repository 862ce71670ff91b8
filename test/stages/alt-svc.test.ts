import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import type { Alternative } from '../../src/contract/alt-svc.ts';
import type { Head } from '../../src/contract/head.ts';
import type { SecureInfo } from '../../src/contract/security.ts';
import { AlternativeServices } from '../../src/stages/alt-svc.ts';
import { KnownAlternatives } from '../../src/stores/alt-svc.ts';
import { ManualClock } from '../support/clock.ts';
import { TestJourney } from './journey.ts';

const clock = new ManualClock();
const AT = 'https://h.test:443';

const secure = { doubted: false } as SecureInfo;

const head = (status: number, ...fields: readonly string[]): Head => ({
  status,
  reason: '',
  version: '1.1',
  headers: new HeaderList([...fields]),
  bodyLength: 0,
  pipelined: false,
});

const stageOf = (): AlternativeServices => new AlternativeServices(new KnownAlternatives(clock), clock);

interface Case {
  readonly url?: string;
  readonly info?: SecureInfo | null;
  readonly stored?: boolean;
  readonly sentAt?: number;
  readonly headAt?: number;
}

function hears(stage: AlternativeServices, answer: Head, given: Case = {}): readonly Alternative[] {
  const journey = new TestJourney(given.url ?? AT);
  const { hop } = journey;
  hop.secure = given.info === undefined ? secure : given.info;
  hop.stored = given.stored === true;
  hop.sentAt = given.sentAt ?? 0;
  hop.headAt = given.headAt ?? 0;
  expect(stage.inward(hop, answer)).toBe('go');
  return stage.of(hop.url.origin, '');
}

const ends = (found: readonly Alternative[]): (number | string)[][] =>
  found.map(({ protocol, port, expires }) => [protocol, port, (expires - clock.wall()) / 1000]);

describe('alternative services', () => {
  it.each([200, 204, 302, 404, 500])('are heard of with status %d', (status) => {
    expect(ends(hears(stageOf(), head(status, 'alt-svc', 'h3=":443"; ma=60', 'Alt-Svc', 'h2=":8443"')))).toEqual([
      ['h3', 443, 60],
      ['h2', 8443, 86_400],
    ]);
  });

  const rows: readonly [what: string, given: Case, answer?: Head][] = [
    ['nothing was said', {}, head(200, 'Date', 'x')],
    ['nothing was said that can be read', {}, head(200, 'Alt-Svc', 'h3')],
    ['it came over plain http', { url: 'http://h.test/', info: null }],
    ['it is about plain http, whatever carried it', { url: 'http://h.test/' }],
    ['nobody knows how it came', { info: null }],
    ['certificate errors were ignored', { info: { ...secure, doubted: true } }],
    ['it was stored', { stored: true }],
    ['the server has no say for the origin (RFC 7838 6)', {}, head(421, 'Alt-Svc', 'h3=":443"')],
    ['it is over already', {}, head(200, 'Alt-Svc', 'h3=":443"; ma=60', 'Age', '60')],
  ];
  it.each(rows)('are not heard of when %s', (_what, given, answer = head(200, 'Alt-Svc', 'h3=":443"')) => {
    expect(hears(stageOf(), answer, given)).toEqual([]);
  });

  it('stay what they were when that is so, but for the last', () => {
    for (const [what, given, answer = head(200, 'Alt-Svc', 'h3=":443"')] of rows.slice(0, -1)) {
      const stage = stageOf();
      hears(stage, head(200, 'Alt-Svc', 'h2=":1"'));
      hears(stage, answer, given);
      expect(ends(stage.of(AT, '')), what).toEqual([['h2', 1, 86_400]]);
    }
  });

  it('are counted from when the answer was made (RFC 7838 3.1, RFC 9111 4.2.3)', () => {
    const answer = head(200, 'Alt-Svc', 'h2=":8000"; ma=60', 'Age', '30');
    expect(ends(hears(stageOf(), answer))).toEqual([['h2', 8000, 30]]);
    expect(ends(hears(stageOf(), answer, { sentAt: 1_000_000, headAt: 3_000_000 }))).toEqual([['h2', 8000, 28]]);
  });

  it('the last word counts, and clear takes all back', () => {
    const stage = stageOf();
    hears(stage, head(200, 'Alt-Svc', 'h3=":443", h2=":1"'));
    expect(ends(hears(stage, head(200, 'Alt-Svc', 'h2=":2"; ma=5')))).toEqual([['h2', 2, 5]]);
    expect(hears(stage, head(200, 'Alt-Svc', 'clear'))).toEqual([]);
  });

  it('belong to the origin', () => {
    const stage = stageOf();
    expect(hears(stage, head(200, 'Alt-Svc', 'h2=":1"'), { url: 'https://h.test:8443/' })).toHaveLength(1);
    expect(stage.of(AT, '')).toEqual([]);
  });
});
