import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QUrl, qurlFrom, toQUrl, toUrl, urlOf } from '../../../src/api/core/qurl.ts';
import { QUrlQuery } from '../../../src/api/core/qurlquery.ts';
import { Url } from '../../../src/base/url.ts';

const FULL = 'http://us%20er:p%40w@b%C3%BChler.test:80/a%20b/%3F%2F%22x?k=%23v%26%20w#f%20g';

describe('constants', () => {
  test.each([
    ['TolerantMode', 0],
    ['StrictMode', 1],
    ['DecodedMode', 2],
    ['None', 0],
    ['RemoveUserInfo', 6],
    ['RemoveAuthority', 0x1e],
    ['NormalizePathSegments', 0x1000],
    ['EncodeDelimiters', 0xc00000],
    ['FullyEncoded', 0x1f00000],
    ['FullyDecoded', 0x7f00000],
  ] as const)('%s is %i', (name, value) => {
    expect(QUrl[name]).toBe(value);
  });

  test('stand under their enum as well', () => {
    const mode: QUrl.ParsingMode = QUrl.ParsingMode.StrictMode;
    expect(mode).toBe(1);
    expect(QUrl.ComponentFormattingOption.FullyEncoded).toBe(
      QUrl.EncodeSpaces | QUrl.EncodeUnicode | QUrl.EncodeDelimiters | QUrl.EncodeReserved,
    );
    expect(QUrl.UrlFormattingOption.RemoveQuery).toBe(0x40);
  });
});

describe('reading', () => {
  test('every part, decoded as Qt does by default', () => {
    const url = new QUrl(FULL);
    expect(url.isValid()).toBe(true);
    expect(url.isEmpty()).toBe(false);
    expect(url.isRelative()).toBe(false);
    expect(url.isLocalFile()).toBe(false);
    expect(url.errorString()).toBe('');
    expect(url.scheme()).toBe('http');
    expect(url.userName()).toBe('us er');
    expect(url.password()).toBe('p@w');
    expect(url.userInfo()).toBe('us er:p@w');
    expect(url.host()).toBe('bühler.test');
    expect(url.host(QUrl.FullyEncoded)).toBe('xn--bhler-kva.test');
    expect(url.port()).toBe(80);
    expect(url.authority()).toBe('us er:p%40w@bühler.test:80');
    expect(url.path()).toBe('/a b/?/"x');
    expect(url.path(QUrl.PrettyDecoded)).toBe('/a b/?%2F"x');
    expect(url.path(QUrl.FullyEncoded)).toBe('/a%20b/%3F%2F%22x');
    expect(url.fileName()).toBe('?/"x');
    expect(url.query()).toBe('k=#v%26 w');
    expect(url.query(QUrl.FullyDecoded)).toBe('k=#v& w');
    expect(url.hasQuery()).toBe(true);
    expect(url.fragment()).toBe('f g');
    expect(url.hasFragment()).toBe(true);
  });

  test.each([
    ['http://127.0.0.1/%7Euser/%2fslash/%41', 'http://127.0.0.1/~user/%2Fslash/A', 'http://127.0.0.1/~user/%2Fslash/A'],
    ['http://h/a b/c d?e f', 'http://h/a%20b/c%20d?e%20f', 'http://h/a b/c d?e f'],
    ['http://h/größe/日本', 'http://h/gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC', 'http://h/größe/日本'],
    ['data:text/html,<b>x</b>', 'data:text/html,%3Cb%3Ex%3C/b%3E', 'data:text/html,%3Cb%3Ex%3C/b%3E'],
    ['DATA:Text/HTML,x', 'data:Text/HTML,x', 'data:Text/HTML,x'],
    ['data: text/plain , spaced', 'data:%20text/plain%20,%20spaced', 'data: text/plain , spaced'],
    ['http:///path', 'http:///path', 'http:///path'],
    ['http://[FE80::1%25eth0]:8/', 'http://[fe80::1%25eth0]:8/', 'http://[fe80::1%25eth0]:8/'],
    ['file:/x#a#b', 'file:///x#a%23b', 'file:///x#a#b'],
    ['http://h/%FF%0A%25', 'http://h/%FF%0A%25', 'http://h/%FF%0A%25'],
    ['http://h:99999/', '', ''],
    ['', '', ''],
  ])('%s', (text, encoded, pretty) => {
    const url = new QUrl(text);
    expect(url.toString(QUrl.FullyEncoded)).toBe(encoded);
    expect(url.toEncoded()).toEqual(Buffer.from(encoded));
    expect(JSON.stringify(url)).toBe(JSON.stringify(encoded));
    expect(url.toString()).toBe(pretty);
    expect(`${url}`).toBe(pretty);
    expect(new QUrl(pretty).equals(url)).toBe(url.isValid() || text === '');
  });

  test('what is invalid says why and has no parts', () => {
    const url = new QUrl('http://joe:secret@h:99999/x');
    expect([url.isValid(), url.isEmpty(), url.host(), url.toString(), url.userName()]).toEqual([false, false, '', '', '']);
    expect(url.errorString()).toBe('Invalid port or port number out of range');
    expect(new QUrl().errorString()).toBe('');
    expect([new QUrl().isValid(), new QUrl().isEmpty(), new QUrl().isRelative()]).toEqual([false, true, true]);
    expect(new QUrl('http://h/a b', QUrl.StrictMode).isValid()).toBe(false);
  });

  test('takes QUrl, URL and text; anything else is refused', () => {
    const url = new QUrl('http://h/x');
    const copy = new QUrl(url);
    copy.setPath('/y');
    expect([url.path(), copy.path()]).toEqual(['/x', '/y']);
    expect(urlOf(new QUrl(url))).toBe(urlOf(url));
    expect(new QUrl(new URL('http://h:80/ü')).toJSON()).toBe('http://h/%C3%BC');
    expect(toQUrl(url)).toBe(url);
    expect(toQUrl('x:y').scheme()).toBe('x');
    expect(toUrl(url)).toBe(urlOf(url));
    const record = Url.parse('http://h');
    expect(urlOf(qurlFrom(record))).toBe(record);
    expect(() => new QUrl(5 as never)).toThrow(/Expected a URL \(a QUrl, a URL or a string\), got number/);
    expect(() => toQUrl(null as never)).toThrow(/got null/);
    expect(() => new QUrl('x', QUrl.DecodedMode)).toThrow(/DecodedMode is for setting one part/);
  });
});

