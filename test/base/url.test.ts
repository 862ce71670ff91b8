import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Url } from '../../src/base/url.ts';

describe('parts', () => {
  test.each([
    ['http://127.0.0.1:8080/b/100', 'http', null, '127.0.0.1', 8080, '/b/100', null, null],
    ['http://h:80', 'http', null, 'h', 80, '', null, null],
    ['https://a-b.example?x=1#f', 'https', null, 'a-b.example', -1, '', 'x=1', 'f'],
    ['http://h/p?#', 'http', null, 'h', -1, '/p', '', ''],
    ['http://h#a?b', 'http', null, 'h', -1, '', null, 'a?b'],
    ['http:///path', 'http', null, '', -1, '/path', null, null],
    ['mailto:a@b.test', 'mailto', null, null, -1, 'a@b.test', null, null],
    ['data:,a?b=c', 'data', null, null, -1, ',a', 'b=c', null],
    ['about:blank', 'about', null, null, -1, 'blank', null, null],
    ['javascript:alert(1)', 'javascript', null, null, -1, 'alert(1)', null, null],
    ['file:/x', 'file', null, null, -1, '/x', null, null],
    ['file:///x', 'file', null, '', -1, '/x', null, null],
    ['//host/path', '', null, 'host', -1, '/path', null, null],
    ['//host:8/path', '', null, 'host', 8, '/path', null, null],
    ['?q', '', null, null, -1, '', 'q', null],
    ['#f', '', null, null, -1, '', null, 'f'],
    ['', '', null, null, -1, '', null, null],
    ['a/b:c', '', null, null, -1, 'a/b:c', null, null],
    ['hTTp+x.1-2:y', 'http+x.1-2', null, null, -1, 'y', null, null],
    ['http://h:/', 'http', null, 'h', -1, '/', null, null],
    ['http://h:00080/', 'http', null, 'h', 80, '/', null, null],
    ['http://h:0/', 'http', null, 'h', 0, '/', null, null],
    ['http://h:65535/', 'http', null, 'h', 65535, '/', null, null],
    ['http://@h/', 'http', '', 'h', -1, '/', null, null],
    ['http://u:p:q%3a@h/', 'http', 'u:p:q%3A', 'h', -1, '/', null, null],
    ['http://user@h/a@b', 'http', 'user', 'h', -1, '/a@b', null, null],
  ] as const)('%s', (text, scheme, userInfo, host, port, path, query, fragment) => {
    const url = Url.parse(text);
    expect(url.error).toBe('');
    expect({ ...url }).toMatchObject({ scheme, userInfo, host, port, path, query, fragment });
    expect(url.valid).toBe(text !== '');
    expect(url.relative).toBe(scheme === '');
  });

  test('one site after another is told apart', () => {
    const texts = [
      'http://h/a',
      'http://h:8/a',
      'http://hh/a',
      'https://h/a',
      'http://h',
      'http://h?q',
      'http://h.x/',
      'http://h/b',
    ];
    expect(texts.map((t) => Url.parse(t).origin)).toEqual([
      'http://h:80',
      'http://h:8',
      'http://hh:80',
      'https://h:443',
      'http://h:80',
      'http://h:80',
      'http://h.x:80',
      'http://h:80',
    ]);
    expect(Url.parse('http://localhost/x').origin).toBe('http://localhost:80');
  });
});

describe('normal form', () => {
  test.each([
    ['http://h/%7Euser/%2fslash/%41', 'http://h/~user/%2Fslash/A'],
    ['http://h/a b/c d?e f#g h', 'http://h/a%20b/c%20d?e%20f#g%20h'],
    ['http://h/größe/日本/😀', 'http://h/gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC/%F0%9F%98%80'],
    ['http://h/a/./b/../c//d', 'http://h/a/./b/../c//d'],
    ['http://h/"<>`{}|\\^\x7f\x01\r\n', 'http://h/%22%3C%3E%60%7B%7D%7C%5C%5E%7F%01%0D%0A'],
    ['http://h/?"<>`{}|\\^[]/?', 'http://h/?%22%3C%3E%60%7B%7D%7C%5C%5E[]/?'],
    ["http://h/!$&'()*+,;=:@[]", "http://h/!$&'()*+,;=:@[]"],
    ['http://h/%21%3f%23%5b%25', 'http://h/%21%3F%23%5B%25'],
    ['http://h/%c3%a4%FF', 'http://h/%C3%A4%FF'],
    ['http://h/%2e%2E/%2d', 'http://h/../-'],
    ['http://h/x#a#b', 'http://h/x#a%23b'],
    // One stray % in a part: nobody has escaped that part. Other parts are not touched by it.
    ['http://h/100%/%41?%41', 'http://h/100%25/%2541?A'],
    ['http://h/%', 'http://h/%25'],
    ['http://h/%4', 'http://h/%254'],
    ['http://h/%%41', 'http://h/%25%2541'],
    ['http://u%:%41@h/', 'http://u%25:A@h/'],
    ['http://u[:p?@h/', null],
    ['http://u[]:p"@h/', 'http://u%5B%5D:p%22@h/'],
    ['http://h/\ud800x', 'http://h/%EF%BF%BDx'],
    ['HTTP://EXAMPLE.Test/A', 'http://example.test/A'],
    ['file:/x', 'file:///x'],
    ['file:x', 'file:x'],
  ])('%j', (text, href) => {
    expect(Url.parse(text).href).toBe(href ?? '');
  });
});

