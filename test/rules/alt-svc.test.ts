import { describe, expect, it } from 'vitest';
import { alternativesOf, MOST_ALTERNATIVES, parseAltSvc, type SaidAlternative } from '../../src/rules/alt-svc.ts';

const DAY = 86_400;

const said = (protocol: string, host: string, port: number, maxAge = DAY, persist = false): SaidAlternative => ({
  protocol,
  host,
  port,
  maxAge,
  persist,
});

describe('an Alt-Svc field', () => {
  const rows: readonly [field: string, expected: readonly SaidAlternative[] | null][] = [
    // the examples of RFC 7838 3 and 3.1
    ['h2=":8000"', [said('h2', '', 8000)]],
    ['h2="new.example.org:80"', [said('h2', 'new.example.org', 80)]],
    ['h2="alt.example.com:8000", h2=":443"', [said('h2', 'alt.example.com', 8000), said('h2', '', 443)]],
    ['w%3Dx%3Ay#z=":443"', [said('w=x:y#z', '', 443)]],
    ['x%25y=":443"', [said('x%y', '', 443)]],
    ['h2=":443"; ma=3600', [said('h2', '', 443, 3600)]],
    ['h2=":8000"; ma=60', [said('h2', '', 8000, 60)]],
    ['h2=":443"; ma=2592000; persist=1', [said('h2', '', 443, 2_592_000, true)]],
    // as servers write it
    ['h3=":443"; ma=86400, h3-29=":443"; ma=86400', [said('h3', '', 443), said('h3-29', '', 443)]],
    ['quic=":443"; ma=60; v="46,43", h2=":443"', [said('quic', '', 443, 60), said('h2', '', 443)]],
    // clear, alone or among others, in this spelling alone
    ['clear', []],
    [' clear ', []],
    ['h2=":443", clear', []],
    ['clear,h2=":443"', []],
    ['Clear', null],
    ['clear; ma=1', null],
    ['h2=":443", CLEAR', [said('h2', '', 443)]],
    ['h2=":443"; x="a, clear, b"', [said('h2', '', 443)]],
    // white space, and nothing between commas
    [',, h2=":443" ,\t,h3=":1"\t;\tma=5 ,', [said('h2', '', 443), said('h3', '', 1, 5)]],
    ['', null],
    [' , ,', null],
    // quoted-string
    ['h2="\\:4\\43"', [said('h2', '', 443)]],
    ['h2=":443"; ma="60"', [said('h2', '', 443, 60)]],
    ['h2=":443"; ma="\\60"', [said('h2', '', 443, 60)]],
    ['h2=":443"; persist="1"', [said('h2', '', 443, DAY, true)]],
    ['h2=:443', [said('h2', '', 443)]],
    ['h2=":443', null],
    ['h2=":443"x', null],
    ['h2=""', null],
    // hosts
    ['h2="[2001:DB8::1]:8443"', [said('h2', '2001:db8::1', 8443)]],
    ['h2="192.0.2.1:443"', [said('h2', '192.0.2.1', 443)]],
    ['h2="Alt.EXAMPLE.com:443"', [said('h2', 'alt.example.com', 443)]],
    ['h2="[::1:443"', null],
    ['h2="a b:443"', null],
    ['h2="user@h.test:443"', null],
    ['h2="h.test/x:443"', null],
    // ports
    ['h2=":1"', [said('h2', '', 1)]],
    ['h2=":65535"', [said('h2', '', 65_535)]],
    ['h2=":0"', null],
    ['h2=":65536"', null],
    ['h2=":443443"', null],
    ['h2=":"', null],
    ['h2="443"', null],
    ['h2=":-1"', null],
    ['h2="h.test"', null],
    // protocols
    ['http%2F1.1=":443"', [said('http/1.1', '', 443)]],
    ['x%3d=":443"', [said('x=', '', 443)]],
    ['%0A%FF=":443"', [said('\n\xff', '', 443)]],
    ['%=":443"', null],
    ['%4=":443"', null],
    ['%zz=":443"', null],
    ['=":443"', null],
    ['"h2"=":443"', null],
    ['h2 =":443"', null],
    ['h2', null],
    // an age that is no number is none; of several the smallest counts
    ['h2=":443"; ma=0', [said('h2', '', 443, 0)]],
    ['h2=":443"; ma=', [said('h2', '', 443, 0)]],
    ['h2=":443"; ma', [said('h2', '', 443, 0)]],
    ['h2=":443"; ma=-5', [said('h2', '', 443, 0)]],
    ['h2=":443"; ma=1e3', [said('h2', '', 443, 0)]],
    ['h2=":443"; ma=9; MA=7; ma=8', [said('h2', '', 443, 7)]],
    ['h2=":443"; ma=99999999999999999999', [said('h2', '', 443, 2 ** 31)]],
    // persist has one value
    ['h2=":443"; persist=0', [said('h2', '', 443)]],
    ['h2=":443"; persist=true', [said('h2', '', 443)]],
    ['h2=":443"; persist', [said('h2', '', 443)]],
    ['h2=":443"; Persist=1', [said('h2', '', 443, DAY, true)]],
    // what nobody knows, and what cannot be read, takes nothing along
    ['h2=":443"; foo=bar; ma=5; "x"; =; ;baz', [said('h2', '', 443, 5)]],
    ['garbage, h2=":443", ;;;, =, h3=x, h3=":1"', [said('h2', '', 443), said('h3', '', 1)]],
    ['h2=":99999"; ma=5, h3=":443"', [said('h3', '', 443)]],
    ['\x00\xff, h2=":443"', [said('h2', '', 443)]],
    ['x\\, h2=":443"', [said('h2', '', 443)]],
  ];
  it.each(rows)('%j', (field, expected) => {
    expect(parseAltSvc(field)).toEqual(expected);
  });

  it('is heard up to a limit, and taken back beyond it', () => {
    const many = Array.from({ length: 100 }, (_, i) => `h2=":${i + 1}"`).join();
    expect(parseAltSvc(many)?.map(({ port }) => port)).toEqual(Array.from({ length: MOST_ALTERNATIVES }, (_, i) => i + 1));
    expect(parseAltSvc(`${many}, clear`)).toEqual([]);
  });

  it('takes time in proportion to its length', () => {
    for (const text of ['"\\', 'h2="', ';"', '%', ':', '=,']) expect(parseAltSvc(text.repeat(100_000 / text.length))).toBe(null);
  });
});

describe('what it means', () => {
  const now = 1_000_000;
  it.each([
    ['from now', 60, 0, now + 60_000],
    ['from when the answer was made', 60, 30_000, now + 30_000],
    ['not at all once that is too long ago', 60, 60_000, null],
    ['not at all for no time', 0, 0, null],
  ])('%s', (_what, maxAge, age, expires) => {
    const found = alternativesOf([said('h2', '', 443, maxAge, true)], 'h.test', age, now);
    expect(found).toEqual(expires === null ? [] : [{ protocol: 'h2', host: 'h.test', port: 443, expires, persist: true }]);
  });

  it('the host that was named, or that of the origin', () => {
    const found = alternativesOf([said('h2', 'a.test', 1), said('h2', '', 2)], 'h.test', 0, now);
    expect(found.map(({ host }) => host)).toEqual(['a.test', 'h.test']);
  });
});
