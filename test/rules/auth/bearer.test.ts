import { describe, expect, it } from 'vitest';
import { bearerAnswer, bearerProblem, readBearer } from '../../../src/rules/auth/bearer.ts';
import { parseChallenges } from '../../../src/rules/auth/challenges.ts';

describe('a bearer token', () => {
  it.each([
    ['mF_9.B5f-4.1JqM', ''],
    ['a~+/==', ''],
    ['', 'is empty'],
    ['=', 'contains a character that RFC 6750 does not allow, at position 0'],
    ['ab=c', 'contains a character that RFC 6750 does not allow, at position 2'],
    ['Bearer x', 'contains a character that RFC 6750 does not allow, at position 6'],
    ['a\r\nHost: b', 'contains a character that RFC 6750 does not allow, at position 1'],
    ['ä', 'contains a character that RFC 6750 does not allow, at position 0'],
  ])('%j', (token, problem) => {
    expect(bearerProblem(token)).toBe(problem);
    if (problem === '') expect(bearerAnswer(token)).toBe(`Bearer ${token}`);
    else
      expect(() => bearerAnswer(token)).toThrow(
        new TypeError(`The bearer token ${problem}; give it as the server gave it, without "Bearer"`),
      );
  });
});

describe('a challenge for one', () => {
  const NOTHING = { realm: '', scope: [], error: '', description: '', uri: '' };
  it.each([
    ['Bearer', NOTHING],
    ['Bearer realm="example"', { ...NOTHING, realm: 'example' }],
    ['Bearer scope="openid  profile "', { ...NOTHING, scope: ['openid', 'profile'] }],
    [
      'Bearer error="invalid_token", error_description="It expired", error_uri="https://h.test/e"',
      { ...NOTHING, error: 'invalid_token', description: 'It expired', uri: 'https://h.test/e' },
    ],
  ])('%j', (field, expected) => expect(readBearer(parseChallenges([field])[0]!)).toEqual(expected));
});
