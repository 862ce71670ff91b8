import { describe, expect, it } from 'vitest';
import { parseAuthInfo, parseChallenges, realmOf, saysUtf8 } from '../../../src/rules/auth/challenges.ts';

type Row = readonly [scheme: string, token: string, params?: Readonly<Record<string, string>>];

const read = (...fields: string[]): Row[] =>
  parseChallenges(fields).map(({ scheme, token, params }) => [scheme, token, Object.fromEntries(params)]);

describe('the challenges of a field', () => {
  const rows: readonly [field: string, expected: readonly Row[]][] = [
    // RFC 9110 11.6.1, RFC 7617 2.1, RFC 6750 3
    [
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      [
        ['basic', '', { realm: 'simple' }],
        ['newauth', '', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
      ],
    ],
    ['Basic realm="foo", charset="UTF-8"', [['basic', '', { realm: 'foo', charset: 'UTF-8' }]]],
    [
      'Bearer realm="e", error="invalid_token", error_description="It has expired, sorry"',
      [['bearer', '', { realm: 'e', error: 'invalid_token', error_description: 'It has expired, sorry' }]],
    ],
    // a scheme alone, and with what is neither parameter nor scheme
    ['Negotiate', [['negotiate', '', {}]]],
    [
      'Negotiate, NTLM,Basic',
      [
        ['negotiate', '', {}],
        ['ntlm', '', {}],
        ['basic', '', {}],
      ],
    ],
    ['NTLM TlRMTVNTUAACAAAA', [['ntlm', 'TlRMTVNTUAACAAAA', {}]]],
    [
      'Negotiate oYG2MIGz==, Basic realm=x',
      [
        ['negotiate', 'oYG2MIGz==', {}],
        ['basic', '', { realm: 'x' }],
      ],
    ],
    ['X a-b._~+/=', [['x', 'a-b._~+/=', {}]]],
    ['X a=', [['x', 'a=', {}]]],
    ['X a=b', [['x', '', { a: 'b' }]]],
    ['X a==b', [['x', '', { a: '=b' }]]],
    ['X a= , b=c', [['x', 'a=', { b: 'c' }]]],
    // white space, empty elements, capitals
    [
      ' ,, \tBASIC \t Realm \t=\t "x" \t,, , NTLM,',
      [
        ['basic', '', { realm: 'x' }],
        ['ntlm', '', {}],
      ],
    ],
    ['', []],
    [' , ,', []],
    ['X a="", b=', [['x', '', { a: '', b: '' }]]],
    // quoted: commas, equals signs, escapes, other schemes
    ['X a="b, Basic realm=c", d="\\\\\\e"', [['x', '', { a: 'b, Basic realm=c', d: '\\e' }]]],
    ['X a="no end, Basic realm=c', [['x', '', { a: 'no end, Basic realm=c' }]]],
    ['X a="no end\\', [['x', '', { a: 'no end' }]]],
    ['X a="\xc3\xa4\xff"', [['x', '', { a: '\xc3\xa4\xff' }]]],
    // commas that were forgotten, quotes that were
    ['Digest realm="a" nonce="b"qop=auth', [['digest', '', { realm: 'a', nonce: 'b', qop: 'auth' }]]],
    ['Digest nonce=ab/c==, uri=http://h/?x=1;y', [['digest', '', { nonce: 'ab/c==', uri: 'http://h/?x=1;y' }]]],
    ['Basic realm=two words, charset=UTF-8', [['basic', '', { realm: 'two', charset: 'UTF-8' }]]],
    // the first of a name
    ['X a=1, A=2', [['x', '', { a: '1' }]]],
    // what cannot be read takes nothing along
    ['"x", @, =, ==, ;, Basic realm="a"', [['basic', '', { realm: 'a' }]]],
    ['X a=1, @@@, b=2', [['x', '', { a: '1', b: '2' }]]],
    ['X a=1, y/z b=2 c=3, d=4', [['x', '', { a: '1', d: '4' }]]],
    ['X a=1 Basic realm=b', [['x', '', { a: '1', realm: 'b' }]]],
    ['realm="nobody", Basic', [['basic', '', {}]]],
    ['X"y", Basic', [['basic', '', {}]]],
    [
      'X "y", Basic',
      [
        ['x', '', {}],
        ['basic', '', {}],
      ],
    ],
    [
      'X \n"\\\n" a=1, Basic',
      [
        ['x', '', { a: '1' }],
        ['basic', '', {}],
      ],
    ],
    ['X a="\\\n"', [['x', '', { a: '\n' }]]],
  ];
  it.each(rows)('%j', (field, expected) => {
    expect(read(field)).toEqual(expected);
  });

  it('and of several fields are one list', () => {
    expect(read('NTLM', 'Digest realm="a"', 'nonce="b", Basic realm="c"')).toEqual([
      ['ntlm', '', {}],
      ['digest', '', { realm: 'a', nonce: 'b' }],
      ['basic', '', { realm: 'c' }],
    ]);
    expect(read('X a="no end', 'Basic realm="b"').map(([scheme]) => scheme)).toEqual(['x', 'basic']);
  });

  it('are no members of objects', () => {
    const [challenge] = parseChallenges(['X __proto__=1, constructor=2']);
    expect([...challenge!.params]).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  it.each(['"', '\\', 'a ', 'a=', 'a,', ' ', ',', '"\\', 'a="', 'X a="b\\"', '@', '=', '\n', 'a b="c",'])(
    'take time in proportion to their length: %j',
    (piece) => {
      const [first] = parseChallenges([`X a, ${piece.repeat(200_000 / piece.length)}`]);
      expect(first?.scheme).toBe('x');
    },
  );
});

describe('a realm', () => {
  it.each([
    ['Basic realm="W\xc3\xa4rter"', 'Wärter'],
    ['Basic realm="W\xe4rter"', 'Wärter'],
    ['Basic', ''],
  ])('%j', (field, realm) => expect(realmOf(parseChallenges([field])[0]!)).toBe(realm));
});

describe('UTF-8', () => {
  it.each([
    ['Basic realm="x", charset="UTF-8"', true],
    ['Digest charset=utf-8', true],
    ['Basic charset="ISO-8859-1"', false],
    ['Basic realm="UTF-8"', false],
  ])('%j', (field, said) => expect(saysUtf8(parseChallenges([field])[0]!)).toBe(said));
});

describe('Authentication-Info', () => {
  it.each([
    [['nextnonce="a, b", NC=00000001, rspauth=""'], { nextnonce: 'a, b', nc: '00000001', rspauth: '' }],
    [['a=1', 'b=2, a=3'], { a: '1', b: '2' }],
    [['Digest a=1, b=2'], { a: '1', b: '2' }],
    [[], {}],
  ])('%j', (fields, expected) => expect(Object.fromEntries(parseAuthInfo(fields))).toEqual(expected));
});
