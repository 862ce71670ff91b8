import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

export const qhttp1configuration: MemberTests = {
  'QHttp1Configuration.constructor': (q) => {
    const first = new q.QHttp1Configuration();
    expect(first.numberOfConnectionsPerHost()).toBe(6);
    first.setNumberOfConnectionsPerHost(3);
    expect(new q.QHttp1Configuration(first).numberOfConnectionsPerHost()).toBe(3);
  },
  'QHttp1Configuration.setNumberOfConnectionsPerHost': (q) => {
    const configuration = new q.QHttp1Configuration();
    configuration.setNumberOfConnectionsPerHost(2);
    expect(configuration.numberOfConnectionsPerHost()).toBe(2);
    configuration.setNumberOfConnectionsPerHost(300);
    expect(configuration.numberOfConnectionsPerHost()).toBe(255);
  },
  'QHttp1Configuration.numberOfConnectionsPerHost': (q) => {
    expect(new q.QHttp1Configuration().numberOfConnectionsPerHost()).toBe(6);
  },
};
