import { expect } from 'vitest';
import type { QHstsPolicy } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

const TOMORROW = new Date(Date.now() + 86_400_000);

const known = (q: Package): QHstsPolicy => new q.QHstsPolicy(TOMORROW, 1, 'A.test');

export const qhstspolicy: MemberTests = {
  'QHstsPolicy.constructor': (q) => {
    const policy = new q.QHstsPolicy(TOMORROW, 1, 'A.test');
    expect([policy.host(), policy.expiry(), policy.includesSubDomains()]).toEqual(['a.test', TOMORROW, true]);
  },
  'QHstsPolicy.setHost': (q) => {
    const policy = new q.QHstsPolicy();
    policy.setHost('B.test');
    expect(policy.host()).toBe('b.test');
  },
  'QHstsPolicy.host': (q) => expect(known(q).host()).toBe('a.test'),
  'QHstsPolicy.setExpiry': (q) => {
    const policy = new q.QHstsPolicy();
    policy.setExpiry(TOMORROW);
    expect(policy.isExpired()).toBe(false);
  },
  'QHstsPolicy.expiry': (q) => expect(known(q).expiry()).toEqual(TOMORROW),
  'QHstsPolicy.setIncludesSubDomains': (q) => {
    const policy = new q.QHstsPolicy();
    policy.setIncludesSubDomains(true);
    expect(policy.includesSubDomains()).toBe(true);
  },
  'QHstsPolicy.includesSubDomains': (q) => expect(known(q).includesSubDomains()).toBe(true),
  'QHstsPolicy.isExpired': (q) => {
    expect(new q.QHstsPolicy().isExpired()).toBe(true);
    expect(known(q).isExpired()).toBe(false);
  },
  'QHstsPolicy.PolicyFlag': (q) => expect(q.QHstsPolicy.PolicyFlag.IncludeSubDomains).toBe(1),
};