describe('formatting options', () => {
  test.each([
    ['RemoveScheme', '//u:p@h:8/a/./b/?q#f'],
    ['RemovePassword', 'http://u@h:8/a/./b/?q#f'],
    ['RemoveUserInfo', 'http://h:8/a/./b/?q#f'],
    ['RemovePort', 'http://u:p@h/a/./b/?q#f'],
    ['RemoveAuthority', 'http:/a/./b/?q#f'],
    ['RemovePath', 'http://u:p@h:8?q#f'],
    ['RemoveQuery', 'http://u:p@h:8/a/./b/#f'],
    ['RemoveFragment', 'http://u:p@h:8/a/./b/?q'],
    ['StripTrailingSlash', 'http://u:p@h:8/a/./b?q#f'],
    ['RemoveFilename', 'http://u:p@h:8/a/./b/?q#f'],
    ['NormalizePathSegments', 'http://u:p@h:8/a/b/?q#f'],
    ['PreferLocalFile', 'http://u:p@h:8/a/./b/?q#f'],
  ] as const)('%s', (option, text) => {
    const url = new QUrl('http://u:p@h:8/a/./b/?q#f');
    expect(url.toString(QUrl[option])).toBe(text);
    expect(url.toString(QUrl[option] | QUrl.FullyEncoded)).toBe(text);
    expect(url.adjusted(QUrl[option]).toString()).toBe(text);
  });

  test.each([
    ['http://h/a%20%3C%C3%A4', QUrl.EncodeSpaces, 'http://h/a%20%3Cä'],
    ['http://h/a%20%3C%C3%A4', QUrl.EncodeUnicode, 'http://h/a %3C%C3%A4'],
    ['http://h/a%20%3C%C3%A4', QUrl.DecodeReserved, 'http://h/a <ä'],
    ['http://h/a%20%2F%C3%A4', QUrl.FullyDecoded, 'http://h/a %2Fä'],
    ['http://h/a//b/c.txt', QUrl.RemoveFilename | QUrl.StripTrailingSlash, 'http://h/a//b'],
    ['x/../../y/.', QUrl.NormalizePathSegments, '../y/'],
    ['../.././x/..', QUrl.NormalizePathSegments, '../../'],
    [
      'http://h/%C0%80%E0%80%80%F0%80%80%80%ED%A0%80%F4%90%80%80%80%C3x',
      0,
      'http://h/%C0%80%E0%80%80%F0%80%80%80%ED%A0%80%F4%90%80%80%80%C3x',
    ],
    ['file:///a%20b', QUrl.PreferLocalFile, '/a b'],
    ['file:///a%20b?q', QUrl.PreferLocalFile, 'file:///a b?q'],
    ['file:///a%20b?q', QUrl.PreferLocalFile | QUrl.RemoveQuery, '/a b'],
  ])('%s with %i', (text, options, shown) => {
    expect(new QUrl(text).toString(options)).toBe(shown);
  });

  test('the password never reaches the screen', () => {
    const url = new QUrl('http://joe:secret@h/a%20b');
    expect(url.toDisplayString()).toBe('http://joe@h/a b');
    expect(inspect(url)).toBe("QUrl('http://joe@h/a b')");
    expect(inspect({ url })).not.toContain('secret');
  });
});

