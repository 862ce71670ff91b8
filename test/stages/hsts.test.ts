import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { Url } from '../../src/base/url.ts';
import type { Head } from '../../src/contract/head.ts';
import type { HstsEntry } from '../../src/contract/hsts.ts';
import type { SecureInfo } from '../../src/contract/security.ts';
import { StrictTransport } from '../../src/stages/hsts.ts';
import { redirect } from '../../src/stages/redirect.ts';
import { KnownHosts } from '../../src/stores/hsts/known-hosts.ts';
import type { AskOptions } from '../engine/rig.ts';
import { ManualClock } from '../support/clock.ts';
import { TestJourney } from './journey.ts';

const clock = new ManualClock();

function stageOf(...hosts: readonly string[]): StrictTransport {
  const stage = new StrictTransport(new KnownHosts(clock), clock);
  stage.enabled = true;
  for (const host of hosts) stage.hosts.note({ host, expires: clock.wall() + 60_000, includeSubDomains: false });
  return stage;
}

const head = (status: number, ...fields: readonly string[]): Head => ({
  status,
  reason: '',
  version: '1.1',
  headers: new HeaderList([...fields]),
  bodyLength: 0,
  pipelined: false,
});

describe('on the way out', () => {
  it('goes to https before anything else happens', () => {
    const stage = stageOf('h.test');
    const journey = new TestJourney('http://h.test:80/x', { method: 'POST', headers: ['A', 'b'], body: 'body' });
    expect(stage.outward(journey.hop, journey)).toBe('again');
    const { method, headers, defaults, body } = journey.ask;
    expect(journey.trip).toEqual({ method, headers, defaults, body, url: journey.trip.url });
    expect(journey.trip.url.href).toBe('https://h.test:443/x');
    expect(journey.sink.log).toEqual(['upgraded']);
  });

  const left: readonly [what: string, url: string, prepare?: (stage: StrictTransport) => void][] = [
    ['hosts nobody knows', 'http://a.h.test/'],
    ['https', 'https://h.test/'],
    ['other schemes', 'file://h.test/x'],
    [
      'everything while it is off',
      'http://h.test/',
      (stage) => {
        stage.enabled = false;
      },
    ],
    [
      'hosts that were forgotten',
      'http://h.test/',
      (stage) => stage.hosts.note({ host: 'h.test', expires: clock.wall(), includeSubDomains: false }),
    ],
  ];
  it.each(left)('leaves alone: %s', (_what, url, prepare) => {
    const stage = stageOf('h.test');
    prepare?.(stage);
    const journey = new TestJourney(url);
    expect(stage.outward(journey.hop, journey)).toBe('go');
    expect(journey.trip).toBe(journey.ask);
    expect(journey.sink.log).toEqual([]);
  });

  it('leaves alone: hosts that have expired', () => {
    const turned = new ManualClock();
    const stage = new StrictTransport(new KnownHosts(turned), turned);
    stage.enabled = true;
    stage.hosts.note({ host: 'h.test', expires: turned.wall() + 1000, includeSubDomains: false });
    const url = Url.parse('http://h.test/');
    turned.advance(999);
    expect(stage.secured(url).scheme).toBe('https');
    turned.advance(1);
    expect(stage.secured(url)).toBe(url);
  });
});

