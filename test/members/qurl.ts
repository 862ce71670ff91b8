import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

/** All parts, some of them escaped. */
const FULL = 'http://jo%C3%A9:p%40w@example.test:8080/a%20b/c?k=%26v#f%20g';

export const qurl: MemberTests = {
  'QUrl.constructor': (q) => {
    const url = new q.QUrl('http://example.test/a b');
    expect(url.toString()).toBe('http://example.test/a b');
    const copy = new q.QUrl(url);
    copy.setPath('/c');
    expect([url.path(), copy.path(), new q.QUrl(new URL('http://h:81')).port(), new q.QUrl().isEmpty()]).toEqual([
      '/a b',
      '/c',
      81,
      true,
    ]);
    expect(new q.QUrl('http://example.test/a b', q.QUrl.StrictMode).isValid()).toBe(false);
  },

  'QUrl.isValid': (q) => {
    expect(['http://h/x', 'x/y', '', 'http://h:99999/'].map((text) => new q.QUrl(text).isValid())).toEqual([
      true,
      true,
      false,
      false,
    ]);
  },

  'QUrl.isEmpty': (q) => {
    const url = new q.QUrl();
    expect(url.isEmpty()).toBe(true);
    url.setFragment('f');
    expect(url.isEmpty()).toBe(false);
  },

  'QUrl.isRelative': (q) => {
    expect(['http://h/', '/x', '//h/x', 'mailto:a@b.test'].map((text) => new q.QUrl(text).isRelative())).toEqual([
      false,
      true,
      true,
      false,
    ]);
  },

  'QUrl.isLocalFile': (q) => {
    expect(['file:///x', 'FILE://host/x', 'http://h/x', '/x'].map((text) => new q.QUrl(text).isLocalFile())).toEqual([
      true,
      true,
      false,
      false,
    ]);
  },

  'QUrl.scheme': (q) => {
    expect([new q.QUrl('HTTPS://h/').scheme(), new q.QUrl('/x').scheme()]).toEqual(['https', '']);
  },

  'QUrl.setScheme': (q) => {
    const url = new q.QUrl('http://h/x');
    url.setScheme('HTTPS');
    expect(url.toString()).toBe('https://h/x');
    url.setScheme('');
    expect([url.toString(), url.isRelative()]).toEqual(['//h/x', true]);
  },

  'QUrl.host': (q) => {
    const url = new q.QUrl('http://xn--bhler-kva.TEST/');
    expect([url.host(), url.host(q.QUrl.FullyEncoded), new q.QUrl('http://[::1]/').host()]).toEqual([
      'bühler.test',
      'xn--bhler-kva.test',
      '::1',
    ]);
  },

  'QUrl.setHost': (q) => {
    const url = new q.QUrl('http://h:81/x');
    url.setHost('Bühler.test');
    expect(url.toString(q.QUrl.FullyEncoded)).toBe('http://xn--bhler-kva.test:81/x');
    url.setHost('::1');
    expect(url.toString()).toBe('http://[::1]:81/x');
    url.setHost('a b');
    expect(url.isValid()).toBe(false);
  },

  'QUrl.port': (q) => {
    const url = new q.QUrl('http://h/');
    expect([url.port(), url.port(80), new q.QUrl('http://h:81/').port(80)]).toEqual([-1, 80, 81]);
  },

  'QUrl.setPort': (q) => {
    const url = new q.QUrl('http://h/');
    url.setPort(8080);
    expect(url.toString()).toBe('http://h:8080/');
    url.setPort(-1);
    expect(url.toString()).toBe('http://h/');
    url.setPort(65_536);
    expect([url.isValid(), url.errorString()]).toEqual([false, 'Invalid port or port number out of range: 65536']);
  },

  'QUrl.userName': (q) => {
    const url = new q.QUrl(FULL);
    expect([url.userName(), url.userName(q.QUrl.FullyEncoded), new q.QUrl('http://h').userName()]).toEqual([
      'joé',
      'jo%C3%A9',
      '',
    ]);
  },

  'QUrl.setUserName': (q) => {
    const url = new q.QUrl('http://:secret@h/');
    url.setUserName('a:b@c');
    expect([url.toString(), url.userName(), url.password()]).toEqual(['http://a%3Ab%40c:secret@h/', 'a:b@c', 'secret']);
  },

  'QUrl.password': (q) => {
    const url = new q.QUrl(FULL);
    expect([url.password(), url.password(q.QUrl.FullyEncoded), new q.QUrl('http://u@h').password()]).toEqual([
      'p@w',
      'p%40w',
      '',
    ]);
  },

  'QUrl.setPassword': (q) => {
    const url = new q.QUrl('http://u@h/');
    url.setPassword('%40/');
    expect([url.password(), url.toString(q.QUrl.FullyEncoded)]).toEqual(['%40/', 'http://u:%2540%2F@h/']);
    url.setPassword('');
    expect(url.authority()).toBe('u@h');
  },

  'QUrl.userInfo': (q) => {
    const url = new q.QUrl(FULL);
    expect([url.userInfo(), url.userInfo(q.QUrl.FullyEncoded), new q.QUrl('http://h').userInfo()]).toEqual([
      'joé:p@w',
      'jo%C3%A9:p%40w',
      '',
    ]);
  },

  'QUrl.authority': (q) => {
    expect([new q.QUrl(FULL).authority(), new q.QUrl('http://[::1]:81/x').authority(), new q.QUrl('/x').authority()]).toEqual([
      'joé:p%40w@example.test:8080',
      '[::1]:81',
      '',
    ]);
  },

  'QUrl.path': (q) => {
    const url = new q.QUrl('http://h/a%20b/%2F;x?q');
    expect([url.path(), url.path(q.QUrl.FullyEncoded), new q.QUrl('http://h').path()]).toEqual(['/a b//;x', '/a%20b/%2F;x', '']);
    expect(new q.QUrl('http://h/a/./b/..').path(q.QUrl.NormalizePathSegments)).toBe('/a/');
  },

  'QUrl.setPath': (q) => {
    const url = new q.QUrl('http://h/x?q');
    url.setPath('/50%?');
    expect(url.toString(q.QUrl.FullyEncoded)).toBe('http://h/50%25%3F?q');
    url.setPath('/%41', q.QUrl.TolerantMode);
    expect(url.path()).toBe('/A');
  },

  'QUrl.query': (q) => {
    const url = new q.QUrl('http://h/?k=%26a%20b');
    expect([url.query(), url.query(q.QUrl.FullyEncoded), url.query(q.QUrl.FullyDecoded)]).toEqual([
      'k=%26a b',
      'k=%26a%20b',
      'k=&a b',
    ]);
  },

  'QUrl.setQuery': (q) => {
    const url = new q.QUrl('http://h/');
    url.setQuery('a=1 2');
    expect(url.toString(q.QUrl.FullyEncoded)).toBe('http://h/?a=1%202');
    url.setQuery(new q.QUrlQuery('b=3'));
    expect(url.query()).toBe('b=3');
    url.setQuery(null);
    expect(url.toString()).toBe('http://h/');
  },

  'QUrl.hasQuery': (q) => {
    expect(['http://h/?a', 'http://h/?', 'http://h/#?'].map((text) => new q.QUrl(text).hasQuery())).toEqual([true, true, false]);
  },

  'QUrl.fragment': (q) => {
    const url = new q.QUrl(FULL);
    expect([url.fragment(), url.fragment(q.QUrl.FullyEncoded), new q.QUrl('http://h/').fragment()]).toEqual(['f g', 'f%20g', '']);
  },

  'QUrl.setFragment': (q) => {
    const url = new q.QUrl('http://h/x');
    url.setFragment('a b');
    expect(url.toString(q.QUrl.FullyEncoded)).toBe('http://h/x#a%20b');
    url.setFragment(null);
    expect(url.toString()).toBe('http://h/x');
  },

  'QUrl.resolved': (q) => {
    const base = new q.QUrl('http://h/b/c?q');
    const found = ['../g', '?y', '//other/x', 'https://s/', ''].map((ref) => base.resolved(ref).toString());
    expect(found).toEqual(['http://h/g', 'http://h/b/c?y', 'http://other/x', 'https://s/', 'http://h/b/c?q']);
  },

  'QUrl.toString': (q) => {
    const url = new q.QUrl(FULL);
    expect(url.toString()).toBe('http://joé:p%40w@example.test:8080/a b/c?k=%26v#f g');
    expect(url.toString(q.QUrl.FullyEncoded)).toBe(FULL);
    expect(url.toString(q.QUrl.RemoveUserInfo | q.QUrl.RemoveQuery | q.QUrl.RemoveFragment)).toBe(
      'http://example.test:8080/a b/c',
    );
  },

  'QUrl.toDisplayString': (q) => {
    expect(new q.QUrl(FULL).toDisplayString()).toBe('http://joé@example.test:8080/a b/c?k=%26v#f g');
  },

  'QUrl.toEncoded': (q) => {
    const url = new q.QUrl('http://bühler.test/ä b');
    expect(url.toEncoded()).toEqual(Buffer.from('http://xn--bhler-kva.test/%C3%A4%20b'));
  },

  'QUrl.toLocalFile': (q) => {
    expect(['file:///a%20b#f', 'file://host/x', 'http://h/x'].map((text) => new q.QUrl(text).toLocalFile())).toEqual([
      '/a b',
      '//host/x',
      '',
    ]);
  },

  'QUrl.fromLocalFile': (q) => {
    const encoded = (path: string): string => q.QUrl.fromLocalFile(path).toString(q.QUrl.FullyEncoded);
    expect([encoded('/a b#%41'), encoded('rel'), encoded('//host/x')]).toEqual([
      'file:///a%20b%23%2541',
      'file:rel',
      'file://host/x',
    ]);
  },

  'QUrl.fromEncoded': (q) => {
    expect(q.QUrl.fromEncoded(Buffer.from('http://h/%C3%A4')).path()).toBe('/ä');
    expect(q.QUrl.fromEncoded('http://h/a b', q.QUrl.StrictMode).isValid()).toBe(false);
  },

  'QUrl.fromUserInput': (q) => {
    const meant = ['example.test/x', ' localhost:81 ', 'ftp.example.test', '/etc/hosts', 'a b'].map((text) =>
      q.QUrl.fromUserInput(text).toString(),
    );
    expect(meant).toEqual(['http://example.test/x', 'http://localhost:81', 'ftp://ftp.example.test', 'file:///etc/hosts', '']);
  },

  'QUrl.toAce': (q) => {
    expect([q.QUrl.toAce('Bühler.test'), q.QUrl.toAce('a..b')].map(String)).toEqual(['xn--bhler-kva.test', '']);
  },

  'QUrl.fromAce': (q) => {
    expect([q.QUrl.fromAce('xn--bhler-kva.test'), q.QUrl.fromAce(Buffer.from('h.test'))]).toEqual(['bühler.test', 'h.test']);
  },

  'QUrl.equals': (q) => {
    const url = new q.QUrl('http://H/%7e');
    expect([url.equals('http://h/~'), url.equals(new q.QUrl(url)), url.equals('http://h/')]).toEqual([true, true, false]);
  },

  'QUrl.errorString': (q) => {
    expect(new q.QUrl('http://h:99999/').errorString()).toMatch(/^Invalid port or port number out of range/);
    expect([new q.QUrl('http://h/').errorString(), new q.QUrl().errorString()]).toEqual(['', '']);
  },
};
