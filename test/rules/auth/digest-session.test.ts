import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/rules/auth/challenges.ts';
import { digestHash, readDigest } from '../../../src/rules/auth/digest.ts';
import { DigestSession, type ServerProof } from '../../../src/rules/auth/digest-session.ts';

const GET = { method: 'GET', target: '/s', body: null };
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const session = (params: string): DigestSession =>
  new DigestSession(readDigest(parseChallenges([`Digest realm=r, ${params}`])[0]!)!, 'u', 'p', 'c');

/** Nonce, count and response of the next answer. */
function next(from: DigestSession): [nonce: string, nc: string, response: string] {
  const { params } = parseChallenges([from.answer(GET)!.value])[0]!;
  return [params.get('nonce')!, params.get('nc')!, params.get('response')!];
}

const KEY = md5('u:r:p');
const response = (key: string, nonce: string, nc: string): string => md5(`${key}:${nonce}:${nc}:c:auth:${md5('GET:/s')}`);

describe('the count', () => {
  it('starts at 1 and goes on with each answer', () => {
    const one = session('nonce=n, qop=auth');
    for (const nc of ['00000001', '00000002', '00000003']) expect(next(one)).toEqual(['n', nc, response(KEY, 'n', nc)]);
    for (let i = 4; i <= 0xff; i++) one.answer(GET);
    expect(next(one)[1]).toBe('00000100');
  });

  it('starts again with another nonce, and with no other thing', () => {
    const one = session('nonce=n, qop=auth');
    next(one);
    one.learn(['nextnonce="m"']);
    expect(next(one)).toEqual(['m', '00000001', response(KEY, 'm', '00000001')]);
    for (const info of [['nextnonce="m"'], ['nextnonce=""'], ['nc=1, qop=auth'], []]) one.learn(info);
    expect(next(one)).toEqual(['m', '00000002', response(KEY, 'm', '00000002')]);
  });

  it('leaves the key of a session alone', () => {
    const one = session('nonce=n, qop=auth, algorithm=MD5-sess');
    const key = md5(`${KEY}:n:c`);
    expect(next(one)).toEqual(['n', '00000001', response(key, 'n', '00000001')]);
    one.learn(['nextnonce=m']);
    expect(next(one)).toEqual(['m', '00000001', response(key, 'm', '00000001')]);
  });

  it('does not move for what cannot be answered', () => {
    const one = session('nonce=n, qop=auth-int');
    expect(one.answer(GET)).toBe(null);
    const body = (hash: 'md5' | 'sha256' | 'sha512-256'): string => digestHash(hash, 'x');
    const { value, proof } = one.answer({ ...GET, body })!;
    expect([proof.nc, proof.body]).toEqual(['00000001', md5('x')]);
    expect(value).toContain('qop=auth-int, nc=00000001');
  });
});

describe('the proof of the server', () => {
  const RIGHT = md5(`${KEY}:n:00000001:c:auth:${md5(':/s')}`);
  const BODY = md5(`${KEY}:n:00000001:c:auth-int:${md5(`:/s:${md5('x')}`)}`);
  const rows: readonly [what: string, info: string, body: string | null, ServerProof][] = [
    ['right', `rspauth="${RIGHT}"`, null, 'right'],
    ['right, with all it answers', `qop=auth, rspauth="${RIGHT}", cnonce="c", nc=00000001`, null, 'right'],
    ['right, in capitals', `rspauth="${RIGHT.toUpperCase()}"`, null, 'right'],
    ['absent', 'nextnonce="m"', null, 'none'],
    ['empty', 'rspauth=""', null, 'wrong'],
    ['of another password', `rspauth="${md5('')}"`, null, 'wrong'],
    ['of another request', `rspauth="${RIGHT}", nc=00000002`, null, 'wrong'],
    ['of another client', `rspauth="${RIGHT}", cnonce="d"`, null, 'wrong'],
    ['of no protection', `rspauth="${md5(`${KEY}:n:${md5(':/s')}`)}", qop=""`, null, 'wrong'],
    ['of a protection that nobody knows', `rspauth="${RIGHT}", qop=x`, null, 'wrong'],
    ['with the body', `rspauth="${BODY}", qop=auth-int`, 'x', 'right'],
    ['with another body', `rspauth="${BODY}", qop=auth-int`, 'y', 'wrong'],
    ['with a body that was not looked at', `rspauth="${BODY}", qop=auth-int`, null, 'none'],
  ];
  it.each(rows)('%s', (_what, info, body, expected) => {
    const one = session('nonce=n, qop=auth');
    const answer = one.answer(GET)!;
    // what comes afterwards does not change what was sent
    one.learn(['nextnonce=m']);
    one.answer(GET);
    expect(one.judge(answer, [info], body === null ? null : (hash) => digestHash(hash, body))).toBe(expected);
  });

  it('is none where there is no protection', () => {
    const one = session('nonce=n');
    expect(one.judge(one.answer(GET)!, [`rspauth="${RIGHT}"`], null)).toBe('none');
  });
});