describe('setters', () => {
  test('build a URL in any order', () => {
    const url = new QUrl();
    url.setPath('a b?c#%41');
    expect(url.path()).toBe('a b?c#%41');
    url.setHost('Example.TEST');
    expect(url.isValid()).toBe(false);
    expect(url.isEmpty()).toBe(false);
    expect(url.errorString()).toMatch(/relative and authority/);
    url.setPath('/a b?c#%41');
    url.setScheme('HTTP');
    url.setPort(8080);
    url.setUserName('j:o@e');
    url.setPassword('a:b/%40');
    url.setQuery('x=1&y=a b');
    url.setFragment('f#g');
    expect(url.toString(QUrl.FullyEncoded)).toBe(
      'http://j%3Ao%40e:a:b%2F%2540@example.test:8080/a%20b%3Fc%23%2541?x=1&y=a%20b#f%23g',
    );
    expect([url.userName(), url.password(), url.userInfo()]).toEqual(['j:o@e', 'a:b/%40', 'j%3Ao@e:a:b/%2540']);
    expect(url.fragment()).toBe('f#g');
    url.clear();
    expect(url.isEmpty()).toBe(true);
  });

  test('a bad part can be set right', () => {
    const url = new QUrl('http://u@h:8/x?q');
    url.setHost('a b');
    expect([url.isValid(), url.toString(), url.path()]).toEqual([false, '', '/x']);
    expect(url.errorString()).toMatch(/hostname/);
    expect(new QUrl(url).path()).toBe('/x');
    url.setHost('::1');
    expect(url.toString()).toBe('http://u@[::1]:8/x?q');
    url.setPort(70000);
    expect(url.errorString()).toMatch(/out of range: 70000/);
    url.setPort(-1);
    url.setHost('%41');
    expect(url.errorString()).toMatch(/% not permitted/);
    url.setHost('%41', QUrl.TolerantMode);
    expect(url.toString()).toBe('http://u@a/x?q');
    url.setScheme('1');
    expect(url.isValid()).toBe(false);
    url.setScheme('https');
    url.setAuthority('h:x');
    expect(url.isValid()).toBe(false);
    url.setAuthority('v:w@g:9');
    expect(url.toString()).toBe('https://v:w@g:9/x?q');
  });

  test('take parts away', () => {
    const url = new QUrl('http://u:p@h:8/x?q#f');
    url.setPassword('');
    expect(url.authority()).toBe('u@h:8');
    url.setUserName('');
    expect(url.authority()).toBe('h:8');
    url.setUserInfo('a:b');
    url.setUserInfo('');
    url.setQuery('');
    url.setFragment('');
    expect([url.toString(), url.hasQuery(), url.hasFragment()]).toEqual(['http://h:8/x?#', true, true]);
    url.setQuery(null);
    url.setFragment(null);
    expect([url.toString(), url.hasQuery(), url.hasFragment()]).toEqual(['http://h:8/x', false, false]);
    url.setHost(null);
    expect(url.toString()).toBe('http:/x');
    url.setScheme('');
    expect([url.toString(), url.isRelative()]).toEqual(['/x', true]);
    url.setHost('');
    url.setScheme('http');
    expect(url.toString()).toBe('http:///x');
  });

  test.each([
    ['setPath', '/%41%2f%', '/%2541%252f%25', '/%2541%252f%25', null],
    ['setPath', '/%41%2f', '/%2541%252f', '/A%2F', '/A%2F'],
    ['setQuery', 'a=%41 b', 'a=%2541%20b', 'a=A%20b', null],
    ['setFragment', '%41', '%2541', 'A', 'A'],
  ] as const)('%s(%s) in each mode', (setter, text, decoded, tolerant, strict) => {
    const part = setter === 'setPath' ? 'path' : setter === 'setQuery' ? 'query' : 'fragment';
    const set = (mode: number): string | null => {
      const url = new QUrl('http://h');
      url[setter](text, mode);
      return url.isValid() ? url[part](QUrl.FullyEncoded) : null;
    };
    expect([set(QUrl.DecodedMode), set(QUrl.TolerantMode), set(QUrl.StrictMode)]).toEqual([decoded, tolerant, strict]);
  });

  test('setQuery takes a QUrlQuery; one without items takes the query away', () => {
    const url = new QUrl('http://h/?old');
    url.setQuery(new QUrlQuery('a=b c&d'));
    expect(url.toString(QUrl.FullyEncoded)).toBe('http://h/?a=b%20c&d');
    url.setQuery(new QUrlQuery());
    expect(url.toString()).toBe('http://h/');
  });

  test('records given out do not change', () => {
    const url = new QUrl('http://h/x');
    const record = urlOf(url);
    url.setPath('/y');
    expect(record.path).toBe('/x');
    expect(urlOf(url).path).toBe('/y');
  });
});