describe('hosts', () => {
  test.each([
    ['Ex_a-mple.TEST', 'ex_a-mple.test'],
    ['h.', 'h.'],
    ['%45x%61mple', 'example'],
    ['r3---sn.test', 'r3---sn.test'],
    ['127.1', '127.0.0.1'],
    ['1', '0.0.0.1'],
    ['4294967295', '255.255.255.255'],
    ['4294967296', '4294967296'],
    ['1.2.3', '1.2.0.3'],
    ['256.1.1.1', '256.1.1.1'],
    ['1.2.3.4.5', '1.2.3.4.5'],
    ['010.0.0.1', '010.0.0.1'],
    ['host1', 'host1'],
    ['1.2.3.x4', '1.2.3.x4'],
    ['bühler.test', 'xn--bhler-kva.test'],
    ['b%C3%BChler.test', 'xn--bhler-kva.test'],
    ['STRASSE.straße', 'strasse.xn--strae-oqa'],
    ['xn--bhler-kva.test', 'xn--bhler-kva.test'],
    ['１２７.0.0.1', '127.0.0.1'],
    ['[::1]', '::1'],
    ['[2001:DB8:0:0:1:0:0:1]', '2001:db8::1:0:0:1'],
    ['[0:0:0:0:0:0:0:0]', '::'],
    ['[1:2:3:4:5:6:7::]', '1:2:3:4:5:6:7:0'],
    ['[::FFFF:102:304]', '::ffff:1.2.3.4'],
    ['[56::56:56:56:127.0.0.1]', '56::56:56:56:7f00:1'],
    ['[fe80::1%25eth0]', 'fe80::1%eth0'],
    ['[fe80::1%eth0]', 'fe80::1%eth0'],
  ])('%s is %s', (text, host) => {
    const url = Url.parse(`http://${text}:81/`);
    expect(url.error).toBe('');
    expect(url.host).toBe(host);
    expect(url.port).toBe(81);
    expect(Url.parse(url.href).host).toBe(host);
    expect(url.with({ path: '/x' }).host).toBe(host);
  });

  test.each([
    ...[
      'a..b',
      '.a',
      '.',
      '-a',
      'a-',
      'a.-b',
      'a!b',
      'a b',
      'a\tb',
      'a\u0000b',
      '%00',
      'a%2Fb',
      'a%40b',
      '%25',
      '%',
      '%ff',
      'a<b',
    ],
    ...['xn--a', 'a\u00adb..c', `${'a'.repeat(64)}`, `x.${'a'.repeat(64)}`, '\u2028', 'a\\b', "a'b", 'a;b', 'u@v@h', 'a:b'],
    ...[
      '[',
      '[]',
      '[::1',
      '::1',
      '[1:2:3]',
      '[1:2:3:4:5:6:7:8:9]',
      '[::1::]',
      '[12345::]',
      '[::g]',
      '[::1.2.3.256]',
      '[1.2.3.4::]',
    ],
    ...['[::%]', '[::1%25a/b]', '[::1%25a b]', '[v7.x]', '[1:2:3:4:5:6:7:8::]'],
  ])('%j is refused', (text) => {
    const url = Url.parse(`http://${text}/`);
    expect(url.error).toMatch(/hostname|IPv6|port/);
    expect({ ...url }).toMatchObject({ scheme: '', userInfo: null, host: null, port: -1, path: '', query: null, fragment: null });
    expect([url.valid, url.href, Url.parse(`http://u:p@${text}:1/x`).valid]).toEqual([false, '', false]);
  });

  test.each(['65536', '99999', '100000', '-1', '+1', '8 0', '8a', '０'])('port %j is refused', (port) => {
    expect(Url.parse(`http://h:${port}/`).error).toBe('Invalid port or port number out of range');
  });
});

