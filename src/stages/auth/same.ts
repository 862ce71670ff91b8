import type { Credentials } from '../../contract/auth.ts';
import type { Challenge } from '../../rules/auth/challenges.ts';

/** As it was said, '' when it was not. */
export function rawRealm({ params }: Challenge): string {
  return params.get('realm') ?? '';
}

export function isEqual(a: Credentials, b: Credentials): boolean {
  return a.user === b.user && a.password === b.password && a.domain === b.domain;
}

/** Nothing was filled in. */
export function isNothing({ user, password }: Credentials): boolean {
  return user === '' && password === '';
}
