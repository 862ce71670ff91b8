import type { Credentials } from '../../contract/auth.ts';

export function isEqual(a: Credentials, b: Credentials): boolean {
  return a.user === b.user && a.password === b.password && a.domain === b.domain;
}

/** Nothing was filled in. */
export function isNothing({ user, password }: Credentials): boolean {
  return user === '' && password === '';
}
