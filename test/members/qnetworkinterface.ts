import { expect } from 'vitest';
import type { QNetworkInterface } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

/** The one that every machine has. */
function loopback(q: Package): QNetworkInterface {
  return q.QNetworkInterface.allInterfaces().find((one) => /^lo|loopback/i.test(String(one.name())))!;
}

export const qnetworkinterface: MemberTests = {
  'QNetworkInterface.name': (q) =>
    expect(q.QNetworkInterface.allInterfaces().map((one) => one.name())).toContain(loopback(q).name()),
  'QNetworkInterface.humanReadableName': (q) => expect(loopback(q).humanReadableName()).toBe(loopback(q).name()),
  'QNetworkInterface.isValid': (q) => {
    const all = q.QNetworkInterface.allInterfaces();
    expect([...all, new q.QNetworkInterface()].map((one) => one.isValid())).toEqual([...all.map(() => true), false]);
  },
  'QNetworkInterface.hardwareAddress': (q) => {
    for (const one of q.QNetworkInterface.allInterfaces())
      expect(one.hardwareAddress()).toMatch(/^(?:[0-9A-F]{2}(?::[0-9A-F]{2})*)?$/);
    expect(new q.QNetworkInterface().hardwareAddress()).toBe('');
  },
};
