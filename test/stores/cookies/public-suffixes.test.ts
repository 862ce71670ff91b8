import { describe, expect, test } from 'vitest';
import { publicSuffixes } from '../../../src/stores/cookies/public-suffixes.ts';

describe('the public suffix list', () => {
  test.each<[string, string | null]>([
    ['com', null],
    ['example.com', 'example.com'],
    ['a.b.example.com', 'example.com'],
    ['example.com.', 'example.com'],
    ['co.uk', null],
    ['a.b.co.uk', 'b.co.uk'],
    ['github.io', null],
    ['a.b.github.io', 'b.github.io'],
    ['x.unknown', 'x.unknown'],
    ['unknown', null],
    // *.ck and !www.ck
    ['x.ck', null],
    ['a.x.ck', 'a.x.ck'],
    ['www.ck', 'www.ck'],
    ['a.www.ck', 'www.ck'],
    // *.kobe.jp and !city.kobe.jp: kobe.jp itself is a name below jp
    ['kobe.jp', 'kobe.jp'],
    ['x.kobe.jp', null],
    ['a.x.kobe.jp', 'a.x.kobe.jp'],
    ['a.city.kobe.jp', 'city.kobe.jp'],
    ['xn--55qx5d.cn', null],
    ['a.xn--55qx5d.cn', 'a.xn--55qx5d.cn'],
  ])('%s is registered as %s', (host, expected) => {
    expect(publicSuffixes.registrableDomain(host)).toBe(expected);
    expect(publicSuffixes.isPublicSuffix(host)).toBe(expected === null);
  });

  test.each<[string, string, boolean]>([
    ['kobe.jp', 'a.x.kobe.jp', true],
    ['jp', 'a.x.kobe.jp', true],
    ['x.kobe.jp', 'a.x.kobe.jp', false],
    ['kobe.jp', 'a.city.kobe.jp', false],
    ['elb.amazonaws.com', 'a.us-east-1.elb.amazonaws.com', true],
    ['example.org', 'a.example.org', false],
  ])('%s lies above the suffix of %s: %s', (domain, host, expected) => {
    expect(publicSuffixes.isAboveSuffix(domain, host)).toBe(expected);
  });
});
