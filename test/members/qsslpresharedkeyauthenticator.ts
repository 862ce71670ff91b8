import { expect } from 'vitest';
import type { QSslPreSharedKeyAuthenticator } from '../../src/index.ts';
import { KEYED, over, type Package, secureScene } from './support.ts';
import type { MemberTests } from './types.ts';

/** What `answer` is asked for, and how the request ends. */
const asked = (q: Package, answer: (authenticator: QSslPreSharedKeyAuthenticator) => void, error: number): Promise<void> =>
  secureScene(
    q,
    'good',
    async (manager, request) => {
      const seen: unknown[] = [];
      const reply = manager.get(request);
      reply.preSharedKeyAuthenticationRequired.connect((authenticator) => {
        seen.push(authenticator);
        answer(authenticator);
      });
      await over(reply);
      expect([seen.length, reply.error()]).toEqual([1, error]);
    },
    KEYED,
  );

/** A look inside the slot, whose failure fails the test. */
const looked = async (
  q: Package,
  look: (authenticator: QSslPreSharedKeyAuthenticator) => unknown,
  wanted: unknown,
): Promise<void> => {
  const found: unknown[] = [];
  await asked(q, (authenticator) => void found.push(look(authenticator)), 6);
  expect(found).toEqual([wanted]);
};

export const qsslpresharedkeyauthenticator: MemberTests = {
  'QSslPreSharedKeyAuthenticator.constructor': (q) => {
    const first = new q.QSslPreSharedKeyAuthenticator();
    first.setIdentity('a');
    const copy = new q.QSslPreSharedKeyAuthenticator(first);
    first.setIdentity('b');
    expect(copy.identity().toString()).toBe('a');
    expect([copy.equals(first), copy.equals(new q.QSslPreSharedKeyAuthenticator(copy))]).toEqual([false, true]);
  },
  'QSslPreSharedKeyAuthenticator.identityHint': async (q) => {
    expect(new q.QSslPreSharedKeyAuthenticator().identityHint()).toHaveLength(0);
    await looked(q, (authenticator) => authenticator.identityHint().toString(), 'hint');
  },
  'QSslPreSharedKeyAuthenticator.setIdentity': (q) =>
    asked(
      q,
      (authenticator) => {
        authenticator.setIdentity('me');
        authenticator.setPreSharedKey('key');
      },
      0,
    ),
  'QSslPreSharedKeyAuthenticator.identity': (q) => {
    const authenticator = new q.QSslPreSharedKeyAuthenticator();
    expect(authenticator.identity()).toHaveLength(0);
    authenticator.setIdentity('ä');
    expect(authenticator.identity().toString('hex')).toBe('c3a4');
  },
  'QSslPreSharedKeyAuthenticator.maximumIdentityLength': async (q) => {
    expect(new q.QSslPreSharedKeyAuthenticator().maximumIdentityLength()).toBe(0);
    await looked(q, (authenticator) => authenticator.maximumIdentityLength(), 255);
  },
  'QSslPreSharedKeyAuthenticator.setPreSharedKey': (q) =>
    asked(
      q,
      (authenticator) => {
        authenticator.setPreSharedKey(Buffer.from('key'));
        authenticator.setIdentity('me');
      },
      0,
    ),
  'QSslPreSharedKeyAuthenticator.preSharedKey': (q) => {
    const authenticator = new q.QSslPreSharedKeyAuthenticator();
    expect(authenticator.preSharedKey()).toHaveLength(0);
    const bytes = Buffer.from('secret');
    authenticator.setPreSharedKey(bytes);
    bytes.fill(0);
    expect(authenticator.preSharedKey().toString()).toBe('secret');
  },
  'QSslPreSharedKeyAuthenticator.maximumPreSharedKeyLength': async (q) => {
    expect(new q.QSslPreSharedKeyAuthenticator().maximumPreSharedKeyLength()).toBe(0);
    await looked(q, (authenticator) => authenticator.maximumPreSharedKeyLength(), 512);
  },
};