test.each([
  ['1:2', "Relative URL's path component contains ':' before any '/'"],
  [' http://h/', "Relative URL's path component contains ':' before any '/'"],
  [':x', "Relative URL's path component contains ':' before any '/'"],
])('%j: %s', (text, error) => {
  expect(Url.parse(text).error).toBe(error);
});

describe('strict', () => {
  test.each([
    'http://h/a b',
    'http://h/%',
    'http://h/%4g',
    'http://h/?"',
    'http://h/#{',
    'http://u|@h/',
    'http://h:/',
    'http://h/#a#b',
  ])('%s is refused', (text) => {
    expect(Url.parse(text).valid).toBe(true);
    expect(Url.parse(text, true).error).toMatch(/not permitted|Port field was empty/);
  });

  test('what needs no repair is read as before', () => {
    expect(Url.parse('http://u:p@h/%41/é?x', true).href).toBe('http://u:p@h/A/%C3%A9?x');
  });
});

describe('names of local sockets', () => {
  test.each([
    ['unix+http://docker/x', 'docker', 'unix+http://docker/x', 'docker'],
    ['UNIX+HTTP://Docker.Sock', 'docker.sock', 'unix+http://docker.sock', 'docker.sock'],
    ['local+http://[::1]/', '::1', 'local+http://[::1]/', '[::1]'],
    ['unix+http:///x', '', 'unix+http:///x', ''],
    // with an escape it stays as it is, but for the case of the escapes
    [
      'unix+http://%2frun%2FDocker.sock/v1',
      '%2Frun%2FDocker.sock',
      'unix+http://%2Frun%2FDocker.sock/v1',
      '%2Frun%2FDocker.sock',
    ],
    ['unix+http://My%53ocket/', 'My%53ocket', 'unix+http://My%53ocket/', 'My%53ocket'],
    ['unix+http://u@%2Fa%20b~c+d:81/', '%2Fa%20b~c+d', 'unix+http://u@%2Fa%20b~c+d:81/', '%2Fa%20b~c+d:81'],
    ['local+http://%5C%5C.%5Cpipe%5Cx/', '%5C%5C.%5Cpipe%5Cx', 'local+http://%5C%5C.%5Cpipe%5Cx/', '%5C%5C.%5Cpipe%5Cx'],
    ['unix+http://%C3%A9/', '%C3%A9', 'unix+http://%C3%A9/', '%C3%A9'],
  ])('%s', (text, host, href, authority) => {
    const url = Url.parse(text);
    expect([url.error, url.host, url.href, url.authority]).toEqual(['', host, href, authority]);
    expect(url.origin).toBe(`${url.scheme}://${authority}`);
    expect(url.with({ path: '/y' }).host).toBe(host);
    expect(url.resolve(Url.parse('z')).host).toBe(host);
  });

  test.each([
    ['unix+http://%2Frun/a b', 'unix+http://%2Frun/a%20b'],
    ['unix+http://a%2Fb c/', /character U\+0020 has to be escaped/],
    ['unix+http://%2Fé/', /character 'é' has to be escaped/],
    ['unix+http://%2F%2/', /character '%' has to be escaped/],
    ['unix+http://%2F%FF/', /escapes that do not make a name/],
    ['unix+http://%00name/', /escapes that do not make a name/],
    ['unix+http://a b/', /not permitted/],
    // elsewhere an escaped slash is no part of a name
    ['http://%2Frun%2Fx.sock/', /character '\/' not permitted/],
    ['unix+https://%2Frun%2Fx.sock/', /character '\/' not permitted/],
  ])('%s: %s', (text, expected) => {
    const url = Url.parse(text);
    if (typeof expected === 'string') expect(url.href).toBe(expected);
    else expect(url.error).toMatch(expected);
  });

  test('a path given by itself needs no escapes', () => {
    const url = Url.from({ scheme: 'unix+http', host: '/run/My socket.sock', path: '/x' });
    expect([url.error, url.href]).toEqual(['', 'unix+http://%2Frun%2FMy%20socket.sock/x']);
    expect(url.with({ scheme: 'http' }).error).not.toBe('');
  });
});