describe('on the way in', () => {
  const secure: SecureInfo = {
    protocol: 'TLSv1.3',
    cipher: '',
    alpn: '',
    chain: [],
    doubts: [],
    doubted: false,
    sharedKey: null,
    resumed: false,
    ephemeral: null,
    session: null,
  };
  const STS = 'Strict-Transport-Security';

  const learned = (url: string, info: SecureInfo | null, answer: Head, stage = stageOf()): HstsEntry[] => {
    const journey = new TestJourney(url);
    journey.hop.secure = info;
    expect(stage.inward(journey.hop, answer)).toBe('go');
    return stage.hosts.entries();
  };
  const ends = (seconds: number) => clock.wall() + seconds * 1000;

  it.each([200, 204, 302, 404, 500])('learns from status %d', (status) => {
    expect(learned('https://h.test:8443/', secure, head(status, STS, 'max-age=10; includeSubDomains'))).toEqual([
      { host: 'h.test', expires: ends(10), includeSubDomains: true },
    ]);
  });

  const rows: readonly [what: string, url: string, info: SecureInfo | null, fields: string[]][] = [
    ['nothing was said', 'https://h.test/', secure, ['Date', 'x']],
    ['nonsense was said', 'https://h.test/', secure, [STS, 'max-age=x']],
    ['it came over plain http', 'http://h.test/', null, [STS, 'max-age=10']],
    ['nobody knows how it came', 'https://h.test/', null, [STS, 'max-age=10']],
    ['certificate errors were ignored', 'https://h.test/', { ...secure, doubted: true }, [STS, 'max-age=10']],
    ['the host is an address', 'https://127.0.0.1/', secure, [STS, 'max-age=10']],
    ['the host is an IPv6 address', 'https://[::1]/', secure, [STS, 'max-age=10']],
  ];
  it.each(rows)('learns nothing when %s', (_what, url, info, fields) => {
    expect(learned(url, info, head(200, ...fields))).toEqual([]);
  });

  it('learns nothing while it is off, and takes nothing back', () => {
    const stage = stageOf('h.test');
    stage.enabled = false;
    expect(learned('https://i.test/', secure, head(200, STS, 'max-age=10'), stage)).toHaveLength(1);
    expect(learned('https://h.test/', secure, head(200, STS, 'max-age=0'), stage)).toHaveLength(1);
  });

  it('takes the last word of a host, and forgets it for max-age=0', () => {
    const stage = stageOf('h.test');
    expect(learned('https://H.test./', secure, head(200, STS, 'max-age=1000; includeSubDomains'), stage)).toEqual([
      { host: 'h.test', expires: ends(1000), includeSubDomains: true },
    ]);
    expect(learned('https://h.test/', secure, head(200, STS, 'max-age=0; includeSubDomains'), stage)).toEqual([]);
  });

  it('a sub-domain cannot take back what the domain said', () => {
    const stage = stageOf();
    learned('https://h.test/', secure, head(200, STS, 'max-age=1000; includeSubDomains'), stage);
    learned('https://a.h.test/', secure, head(200, STS, 'max-age=0'), stage);
    expect(stage.secured(Url.parse('http://a.h.test/')).scheme).toBe('https');
  });

  it('does not learn from a doubted connection that a host is forgotten', () => {
    const stage = stageOf('h.test');
    expect(learned('https://h.test/', { ...secure, doubted: true }, head(200, STS, 'max-age=0'), stage)).toHaveLength(1);
  });
});

describe('the target of a redirect', () => {
  const goes = (policy: AskOptions['redirects'], from: string, location: string) => {
    const stage = stageOf('h.test');
    const redirects = redirect((url) => stage.secured(url));
    const journey = new TestJourney(from, { redirects: policy!, headers: ['Authorization', 'x'] });
    const verdict = redirects.inward!(journey.hop, head(302, 'Location', location), journey);
    return [verdict, journey.trip.url.href, journey.refused?.kind ?? '', journey.trip.headers.has('Authorization')];
  };
  const rows: readonly [AskOptions['redirects'], from: string, location: string, ...unknown[]][] = [
    ['no-less-safe', 'http://a.test/', 'http://h.test:80/x', 'again', 'https://h.test:443/x', '', false],
    // what would be less safe is not, and is told apart by the policy only afterwards
    ['no-less-safe', 'https://a.test/', 'http://h.test/x', 'again', 'https://h.test/x', '', false],
    ['no-less-safe', 'https://a.test/', 'http://b.test/x', 'fail', 'https://a.test/', 'insecure-redirect', true],
    ['same-origin', 'https://h.test/', 'http://h.test/x', 'again', 'https://h.test/x', '', true],
    ['same-origin', 'https://h.test/', '/x', 'again', 'https://h.test/x', '', true],
    ['ask', 'https://a.test/', '//h.test/x', 'wait', 'https://h.test/x', '', false],
    ['ask', 'http://a.test/', '//h.test/x#f', 'wait', 'https://h.test/x#f', '', false],
    ['no-less-safe', 'http://a.test/#f', 'http://h.test', 'again', 'https://h.test#f', '', false],
    ['no-less-safe', 'https://h.test/', '', 'fail', 'https://h.test/', 'scheme', true],
    ['manual', 'http://a.test/', 'http://h.test/', 'go', 'http://a.test/', '', true],
  ];
  it.each(rows)('%s, %s to %s', (policy, from, location, ...expected) => {
    expect(goes(policy, from, location)).toEqual(expected);
  });
});