describe('resolved and equals', () => {
  test.each([
    ['http://a/b/c/d;p?q', '../g', 'http://a/b/g'],
    ['http://a/b', '', 'http://a/b'],
    ['http://a/b#f', '', 'http://a/b#f'],
    ['', './x', './x'],
    ['http://www.foo.bar', '/top//test/../test1/file.html', 'http://www.foo.bar/top//test1/file.html'],
    ['hTTp://www.foo.bar:80', '//www1.foo.bar', 'http://www1.foo.bar'],
  ])('%s and %s', (base, ref, result) => {
    expect(new QUrl(base).resolved(ref).toString()).toBe(result);
    expect(new QUrl(base).resolved(new QUrl(ref)).toString()).toBe(result);
  });

  test.each([
    ['http://H/%7e', 'http://h/~', true],
    ['file:/x', 'file:///x', true],
    ['http://h', 'http://h/', false],
    ['http://h:80/', 'http://h/', false],
    ['http://h/?', 'http://h/', false],
    ['http://h/%2F', 'http://h//', false],
    ['', 'http://h:99999', false],
  ])('%s and %s: %s', (a, b, equal) => {
    expect(new QUrl(a).equals(new QUrl(b))).toBe(equal);
  });
});

describe('files', () => {
  test.each([
    ['/a b/ü?#%41', 'file:///a%20b/%C3%BC%3F%23%2541'],
    ['/', 'file:///'],
    ['rel/x', 'file:rel/x'],
    ['//server/share/x', 'file://server/share/x'],
    ['//server', 'file://server'],
    ['//not a host/x', 'file:////not%20a%20host/x'],
    ['///x', 'file://///x'],
  ])('%s', (path, href) => {
    const url = QUrl.fromLocalFile(path);
    expect(url.errorString()).toBe('');
    expect(url.toString(QUrl.FullyEncoded)).toBe(href);
    expect(url.isLocalFile()).toBe(true);
    expect(url.toLocalFile()).toBe(path);
  });

  test.each([
    ['file:///a%2Fb%00', '/a/b\0'],
    ['FILE:/x', '/x'],
    ['file://h', '//h'],
    ['file:///x?q#f', '/x'],
    ['http://h/x', ''],
    ['', ''],
  ])('%s names %j', (text, path) => {
    expect(new QUrl(text).toLocalFile()).toBe(path);
  });

  test('no path, no URL', () => {
    expect(QUrl.fromLocalFile('').isEmpty()).toBe(true);
  });
});

