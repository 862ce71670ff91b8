import { describe, expect, it } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import { coveringRule, readBypassList } from '../../../src/rules/proxy/bypass.ts';

function covered(list: string, url: string): string | null {
  const { host, effectivePort } = Url.parse(url);
  return coveringRule(readBypassList(list), host!, effectivePort)?.entry ?? null;
}

describe('an entry', () => {
  const rows: readonly [entry: string, yes: readonly string[], no: readonly string[]][] = [
    ['*', ['http://a.test', 'http://192.0.2.1', 'http://[::1]'], []],
    // the three spellings of a suffix are one
    [
      'a.test',
      ['http://a.test', 'http://b.a.test', 'http://c.b.a.test', 'http://A.TEST.'],
      ['http://ba.test', 'http://a.test.b'],
    ],
    ['.a.test', ['http://a.test', 'http://b.a.test'], ['http://ba.test', 'http://test']],
    ['*.a.test', ['http://a.test', 'http://b.a.test'], ['http://ba.test']],
    ['A.Test.', ['http://a.test', 'http://b.a.test'], ['http://test']],
    ['bücher.test', ['http://xn--bcher-kva.test', 'http://www.bücher.test'], ['http://bucher.test']],
    // ports, those of the scheme included
    ['a.test:8080', ['http://a.test:8080', 'http://b.a.test:8080'], ['http://a.test', 'http://a.test:80']],
    ['a.test:443', ['https://a.test'], ['http://a.test']],
    ['192.0.2.1:81', ['http://192.0.2.1:81'], ['http://192.0.2.1']],
    ['[::1]:81', ['http://[::1]:81'], ['http://[::1]']],
    // addresses are compared as such, whatever their spelling
    ['192.0.2.1', ['http://192.0.2.1', 'http://[::ffff:192.0.2.1]'], ['http://192.0.2.10', 'http://x.192.0.2.1.test']],
    ['2001:db8:0:0::1', ['http://[2001:db8::1]'], ['http://[2001:db8::2]']],
    ['[2001:DB8::1]', ['http://[2001:db8::1]'], ['http://[2001:db8::11]']],
    ['fe80::1', ['http://[fe80::1%25eth0]'], []],
    // networks
    [
      '10.0.0.0/8',
      ['http://10.0.0.1', 'http://10.255.255.255', 'http://[::ffff:10.1.1.1]'],
      ['http://11.0.0.0', 'http://10.test'],
    ],
    ['10.1.2.3/8', ['http://10.9.9.9'], ['http://11.1.2.3']],
    ['192.0.2.128/25', ['http://192.0.2.128', 'http://192.0.2.255'], ['http://192.0.2.127']],
    ['192.0.2.1/32', ['http://192.0.2.1'], ['http://192.0.2.0']],
    ['0.0.0.0/0', ['http://192.0.2.1'], ['http://[2001:db8::1]', 'http://a.test']],
    ['169.254/16', ['http://169.254.1.2'], ['http://169.253.1.2', 'http://169.0.0.254']],
    ['10/8', ['http://10.1.1.1'], ['http://0.0.0.10']],
    ['2001:db8::/32', ['http://[2001:db8:ffff::1]'], ['http://[2001:db9::1]', 'http://32.1.13.184']],
    ['[fd00::]/8', ['http://[fdff::1]'], ['http://[fc00::1]']],
    ['2001:db8::/33', ['http://[2001:db8:7fff::1]'], ['http://[2001:db8:8000::1]']],
    ['::/0', ['http://[::1]'], ['http://192.0.2.1']],
    ['::ffff:10.0.0.0/104', ['http://10.1.1.1'], ['http://11.1.1.1']],
    // local
    [
      '<local>',
      ['http://intranet', 'http://localhost', 'http://a.localhost', 'http://127.1.2.3', 'http://[::1]'],
      ['http://a.test', 'http://192.0.2.1', 'http://[2001:db8::1]'],
    ],
    ['<LOCAL>', ['http://intranet'], ['http://a.test']],
    // patterns
    ['192.168.*', ['http://192.168.1.1'], ['http://192.169.1.1', 'http://1.192.168.1']],
    ['*-dev.a.test', ['http://x-dev.a.test'], ['http://dev.a.test', 'http://x-dev.a.test.b']],
    ['a*b*.test', ['http://ab.test', 'http://axbxxb.test'], ['http://ba.test']],
    ['*test', ['http://mytest', 'http://a.test'], ['http://a.tests']],
    ['x*.test:81', ['http://xy.test:81'], ['http://xy.test']],
  ];
  for (const [entry, yes, no] of rows) {
    it(entry, () => {
      for (const url of yes) expect(covered(entry, url), url).toBe(entry);
      for (const url of no) expect(covered(entry, url), url).toBeNull();
    });
  }
});

describe('a list', () => {
  it('is separated by commas, semicolons and white space, and says which entry decided', () => {
    const list = ' a.test, b.test;c.test\td.test,,\n<local> ';
    expect(readBypassList(list).rules.map(({ entry }) => entry)).toEqual(['a.test', 'b.test', 'c.test', 'd.test', '<local>']);
    expect(covered(list, 'http://x.c.test')).toBe('c.test');
    expect(covered('10.0.0.1, 10.0.0.0/8', 'http://10.0.0.1')).toBe('10.0.0.1');
    expect(covered('', 'http://a.test')).toBeNull();
  });

  it.each([
    '10.0.0.0/33',
    '2001:db8::/129',
    '::ffff:10.0.0.0/95',
    'a.test/8',
    '10.0.0.256/8',
    '300/8',
    'http://a.test',
    'a.test:x',
    'a.test:',
    'a.test:0',
    'a.test:65536',
    '[::1',
    'a_b!.test',
    'a..test',
    '.',
    '<other>',
    'a*!',
  ])('passes over %s', (entry) => {
    const { rules, unreadable } = readBypassList(`${entry},ok.test`);
    expect(unreadable).toEqual([entry]);
    expect(rules.map((rule) => rule.entry)).toEqual(['ok.test']);
  });

  it('compares a pattern of many stars in bounded time', () => {
    const name = `${'a'.repeat(60)}.`.repeat(4) + 'test';
    expect(covered(`${'*a'.repeat(2000)}b`, `http://${name}`)).toBeNull();
  });
});
