import { expect } from 'vitest';
import type { QAuthenticator } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

function made(q: Package): QAuthenticator {
  const authenticator = new q.QAuthenticator();
  authenticator.setUser('ada');
  authenticator.setPassword('secret');
  authenticator.setRealm('Library');
  authenticator.setOption('realm', 'OFFICE');
  return authenticator;
}

export const qauthenticator: MemberTests = {
  'QAuthenticator.constructor': (q) => {
    const copy = new q.QAuthenticator(made(q));
    expect([copy.user(), copy.password(), copy.realm(), copy.option('realm')]).toEqual(['ada', 'secret', 'Library', 'OFFICE']);
  },
  'QAuthenticator.equals': (q) => {
    expect(made(q).equals(made(q))).toBe(true);
    expect(made(q).equals(new q.QAuthenticator())).toBe(false);
  },
  'QAuthenticator.user': (q) => expect(made(q).user()).toBe('ada'),
  'QAuthenticator.setUser': (q) => {
    const authenticator = made(q);
    authenticator.setUser('bob');
    expect(authenticator.user()).toBe('bob');
  },
  'QAuthenticator.password': (q) => expect(made(q).password()).toBe('secret'),
  'QAuthenticator.setPassword': (q) => {
    const authenticator = made(q);
    authenticator.setPassword('other');
    expect(authenticator.password()).toBe('other');
  },
  'QAuthenticator.realm': (q) => expect(made(q).realm()).toBe('Library'),
  'QAuthenticator.isNull': (q) => {
    expect([new q.QAuthenticator().isNull(), made(q).isNull()]).toEqual([true, false]);
  },
  'QAuthenticator.detach': (q) => {
    const authenticator = new q.QAuthenticator();
    authenticator.detach();
    expect(authenticator.isNull()).toBe(false);
  },
  'QAuthenticator.option': (q) => {
    expect([made(q).option('realm'), made(q).option('other')]).toEqual(['OFFICE', null]);
  },
  'QAuthenticator.options': (q) => expect(made(q).options()).toEqual({ realm: 'OFFICE' }),
  'QAuthenticator.setOption': (q) => {
    const authenticator = made(q);
    authenticator.setOption('x', 1);
    expect(authenticator.options()).toEqual({ realm: 'OFFICE', x: 1 });
  },
  'QAuthenticator.setRealm': (q) => {
    const authenticator = made(q);
    authenticator.setRealm('Office');
    expect(authenticator.realm()).toBe('Office');
  },
  'QAuthenticator.clear': (q) => {
    const authenticator = made(q);
    authenticator.clear();
    expect(authenticator.equals(new q.QAuthenticator())).toBe(true);
  },
};