describe('for the wire', () => {
  test.each([
    ['http://h', '/', 'h', 'http://h:80'],
    ['http://h:80?a=1&b=%20x#frag', '/?a=1&b=%20x', 'h:80', 'http://h:80'],
    ['https://H/a/./b/../c//d?/../x', '/a/c//d?/../x', 'h', 'https://h:443'],
    ['http://h/../../a/..', '/', 'h', 'http://h:80'],
    ['http://h/a/%2e%2e/b/%2E', '/b/', 'h', 'http://h:80'],
    ['http://h//a//', '//a//', 'h', 'http://h:80'],
    ['http://h/.a/..b/c.', '/.a/..b/c.', 'h', 'http://h:80'],
    ['http://u:p@[::1]:8080/x', '/x', '[::1]:8080', 'http://[::1]:8080'],
    ['http://[fe80::1%25eth0]/', '/', '[fe80::1]', 'http://[fe80::1%eth0]:80'],
    ['ftp://h/x', '/x', 'h', 'ftp://h:21'],
    ['ws://h:0/x', '/x', 'h:0', 'ws://h:0'],
  ])('%s', (text, target, authority, origin) => {
    const url = Url.parse(text);
    expect([url.target, url.authority, url.origin]).toEqual([target, authority, origin]);
    expect([url.target, url.authority, url.origin]).toEqual([target, authority, origin]);
  });

  test('texts for people hold no secrets', () => {
    expect(Url.parse('http://u:secret@h:1/p?q').hrefWithoutUserInfo).toBe('http://h:1/p?q');
    expect(Url.parse('http://h/p').hrefWithoutUserInfo).toBe('http://h/p');
    for (const bad of ['http://u:secret@h:99999/', 'http://u:secret@a b/', 'http://u:sec|ret@h/']) {
      const url = Url.parse(bad, true);
      expect(url.error).not.toBe('');
      expect(url.error).not.toContain('secret');
    }
  });
});

describe('resolve: RFC 3986 section 5.4', () => {
  const base = Url.parse('http://a/b/c/d;p?q');
  test.each([
    ['g:h', 'g:h'],
    ['g', 'http://a/b/c/g'],
    ['./g', 'http://a/b/c/g'],
    ['g/', 'http://a/b/c/g/'],
    ['/g', 'http://a/g'],
    ['//g', 'http://g'],
    ['?y', 'http://a/b/c/d;p?y'],
    ['g?y', 'http://a/b/c/g?y'],
    ['#s', 'http://a/b/c/d;p?q#s'],
    ['g#s', 'http://a/b/c/g#s'],
    ['g?y#s', 'http://a/b/c/g?y#s'],
    [';x', 'http://a/b/c/;x'],
    ['g;x', 'http://a/b/c/g;x'],
    ['g;x?y#s', 'http://a/b/c/g;x?y#s'],
    ['', 'http://a/b/c/d;p?q'],
    ['.', 'http://a/b/c/'],
    ['./', 'http://a/b/c/'],
    ['..', 'http://a/b/'],
    ['../', 'http://a/b/'],
    ['../g', 'http://a/b/g'],
    ['../..', 'http://a/'],
    ['../../', 'http://a/'],
    ['../../g', 'http://a/g'],
    ['../../../g', 'http://a/g'],
    ['../../../../g', 'http://a/g'],
    ['/./g', 'http://a/g'],
    ['/../g', 'http://a/g'],
    ['g.', 'http://a/b/c/g.'],
    ['.g', 'http://a/b/c/.g'],
    ['g..', 'http://a/b/c/g..'],
    ['..g', 'http://a/b/c/..g'],
    ['./../g', 'http://a/b/g'],
    ['./g/.', 'http://a/b/c/g/'],
    ['g/./h', 'http://a/b/c/g/h'],
    ['g/../h', 'http://a/b/c/h'],
    ['g;x=1/./y', 'http://a/b/c/g;x=1/y'],
    ['g;x=1/../y', 'http://a/b/c/y'],
    ['g?y/./x', 'http://a/b/c/g?y/./x'],
    ['g?y/../x', 'http://a/b/c/g?y/../x'],
    ['g#s/./x', 'http://a/b/c/g#s/./x'],
    ['g#s/../x', 'http://a/b/c/g#s/../x'],
    ['http:g', 'http:g'],
  ])('%j', (ref, href) => {
    expect(base.resolve(Url.parse(ref)).href).toBe(href);
  });

  test.each([
    ['http://u:p@h:8', 'x', 'http://u:p@h:8/x'],
    ['http://h?old', 'x', 'http://h/x'],
    ['http://h/dir/sub/from?old=1', '?new=2', 'http://h/dir/sub/from?new=2'],
    ['http://h/a', '//127.0.0.1:80/to', 'http://127.0.0.1:80/to'],
    ['http://h/a#f', 'b', 'http://h/b'],
    ['http://h/top//', 'x/../y', 'http://h/top//y'],
    ['file:/usr/local/kio/', '../../////x', 'file:///usr/////x'],
    ['mailto:a/b', 'c', 'mailto:a/c'],
  ])('%s and %s', (from, ref, href) => {
    expect(Url.parse(from).resolve(Url.parse(ref)).href).toBe(href);
  });

  test('an invalid one of the two is the answer', () => {
    const bad = Url.parse('http://h:99999');
    expect(bad.resolve(base)).toBe(bad);
    expect(base.resolve(bad)).toBe(bad);
    expect(Url.parse('x:/a').resolve(Url.parse('..//b')).error).toBe("Path component starts with '//' and authority is absent");
  });
});

