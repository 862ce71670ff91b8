import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { isSecretHeader } from '../../src/base/secret-headers.ts';
import { Url } from '../../src/base/url.ts';
import type { Trip } from '../../src/contract/ask.ts';
import { isRedirect, type RedirectQuestion, redirectAnswer, redirectTrip } from '../../src/rules/redirect.ts';

const HERE = Url.parse('http://a.test/dir/page?x=1');
const QUESTION: RedirectQuestion = {
  status: 302,
  location: '/to',
  url: HERE,
  secured: (url) => url,
  policy: 'no-less-safe',
  followed: 0,
  most: 50,
};

/** `follow URL`, `none`, or the kind of failure with the URL it names. */
function answer(change: Partial<RedirectQuestion>): string {
  const given = redirectAnswer({ ...QUESTION, ...change });
  if (given.kind === 'none') return 'none';
  if (given.kind === 'follow') return given.url.href;
  return given.url === null ? given.failure.kind : `${given.failure.kind} ${given.url.href}`;
}

describe('isRedirect', () => {
  it('knows the statuses that lead elsewhere by themselves', () => {
    const all = Array.from({ length: 500 }, (_, i) => i + 100).filter(isRedirect);
    expect(all).toEqual([301, 302, 303, 305, 307, 308]);
  });
});

describe('redirectAnswer', () => {
  const https = Url.parse('https://a.test/');
  const socket = Url.parse('unix+http://%2Frun%2Fs/x');
  const rows: [what: string, change: Partial<RedirectQuestion>, want: string][] = [
    ['an absolute path', {}, 'http://a.test/to'],
    ['a relative path', { location: 'next' }, 'http://a.test/dir/next'],
    ['dot segments', { location: '../up' }, 'http://a.test/up'],
    ['a query alone', { location: '?y=2' }, 'http://a.test/dir/page?y=2'],
    ['a network path', { location: '//b.test/x' }, 'http://b.test/x'],
    ['another scheme of the two', { location: 'https://b.test/' }, 'https://b.test/'],
    ['UTF-8 octets', { location: '/\xc3\xa4' }, 'http://a.test/%C3%A4'],
    ['octets that are no UTF-8', { location: '/\xe4' }, 'http://a.test/%E4'],
    ['a space', { location: '/a b' }, 'http://a.test/a%20b'],
    ['a fragment of its own', { url: Url.parse('http://a.test/p#old'), location: '/to#new' }, 'http://a.test/to#new'],
    ['the fragment it inherits', { url: Url.parse('http://a.test/p#old') }, 'http://a.test/to#old'],
    ['user info it inherits', { url: Url.parse('http://joe@a.test/p') }, 'http://joe@a.test/to'],
    ['the manual policy', { policy: 'manual' }, 'none'],
    ['a status that is an answer', { status: 300 }, 'none'],
    ['304', { status: 304 }, 'none'],
    ['305 without a target', { status: 305, location: undefined }, 'none'],
    ['no Location', { location: undefined }, 'scheme'],
    ['an empty Location', { location: '' }, 'scheme'],
    ['a Location that is no URL', { location: 'http://a.test:99999/' }, 'scheme'],
    ['data:', { location: 'data:,x' }, 'scheme'],
    ['file:', { location: 'file:///etc/passwd' }, 'scheme'],
    ['ftp:', { location: 'ftp://a.test/' }, 'scheme'],
    ['javascript:', { location: 'javascript:alert(1)' }, 'scheme'],
    ['a URL without a host', { location: 'http:///x' }, 'scheme'],
    ['the last one allowed', { followed: 49 }, 'http://a.test/to'],
    ['one too many', { followed: 50 }, 'too-many-redirects'],
    ['none allowed', { most: 0 }, 'too-many-redirects'],
    ['a bad target counts before too many', { most: 0, location: undefined }, 'scheme'],
    ['to plain http', { url: https, location: 'http://a.test/' }, 'insecure-redirect http://a.test/'],
    ['to plain http, when asked', { url: https, location: 'http://a.test/', policy: 'ask' }, 'http://a.test/'],
    ['the same origin', { policy: 'same-origin' }, 'http://a.test/to'],
    ['the same origin, its port spelled', { policy: 'same-origin', location: 'http://a.test:80/to' }, 'http://a.test:80/to'],
    ['another port', { policy: 'same-origin', location: 'http://a.test:81/' }, 'insecure-redirect'],
    ['another host', { policy: 'same-origin', location: '//b.test/' }, 'insecure-redirect'],
    ['another scheme', { policy: 'same-origin', location: 'https://a.test/' }, 'insecure-redirect'],
    ['to a local socket', { location: 'unix+http://a.test/' }, 'scheme'],
    ['to a local socket, when asked', { location: 'local+http://a.test/', policy: 'ask' }, 'scheme'],
    ['on a local socket', { url: socket, location: '/to' }, 'unix+http://%2Frun%2Fs/to'],
    ['on a local socket without a name', { url: Url.parse('unix+http:///a'), location: 'b' }, 'unix+http:///b'],
    ['on a local socket, the same origin', { url: socket, policy: 'same-origin' }, 'unix+http://%2Frun%2Fs/to'],
    ['from a local socket to another', { url: socket, location: '//other/' }, 'scheme'],
    ['from a local socket to the other scheme', { url: socket, location: 'local+http://%2Frun%2Fs/' }, 'scheme'],
    ['from a local socket to http', { url: socket, location: 'http://b.test/' }, 'insecure-redirect http://b.test/'],
    ['from a local socket to https', { url: socket, location: 'https://b.test/' }, 'insecure-redirect https://b.test/'],
    ['from a local socket to http, when asked', { url: socket, location: 'http://b.test/', policy: 'ask' }, 'http://b.test/'],
    [
      'from a local socket, the same origin',
      { url: socket, location: 'http://b.test/', policy: 'same-origin' },
      'insecure-redirect',
    ],
  ];
  it.each(rows)('%s', (_what, change, want) => {
    expect(answer(change)).toBe(want);
  });

  it('shows no user info in what it says', () => {
    for (const location of [
      undefined,
      'ftp://joe:secret@b.test/',
      'http://joe:secret@b.test/',
      'http://joe:secret@b.test:99999/',
    ]) {
      const given = redirectAnswer({ ...QUESTION, url: Url.parse('https://me:secret@a.test/'), location });
      expect(given.kind).toBe('refuse');
      if (given.kind === 'refuse') expect(given.failure.message).not.toContain('secret');
    }
  });
});

