import { expect, it } from 'vitest';
import { parseChallenges } from '../../../src/rules/auth/challenges.ts';
import { byStrength } from '../../../src/rules/auth/strength.ts';

const names = (field: string): string[] =>
  byStrength(parseChallenges([field])).map(
    ({ scheme, params }) => scheme + (params.get('algorithm') ?? params.get('realm') ?? ''),
  );

it.each([
  ['Basic, Digest nonce=a', ['digest', 'basic']],
  ['Basic, Bearer, Digest nonce=a, NTLM, Negotiate', ['negotiate', 'ntlm', 'digest', 'bearer', 'basic']],
  [
    'Digest nonce=a, Digest nonce=a, algorithm=SHA-256-sess, Digest nonce=a, algorithm=SHA-512-256',
    ['digestSHA-512-256', 'digestSHA-256-sess', 'digest'],
  ],
  [
    'Hoba, Digest nonce=a, algorithm=SHA-1, Basic, Digest realm=nononce, Mutual',
    ['basic', 'hoba', 'digestSHA-1', 'digestnononce', 'mutual'],
  ],
  ['Basic realm=b, Basic realm=a', ['basicb', 'basica']],
  ['', []],
])('the strongest first: %s', (field, expected) => expect(names(field)).toEqual(expected));
