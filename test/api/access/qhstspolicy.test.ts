import { describe, expect, expectTypeOf, it } from 'vitest';
import { QHstsPolicy, QUrl } from '../../../src/index.ts';

const later = (seconds: number): Date => new Date(Date.now() + seconds * 1000);

describe('QHstsPolicy', () => {
  it('is of no host and expired at first, as in Qt', () => {
    const policy = new QHstsPolicy();
    expect([policy.host(), policy.includesSubDomains(), policy.isExpired()]).toEqual(['', false, true]);
    expect(policy.expiry().getTime()).toBeNaN();
  });

  it('takes all at once', () => {
    const end = later(10);
    const policy = new QHstsPolicy(end, QHstsPolicy.IncludeSubDomains, 'A.Test');
    expect([policy.host(), policy.includesSubDomains(), policy.isExpired()]).toEqual(['a.test', true, false]);
    expect(policy.expiry()).toEqual(end);
    expect(new QHstsPolicy(end, 0, 'a.test').includesSubDomains()).toBe(false);
    expect(QHstsPolicy.PolicyFlag.IncludeSubDomains).toBe(1);
    expectTypeOf<QHstsPolicy.PolicyFlag>().toEqualTypeOf<1>();
  });

  it('is a value: a copy changes alone', () => {
    const policy = new QHstsPolicy(later(10), 1, 'a.test');
    const copy = new QHstsPolicy(policy);
    expect(copy.equals(policy)).toBe(true);
    copy.setHost('b.test');
    copy.setIncludesSubDomains(false);
    expect([policy.host(), policy.includesSubDomains()]).toEqual(['a.test', true]);
    const end = policy.expiry();
    end.setTime(0);
    expect(policy.isExpired()).toBe(false);
  });

  it('is equal to one that says the same', () => {
    const end = later(10);
    const made = (seconds: Date, flags: number, host: string) => new QHstsPolicy(seconds, flags, host);
    expect(made(end, 1, 'a.test').equals(made(end, 1, 'A.test'))).toBe(true);
    expect(made(end, 1, 'a.test').equals(made(end, 0, 'a.test'))).toBe(false);
    expect(made(end, 1, 'a.test').equals(made(end, 1, 'b.test'))).toBe(false);
    expect(made(end, 1, 'a.test').equals(made(later(20), 1, 'a.test'))).toBe(false);
    expect(new QHstsPolicy().equals(new QHstsPolicy())).toBe(true);
  });

  const ends: readonly [what: string, end: Date, expired: boolean][] = [
    ['an hour ago', later(-3600), true],
    ['in an hour', later(3600), false],
    ['never', new Date(Number.NaN), true],
  ];
  it.each(ends)('that ends %s', (_what, end, expired) => {
    const policy = new QHstsPolicy();
    policy.setExpiry(end);
    expect(policy.isExpired()).toBe(expired);
    expect(policy.expiry()).toEqual(end);
  });

  const hosts: readonly [host: string, shown: string, encoded: string][] = [
    ['EXAMPLE.org', 'example.org', 'example.org'],
    ['B\u00fccher.example', 'b\u00fccher.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'b\u00fccher.example', 'xn--bcher-kva.example'],
    ['::1', '::1', '::1'],
    ['no host', '', ''],
    ['', '', ''],
  ];
  it.each(hosts)('host %j', (host, shown, encoded) => {
    const policy = new QHstsPolicy();
    policy.setHost(host);
    expect([policy.host(), policy.host(QUrl.FullyEncoded)]).toEqual([shown, encoded]);
  });

  it('reads a host in other modes as QUrl does', () => {
    const policy = new QHstsPolicy(later(1), 0, 'a%2Etest', QUrl.TolerantMode);
    expect(policy.host()).toBe('a.test');
    policy.setHost('a%2Etest');
    expect(policy.host()).toBe('');
    policy.setHost('b%2Etest', QUrl.TolerantMode);
    expect(policy.host()).toBe('b.test');
  });

  it('says what it expects', () => {
    const policy = new QHstsPolicy();
    expect(() => policy.setHost(5 as never)).toThrow('QHstsPolicy.setHost expects the name of a host; got 5.');
    expect(() => policy.setExpiry(5 as never)).toThrow('QHstsPolicy.setExpiry expects a Date; got 5.');
    expect(() => new QHstsPolicy(new Date(), 'x' as never, 'a.test')).toThrow('QHstsPolicy.PolicyFlag');
    expect(() => new QHstsPolicy(5 as never, 0, 'a.test')).toThrow(TypeError);
  });
});
