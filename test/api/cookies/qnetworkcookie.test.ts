import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { QByteArray, QNetworkCookie, QUrl } from '../../../src/index.ts';

const parse = (text: string): QNetworkCookie[] => QNetworkCookie.parseCookies(text);
const raw = (cookie: QNetworkCookie): string => cookie.toRawForm().toString();

describe('a cookie', () => {
  test('is empty, of the session, and open to all, unless something is said', () => {
    const cookie = new QNetworkCookie();
    expect([cookie.name().length, cookie.value().length, cookie.domain(), cookie.path()]).toEqual([0, 0, '', '']);
    expect([cookie.isSecure(), cookie.isHttpOnly(), cookie.isPartitioned(), cookie.isSessionCookie()]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect([cookie.expirationDate(), cookie.sameSitePolicy()]).toEqual([null, QNetworkCookie.SameSite.Default]);
  });

  test('gives back what was set, and writes it', () => {
    const cookie = new QNetworkCookie('a', 'b');
    cookie.setSecure(true);
    cookie.setHttpOnly(true);
    cookie.setSameSitePolicy(QNetworkCookie.SameSite.Strict);
    cookie.setExpirationDate(new Date('2099-10-21T07:28:00Z'));
    cookie.setDomain('.Example.org');
    cookie.setPath('/x');
    cookie.setPartitioned(true);
    expect(raw(cookie)).toBe(
      'a=b; secure; HttpOnly; SameSite=Strict; expires=Wed, 21-Oct-2099 07:28:00 GMT; domain=.example.org; path=/x; Partitioned',
    );
    expect(cookie.toRawForm(QNetworkCookie.RawForm.NameAndValueOnly).toString()).toBe('a=b');
    const [back] = parse(raw(cookie));
    expect(back!.equals(cookie)).toBe(true);
    cookie.setExpirationDate(null);
    expect(cookie.isSessionCookie()).toBe(true);
    cookie.setExpirationDate(new Date(Number.NaN));
    expect(cookie.expirationDate()).toBeNull();
  });

  test('is a value: a copy changes by itself', () => {
    const cookie = new QNetworkCookie('a', 'b');
    const copy = new QNetworkCookie(cookie);
    copy.setValue('c');
    expect([cookie.value().toString(), copy.value().toString()]).toEqual(['b', 'c']);
    expect(cookie.equals(copy)).toBe(false);
  });

  test('is bytes; text is UTF-8', () => {
    const cookie = new QNetworkCookie('ä', new Uint8Array([0xe4, 0x62]));
    expect(cookie.name().toString()).toBe('ä');
    expect([...cookie.value()]).toEqual([0xe4, 0x62]);
    cookie.setValue(new QByteArray('ö'));
    expect(cookie.toRawForm().toString()).toBe('ä=ö');
    cookie.setPath('/ä');
    expect(cookie.path()).toBe('/ä');
  });

  test('has a domain that can be read', () => {
    const cookie = new QNetworkCookie('a', 'b');
    for (const [given, shown] of [
      ['Example.ORG', 'example.org'],
      ['.bücher.example', '.bücher.example'],
      ['xn--bcher-kva.example', 'bücher.example'],
      ['127.0.0.1', '127.0.0.1'],
      ['::1', '::1'],
      ['..odd', '..odd'],
      ['', ''],
    ] as const) {
      cookie.setDomain(given);
      expect(cookie.domain()).toBe(shown);
    }
    cookie.setDomain('.bücher.example');
    expect(raw(cookie)).toBe('a=b; domain=.xn--bcher-kva.example');
  });

  test.each<[() => unknown, RegExp]>([
    [() => new QNetworkCookie('a\nb', 'c'), /the name contains a control character/],
    [() => new QNetworkCookie('a', 'b\r\nSet-Cookie: c'), /the value contains a control character/],
    [() => new QNetworkCookie('a').setName('a=b'), /the name contains "="/],
    [() => new QNetworkCookie('a').setValue('secret;b'), /the value contains ";"/],
    [() => new QNetworkCookie('a').setSameSitePolicy(7 as never), /setSameSitePolicy expects QNetworkCookie.SameSite; got 7/],
    [() => new QNetworkCookie('a').setExpirationDate('tomorrow' as never), /expects a Date or null; got string/],
    [() => new QNetworkCookie(5 as never), /Expected bytes/],
  ])('%s throws', (act, message) => {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(message);
    expect(act).not.toThrow(/secret/);
  });

  test('is shown without its value', () => {
    const cookie = new QNetworkCookie('session', 'secret');
    cookie.normalize('https://example.org/x/y');
    expect(inspect(cookie)).toBe("QNetworkCookie('session' for example.org/x)");
  });
});

describe('parseCookies', () => {
  test('reads a cookie a line', () => {
    expect(parse('a=1\nb=2; Path=/\r\nc=3').map(raw)).toEqual(['a=1', 'b=2; path=/', 'c=3']);
    expect(parse('')).toEqual([]);
  });

  test('leaves out what has no name, as Qt does', () => {
    expect(parse('=b\nbare\n;;a=b;;\na=1').map(raw)).toEqual(['a=1']);
  });

  test('counts Max-Age from now', () => {
    const before = Date.now();
    const expires = parse('a=1; Max-Age=60')[0]!.expirationDate()!.getTime();
    expect(expires - before).toBeGreaterThanOrEqual(60_000);
    expect(expires - Date.now()).toBeLessThanOrEqual(60_000);
    expect(parse('a=1; Max-Age=0')[0]!.expirationDate()).toEqual(new Date(0));
  });
});

describe('normalize', () => {
  const made = (line: string, url: string | QUrl): QNetworkCookie => {
    const [cookie] = parse(line);
    cookie!.normalize(url);
    return cookie!;
  };
  test.each([
    ['a=1', 'http://example.org/a/b', 'example.org', '/a'],
    ['a=1', 'http://example.org', 'example.org', '/'],
    ['a=1; Domain=example.org; Path=/x', 'http://www.example.org/a/b', '.example.org', '/x'],
    ['a=1; Domain=127.0.0.1', 'http://127.0.0.1/', '127.0.0.1', '/'],
    ['a=1; Domain=github.io', 'http://github.io/', 'github.io', '/'],
    ['a=1', 'http://[::1]/', '::1', '/'],
  ])('%s of %s is for %s %s', (line, url, domain, path) => {
    const cookie = made(line, new QUrl(url));
    expect([cookie.domain(), cookie.path()]).toEqual([domain, path]);
  });
  test('twice is as good as once, unless the domain was given', () => {
    const cookie = made('a=1; Domain=example.org', 'http://www.example.org/');
    cookie.normalize('http://www.example.org/');
    expect(cookie.domain()).toBe('.example.org');
  });
});

test('identity is name, domain and path', () => {
  const [a, b] = parse('a=1; Domain=.x.org; Path=/\na=2; Domain=.x.org; Path=/; Secure');
  expect(a!.hasSameIdentifier(b!)).toBe(true);
  expect(a!.equals(b!)).toBe(false);
  for (const line of ['b=1; Domain=.x.org; Path=/', 'a=1; Domain=x.org; Path=/', 'a=1; Domain=.x.org; Path=/y'])
    expect(a!.hasSameIdentifier(parse(line)[0]!)).toBe(false);
});
