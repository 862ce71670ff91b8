// RFC 6750: Bearer.

import { type Challenge, realmOf } from './challenges.ts';

/** What a server says about the token it wants, or did not want. All is '' or empty when it is not said. */
export interface BearerChallenge {
  readonly realm: string;
  /** What the token has to be good for. */
  readonly scope: readonly string[];
  /** `invalid_request`, `invalid_token`, `insufficient_scope` or another word; '' when no token was sent. */
  readonly error: string;
  /** For developers. */
  readonly description: string;
  /** A page that explains the error. */
  readonly uri: string;
}

/** What is wrong with a token, as the end of a sentence; '' when nothing is. Never repeats the token. */
export function bearerProblem(token: string): string {
  if (token === '') return 'is empty';
  const at = token.search(/[^0-9A-Za-z\-._~+/]/);
  if (at < 0 || (at > 0 && /^=+$/.test(token.slice(at)))) return '';
  return `contains a character that RFC 6750 does not allow, at position ${at}`;
}

/** The value of Authorization. Throws when the token could not be read on the other side. */
export function bearerAnswer(token: string): string {
  const problem = bearerProblem(token);
  if (problem !== '') throw new TypeError(`The bearer token ${problem}; give it as the server gave it, without "Bearer"`);
  return `Bearer ${token}`;
}

/** Reads a challenge of this scheme (RFC 6750 3). */
export function readBearer(challenge: Challenge): BearerChallenge {
  const said = (name: string): string => challenge.params.get(name) ?? '';
  return {
    realm: realmOf(challenge),
    scope: said('scope').split(' ').filter(Boolean),
    error: said('error'),
    description: said('error_description'),
    uri: said('error_uri'),
  };
}