describe('putting together', () => {
  test('from and with escape what needs it', () => {
    const url = Url.from({ scheme: 'HTTP', host: 'EX.test', path: '/a b?c', query: 'q#r', fragment: '#', userInfo: 'a@b:c/d' });
    expect(url.href).toBe('http://a%40b:c%2Fd@ex.test/a%20b%3Fc?q%23r#%23');
    expect(url.with({ userInfo: null, host: '::1', port: 8 }).href).toBe('http://[::1]:8/a%20b%3Fc?q%23r#%23');
    expect(url.with({ host: null, userInfo: null }).host).toBe(null);
    expect(Url.from({}).empty).toBe(true);
    expect(Url.parse('http://[fe80::1%25251]/').with({ port: 1 }).href).toBe('http://[fe80::1%25251]:1/');
  });

  test.each([
    [{ scheme: '1x' }, /scheme/],
    [{ scheme: 'a:b' }, /scheme/],
    [{ host: 'h', port: 65536 }, /port/],
    [{ host: 'h', port: -2 }, /port/],
    [{ host: 'h', port: 1.5 }, /port/],
    [{ host: 'a b' }, /hostname/],
    [{ host: 'h', path: 'x' }, /relative and authority/],
    [{ path: '//x' }, /starts with '\/\/'/],
    [{ path: 'a:b' }, /before any/],
  ])('%j is refused', (parts, error) => {
    expect(Url.from(parts).error).toMatch(error);
  });
});

describe('for every text', () => {
  const bits = fc.constantFrom(
    ...[
      'http://',
      'https://',
      'file:',
      'a:',
      '//',
      '/',
      '?',
      '#',
      '@',
      ':',
      '.',
      '..',
      '%',
      '%41',
      '%2f',
      '%c3%a4',
      '[',
      ']',
      '::1',
    ],
    ...[
      ' ',
      '\r\n',
      '\0',
      '\t',
      '\\',
      'ä',
      '😀',
      '\ud800',
      'h',
      'ex.test',
      'xn--',
      '80',
      '127.0.0.1',
      '-',
      '"',
      '|',
      '\u2028',
      '。',
    ],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.webUrl(),
    fc.array(bits, { maxLength: 12 }).map((b) => b.join('')),
  );

  test('parsing never throws, the result is safe to send and reads as itself', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, strict) => {
        const url = Url.parse(text, strict);
        for (const part of [url.href, url.target, url.authority, url.hrefWithoutUserInfo]) expect(part).toMatch(/^[!-~]*$/);
        expect(url.target).toMatch(/^\/[^#]*$/);
        const again = Url.parse(url.href);
        expect(again.error).toBe('');
        expect(again.href).toBe(url.href);
        expect(again.target).toBe(url.target);
        expect(again.origin).toBe(url.origin);
        expect(url.with({}).href).toBe(url.href);
      }),
      { numRuns: 3000, seed: 3986 },
    );
  });

  test('both ways through the parser agree', () => {
    // A user name sends the text the long way.
    const plain = fc.stringMatching(/^[a-z0-9.-]{1,12}(:[0-9]{0,6})?(\/[a-z.%4]{0,6})*(\?[a-z]{0,3})?(#[a-z]{0,3})?$/);
    fc.assert(
      fc.property(plain, (rest) => {
        const short = Url.parse('http://' + rest);
        const long = Url.parse('http://u@' + rest);
        expect(long.hrefWithoutUserInfo).toBe(short.href);
        expect([long.authority, long.origin, long.target, long.error]).toEqual([
          short.authority,
          short.origin,
          short.target,
          short.error,
        ]);
      }),
      { numRuns: 2000, seed: 3986 },
    );
  });

  test('resolving never throws and gives a URL that reads as itself', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const url = Url.parse(a).resolve(Url.parse(b));
        expect(Url.parse(url.href).href).toBe(url.href);
      }),
      { numRuns: 1000, seed: 3986 },
    );
  });
});
