import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/rules/auth/challenges.ts';
import {
  type DigestChallenge,
  digestField,
  digestHash,
  digestKey,
  type Protection,
  protectionFor,
  readDigest,
} from '../../../src/rules/auth/digest.ts';

const read = (params: string): DigestChallenge | null => readDigest(parseChallenges([`Digest ${params}`])[0]!);

const RFC2617 =
  'realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
const RFC7616 =
  'realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const DOE =
  'realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8';

interface Asked {
  readonly user?: string;
  readonly password?: string;
  readonly method?: string;
  readonly target?: string;
  readonly cnonce?: string;
  readonly body?: string;
}

/** Parameters of an answer, unquoted. */
function answer(params: string, asked: Asked): Record<string, string> {
  const challenge = read(params)!;
  const { user = 'Mufasa', password = 'Circle of Life', method = 'GET', target = '/dir/index.html' } = asked;
  const { cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ', body = '' } = asked;
  const protection = protectionFor(challenge, { method, target, body: () => '' })!;
  const key = digestKey(challenge, user, password, cnonce);
  const entity = digestHash(challenge.hash, Buffer.from(body));
  const proof = { key, nonce: challenge.nonce, nc: '00000001', cnonce, protection, method, target, body: entity };
  return Object.fromEntries(parseChallenges([digestField(challenge, user, proof)])[0]!.params);
}

describe('the response', () => {
  const DOE_ASKED: Asked = {
    user: 'Jäsøn Doe',
    password: 'Secret, or not?',
    target: '/doe.json',
    cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
  };
  const DOE_PROOF = '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5';
  const POST: Asked = { method: 'POST', body: 'hello=world' };
  const rows: readonly [what: string, challenge: string, asked: Asked, response: string][] = [
    [
      'RFC 2617 3.5',
      `${RFC2617}, qop="auth,auth-int"`,
      { password: 'Circle Of Life', cnonce: '0a4f113b' },
      '6629fae49393a05397450978507c4ef1',
    ],
    ['RFC 2069 2.4 with its erratum', RFC2617, { password: 'CircleOfLife' }, '1949323746fe6a43ef61f9606e7febea'],
    ['RFC 7616 3.9.1', `${RFC7616}, qop="auth, auth-int", algorithm=MD5`, {}, '8ca523f5e9506fed4657c9700eebdbec'],
    [
      'RFC 7616 3.9.1',
      `${RFC7616}, qop="auth, auth-int", algorithm=SHA-256`,
      {},
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    ],
    ['RFC 7616 3.9.2, erratum 4897', `${DOE}, userhash=true`, DOE_ASKED, DOE_PROOF],
    ['without userhash', DOE, DOE_ASKED, DOE_PROOF],
    ['decomposed', DOE, { ...DOE_ASKED, user: 'Ja\u0308søn Doe' }, DOE_PROOF],
    // computed with Python's hashlib
    ['MD5', `${RFC7616}, qop=auth-int, algorithm=MD5`, POST, '879b06f3d3fc586391bc1b4adcf75527'],
    ['MD5-sess', `${RFC7616}, qop=auth, algorithm=MD5-sess`, {}, 'e783283f46242139c486a698fec7211d'],
    ['MD5-sess', `${RFC7616}, qop=auth-int, algorithm=MD5-sess`, POST, '52f2ea700da0c4ca376a4d47ebf40ddb'],
    [
      'SHA-256',
      `${RFC7616}, qop=auth-int, algorithm=SHA-256`,
      POST,
      'd24be8594aa5f7f56945cda21153787914043ef62c2e04330343c5d7bf1ed83b',
    ],
    [
      'SHA-256-sess',
      `${RFC7616}, qop=auth, algorithm=SHA-256-sess`,
      {},
      '2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7',
    ],
    [
      'SHA-256-sess',
      `${RFC7616}, qop=auth-int, algorithm=SHA-256-sess`,
      POST,
      'fcb02732d6d8daf4c88f22f74939acad9e49b78f3dccd6762242040142226cc0',
    ],
    [
      'SHA-512-256',
      `${RFC7616}, qop=auth, algorithm=SHA-512-256`,
      {},
      '430d05014cecc49cab6fbe03176d41a1da86cbfe24a16580e22aaad928d960d0',
    ],
    [
      'SHA-512-256-sess',
      `${RFC7616}, qop=auth-int, algorithm=SHA-512-256-sess`,
      POST,
      '7de0cafa51bf66948ce009d153a00fbd76b1147672a85f96877ba299c756f92b',
    ],
  ];
  it.each(rows)('%s: %s', (_what, challenge, asked, response) => {
    expect(answer(challenge, asked)['response']).toBe(response);
  });

  it('hides the name where the server wants it', () => {
    const { username, userhash } = answer(`${DOE}, userhash=true`, DOE_ASKED);
    expect([username, userhash]).toEqual(['793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b', 'true']);
  });

  it('takes the realm in its own octets', () => {
    const md5 = (text: string): string => createHash('md5').update(text, 'latin1').digest('hex');
    const expected = md5(`${md5('u:\xc3\xa4\xe4:p')}:n:${md5('GET:/')}`);
    expect(answer('realm="\xc3\xa4\xe4", nonce=n', { user: 'u', password: 'p', target: '/' })['response']).toBe(expected);
  });
});

describe('what is read', () => {
  const BASE: DigestChallenge = {
    realm: '',
    nonce: 'n',
    opaque: null,
    algorithm: '',
    hash: 'md5',
    session: false,
    protections: [''],
    stale: false,
    userhash: false,
    utf8: false,
  };
  const rows: readonly [params: string, expected: Partial<DigestChallenge> | null][] = [
    ['nonce=n', {}],
    ['nonce="n", realm="a \\"b\\"", opaque=""', { realm: 'a "b"', opaque: '' }],
    ['nonce=n, algorithm="mD5"', { algorithm: 'mD5' }],
    ['nonce=n, algorithm=md5-SESS', { algorithm: 'md5-SESS', session: true }],
    ['nonce=n, algorithm=SHA-512-256-sess', { algorithm: 'SHA-512-256-sess', hash: 'sha512-256', session: true }],
    ['nonce=n, qop="AUTH-INT , x,auth"', { protections: ['auth', 'auth-int'] }],
    ['nonce=n, qop=""', { protections: [''] }],
    ['nonce=n, stale=TRUE, userhash="true", charset=utf-8', { stale: true, userhash: true, utf8: true }],
    ['nonce=n, stale=yes, userhash=false', {}],
    // what cannot be answered
    ['realm=a', null],
    ['nonce=""', null],
    ['nonce=n, algorithm=SHA-1', null],
    ['nonce=n, algorithm=-sess', null],
    ['nonce=n, algorithm=constructor', null],
    ['nonce=n, algorithm="a\nb"', null],
    ['nonce=n, qop="auth-conf"', null],
  ];
  it.each(rows)('%s', (params, expected) => {
    expect(read(params)).toEqual(expected === null ? null : { ...BASE, ...expected });
  });

  it('is of this scheme', () => expect(readDigest(parseChallenges(['Other nonce=n'])[0]!)).toBe(null));
});

describe('the protection', () => {
  const rows: readonly [qop: string, known: boolean, Protection | null][] = [
    ['', false, ''],
    ['auth', false, 'auth'],
    ['auth-int,auth', true, 'auth'],
    ['auth-int', true, 'auth-int'],
    ['auth-int', false, null],
  ];
  it.each(rows)('of %j, body known: %j', (qop, known, expected) => {
    const request = { method: 'GET', target: '/', body: known ? () => '' : null };
    expect(protectionFor(read(`nonce=n, qop="${qop}"`)!, request)).toBe(expected);
  });
});

describe('the field', () => {
  const field = (params: string, user = 'u'): string => {
    const challenge = read(params)!;
    const protection = challenge.protections[0]!;
    const proof = { key: 'k', nonce: 'n', nc: '00000001', cnonce: 'c', protection, method: 'GET', target: '/s?a=b', body: '' };
    return digestField(challenge, user, proof).replace(/response="[0-9a-f]+"/, 'response=""');
  };
  const START = 'Digest username="u", realm="", nonce="n", uri="/s?a=b"';
  // the order of Qt, as recorded
  it.each([
    ['nonce=n', `${START}, response=""`],
    ['nonce=n, opaque=o, algorithm="MD5"', `${START}, opaque="o", response="", algorithm=MD5`],
    ['nonce=n, qop="auth", opaque=""', `${START}, opaque="", response="", qop=auth, nc=00000001, cnonce="c"`],
    [
      'nonce=n, realm="a\\"\\\\b", opaque="\\"", qop=auth-int, algorithm=SHA-256-sess',
      'Digest username="u", realm="a\\"\\\\b", nonce="n", uri="/s?a=b", opaque="\\"", response="", algorithm=SHA-256-sess, ' +
        'qop=auth-int, nc=00000001, cnonce="c"',
    ],
  ])('for %s', (params, expected) => expect(field(params)).toBe(expected));

  it.each([
    ['a "b\\', '', 'username="a \\"b\\\\"'],
    ['', '', 'username=""'],
    ['Jäsøn', '', 'username="J\xc3\xa4s\xc3\xb8n"'],
    // RFC 7616 3.9.2 and RFC 8187 3.2
    ['Jäsøn Doe', ', charset=UTF-8', "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"],
    ["ä!#$&+-.^_`|~*'()%", ', charset=UTF-8', "username*=UTF-8''%C3%A4!#$&+-.^_`|~%2A%27%28%29%25"],
    ['Doe', ', charset=UTF-8', 'username="Doe"'],
    // no line of its own
    ['a\r\nb', '', "username*=UTF-8''a%0D%0Ab"],
  ])('names %j%s', (user, charset, expected) => {
    expect(field(`nonce=n${charset}`, user)).toBe(`Digest ${expected}, realm="", nonce="n", uri="/s?a=b", response=""`);
  });
});