function trip(method: string, fields: readonly string[] = [], body = true): Trip {
  return {
    method,
    url: HERE,
    headers: new HeaderList([...fields]),
    defaults: new HeaderList(['User-Agent', 'x', 'Content-Type', 'application/x-www-form-urlencoded']),
    body: body
      ? { length: 1, replayable: true, bytes: Buffer.from('b'), open: () => ({ pull: () => null, failure: null, close() {} }) }
      : null,
  };
}

describe('the method after a redirect', () => {
  const statuses = [301, 302, 303, 305, 307, 308];
  const rows: [method: string, after: readonly string[]][] = [
    ['GET', ['GET', 'GET', 'GET', 'GET', 'GET', 'GET']],
    ['HEAD', ['HEAD', 'HEAD', 'HEAD', 'HEAD', 'HEAD', 'HEAD']],
    ['POST', ['GET', 'GET', 'GET', 'GET', 'POST', 'POST']],
    ['PUT', ['PUT', 'PUT', 'GET', 'PUT', 'PUT', 'PUT']],
    ['DELETE', ['DELETE', 'DELETE', 'GET', 'DELETE', 'DELETE', 'DELETE']],
    ['PATCH', ['PATCH', 'PATCH', 'GET', 'PATCH', 'PATCH', 'PATCH']],
  ];
  it.each(rows)('%s', (method, after) => {
    const made = statuses.map((status) => redirectTrip(trip(method), status, Url.parse('http://a.test/to'), []));
    expect(made.map((t) => t.method)).toEqual(after);
    for (const t of made) {
      const kept = t.method === method;
      expect(t.body !== null).toBe(kept);
      expect(t.defaults.has('Content-Type')).toBe(kept);
      expect(t.defaults.has('User-Agent')).toBe(true);
    }
  });
});

describe('the headers after a redirect', () => {
  const all = [
    ['Host', 'own.test'],
    ['Authorization', 'Basic x'],
    ['cookie', 'a=1'],
    ['Proxy-Authorization', 'Basic y'],
    ['X-API-Key', 'k'],
    ['X-Mine', 'm'],
    ['Referer', 'https://a.test/'],
    ['Range', 'bytes=0-1'],
    ['Content-Type', 'text/plain'],
    ['Content-Language', 'en'],
    ['Content-Length', '1'],
    ['MIME-Version', '1.0'],
  ].flat();
  const names = (list: HeaderList): string[] => Array.from({ length: list.size }, (_, i) => list.nameAt(i));
  const gone = (from: string, to: string, status: number): string[] => {
    const before = { ...trip('POST', all), url: Url.parse(from) };
    const after = names(redirectTrip(before, status, Url.parse(to), ['x-mine']).headers);
    return names(before.headers).filter((name) => !after.includes(name));
  };

  it('all stay within the origin', () => {
    expect(gone('http://a.test/', 'http://a.test/to', 307)).toEqual([]);
    const before = trip('POST', all);
    expect(redirectTrip(before, 307, HERE, []).headers).toBe(before.headers);
  });
  it('Host goes with the server', () => {
    expect(gone('http://a.test/', 'http://a.test:80/to', 307)).toEqual(['Host']);
  });
  it('secrets stay with the origin they were given for', () => {
    const secrets = ['Host', 'Authorization', 'cookie', 'Proxy-Authorization', 'X-API-Key', 'X-Mine'];
    expect(gone('http://a.test/', 'http://b.test/to', 307)).toEqual(secrets);
    expect(gone('http://a.test/', 'http://a.test:8080/to', 307)).toEqual(secrets);
    expect(gone('http://a.test/', 'https://a.test/to', 307)).toEqual(secrets.filter((name) => name !== 'Host'));
  });
  it('what describes a body goes with it', () => {
    expect(gone('http://a.test/', 'http://a.test/to', 303)).toEqual([
      'Content-Type',
      'Content-Language',
      'Content-Length',
      'MIME-Version',
    ]);
  });
  it('plain http does not hear where somebody was over https', () => {
    expect(gone('https://a.test/', 'http://a.test/to', 307)).toContain('Referer');
    expect(gone('http://a.test/', 'https://a.test/to', 307)).not.toContain('Referer');
  });
});

describe('isSecretHeader', () => {
  it.each([
    ['Authorization', true],
    ['x-api-key', true],
    ['X-Mine', true],
    ['X-Other', false],
    ['Accept', false],
  ])('%s: %s', (name, want) => {
    expect(isSecretHeader(name, ['x-mine'])).toBe(want);
  });
});
