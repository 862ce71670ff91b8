import { describe, expect, test } from 'vitest';
import { HeaderList } from '../../../src/base/header-list.ts';
import { Url } from '../../../src/base/url.ts';
import type { Attempt } from '../../../src/contract/failure.ts';
import type { Seen } from '../../../src/tools/doctor/voyage.ts';
import { warningsOf } from '../../../src/tools/doctor/warnings.ts';
import { mint, type Wanted } from '../../support/mint.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY = 86_400_000;
const clock = { wall: () => NOW } as Parameters<typeof warningsOf>[1];

const URL_HERE = Url.parse('https://www.example.org/');

function seen(more: Partial<Seen>): Seen {
  return {
    failure: null,
    head: null,
    stops: [],
    url: URL_HERE,
    secure: null,
    host: 'www.example.org',
    attempts: [],
    ...more,
  } as Seen;
}

const headed = (headers: readonly string[], url = URL_HERE): Seen => {
  const head = {
    status: 200,
    reason: '',
    version: '1.1',
    headers: new HeaderList([...headers]),
    bodyLength: 0,
    pipelined: false,
  };
  return seen({ head, stops: [{ url, head }] });
};

const attempts = (...outcomes: readonly (readonly [address: string, outcome: string])[]): Attempt[] =>
  outcomes.map(([address, outcome]) => ({ address, port: 443, outcome, milliseconds: 1 }));

const shown = (wanted: Partial<Wanted>): Seen =>
  seen({
    secure: { chain: [mint({ name: 'a', ...wanted }).raw], doubts: [], doubted: false } as unknown as NonNullable<Seen['secure']>,
  });

const ended = (days: number, lived = 90): Seen =>
  shown({ from: new Date(NOW + (days - lived) * DAY), to: new Date(NOW + days * DAY) });
const dated = (milliseconds: number, ...more: string[]): Seen =>
  headed(['Date', new Date(NOW + milliseconds).toUTCString(), ...more]);

describe('what is not as it should be although it works', () => {
  test.each<readonly [name: string, seen: Seen, codes: readonly string[]]>([
    ['nothing', seen({}), []],
    [
      'an address that does not answer',
      seen({ attempts: attempts(['2001:db8::1', 'EHOSTUNREACH'], ['192.0.2.1', 'connected']) }),
      ['address-dead'],
    ],
    ['addresses that all answer', seen({ attempts: attempts(['192.0.2.1', 'connected']) }), []],
    ['addresses of which none answers', seen({ attempts: attempts(['192.0.2.1', 'ECONNREFUSED']) }), []],
    [
      'the other address of this machine',
      seen({ host: 'localhost', attempts: attempts(['::1', 'ECONNREFUSED'], ['127.0.0.1', 'connected']) }),
      [],
    ],
    ['a clock that is five minutes behind', dated(-300_000), ['clock-wrong']],
    ['a clock that is five minutes ahead', dated(301_000), ['clock-wrong']],
    ['a clock that drifts', dated(-299_000), []],
    ['an answer that was kept for long', dated(-9 * DAY, 'Age', '777600'), []],
    ['a date that is none', headed(['Date', 'yesterday']), []],
    ['a certificate for thirteen days', ended(13), ['tls-expires-soon']],
    ['a certificate for fifteen days', ended(15), []],
    ['a certificate that never lives longer', ended(5, 7), []],
    ['a short key', shown({ key: 1024, to: new Date(NOW + 99 * DAY) }), ['tls-weak']],
    ['a key that is long enough', shown({ key: 2048, to: new Date(NOW + 99 * DAY) }), []],
    ['a cookie that is kept', headed(['Set-Cookie', 'a=1; Path=/; Secure']), []],
    ['a cookie that goes', headed(['Set-Cookie', 'a=; Max-Age=0; Domain=example.com']), []],
    ['a cookie for others', headed(['Set-Cookie', 'a=1; Domain=example.com']), ['cookie-refused']],
    ['a cookie for all', headed(['Set-Cookie', 'a=1; Domain=org']), ['cookie-refused']],
    ['a cookie that is too long', headed(['Set-Cookie', `a=${'x'.repeat(5000)}`]), ['cookie-refused']],
    ['SameSite=None without Secure', headed(['Set-Cookie', 'a=1; SameSite=None']), ['cookie-refused']],
  ])('%s', (_name, what, codes) => {
    expect(warningsOf(what, clock).map(({ code }) => code)).toEqual(codes);
  });

  test('how far clocks are apart is said in words', () => {
    const details = [-600_000, -3 * 3_600_000, 5 * DAY].map((off) => warningsOf(dated(off), clock)[0]!.known['detail']);
    expect(details).toEqual(['10 minutes', '3 hours', '5 days']);
  });

  test('why a cookie is not kept', () => {
    const why = (line: string, url = 'https://www.example.org/') =>
      warningsOf(headed(['Set-Cookie', line], Url.parse(url)), clock)[0]!.known;
    expect(why('a=1; Secure', 'http://www.example.org/')).toEqual({
      cookie: 'a',
      detail: 'it is Secure, and came over plain http',
    });
    expect(why('__Host-a=1; Secure; Path=/x')['detail']).toBe('its name promises what it does not keep (__Host-)');
    expect(why('a=1; SameSite=None')['detail']).toBe('SameSite=None wants Secure');
    expect(why('a=1; Domain=example.com')['detail']).toBe('its Domain, example.com, is not for this host to speak for');
  });
});