test.each([
  ['example.test', 'http://example.test'],
  [' example.test/a b ', 'http://example.test/a b'],
  ['ftp.example.test/x', 'ftp://ftp.example.test/x'],
  ['localhost:8080/x', 'http://localhost:8080/x'],
  ['127.0.0.1', 'http://127.0.0.1'],
  ['::1', 'http://[::1]'],
  ['[::1]:80/x', 'http://[::1]:80/x'],
  ['https://h/x', 'https://h/x'],
  ['http://h:80', 'http://h:80'],
  ['mailto:a@b.test', 'mailto:a@b.test'],
  ['about:blank', 'about:blank'],
  ['/etc/host name', 'file:///etc/host name'],
  ['?q', ''],
  ['a b', ''],
  ['', ''],
])('fromUserInput(%j) is %j', (text, url) => {
  expect(QUrl.fromUserInput(text).toString()).toBe(url);
});

test('names and escapes', () => {
  expect(QUrl.toAce('Bühler.test').toString()).toBe('xn--bhler-kva.test');
  expect(QUrl.toAce('a..b')).toEqual(Buffer.alloc(0));
  expect(QUrl.fromAce(Buffer.from('XN--BHLER-KVA.test'))).toBe('bühler.test');
  expect(QUrl.fromAce('xn--a')).toBe('');
  expect(QUrl.fromEncoded(Buffer.from('http://h/%20ä')).toString()).toBe('http://h/ ä');
  expect(QUrl.toPercentEncoding('a/b-ä~', '/', '-').toString()).toBe('a/b%2D%C3%A4~');
  expect(QUrl.fromPercentEncoding('a%2Fb%C3%A4%')).toBe('a/bä%');
});

test('the readable form means the same URL, whatever the options', () => {
  const bits = fc.constantFrom(
    ...['%41', '%2f', '%c3%a4', '%FF', '%20', '%25', '%23', '%3F', '%3C', '%60', '%0A', '%3A', '%5B', '%e2%80%a8', '%ED%A0%80'],
    ...[' ', 'ä', '/', '..', '.', 'x', '&', '=', '+', '"', '{', '😀'],
  );
  const part = fc.array(bits, { maxLength: 6 }).map((b) => b.join(''));
  const options = fc.constantFrom(
    0,
    QUrl.FullyEncoded,
    QUrl.EncodeSpaces,
    QUrl.EncodeUnicode,
    QUrl.DecodeReserved,
    QUrl.EncodeDelimiters,
    QUrl.FullyDecoded,
  );
  fc.assert(
    fc.property(part, part, part, options, (path, query, fragment, o) => {
      const url = new QUrl(`http://h/${path}?${query}#${fragment}`);
      expect(new QUrl(url.toString(o)).toJSON()).toBe(url.toJSON());
      const copy = new QUrl('http://h/?#');
      copy.setPath(url.path(QUrl.PrettyDecoded), QUrl.TolerantMode);
      copy.setQuery(url.query());
      copy.setFragment(url.fragment());
      expect(copy.toJSON()).toBe(url.toJSON());
    }),
    { numRuns: 2000, seed: 3986 },
  );
});
