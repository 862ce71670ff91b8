import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ADVICE } from '../../../src/api/advice/advice.ts';
import { BROKEN } from './setups.ts';

test('the guide lists all codes, and no others', () => {
  const guide = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8');
  const table = guide.slice(guide.indexOf('| about | codes |'), guide.indexOf('It looks at `http`'));
  const listed = [...table.matchAll(/`([a-z0-9-]+)`/g)].map(([, code]) => code!);
  expect(listed.sort()).toEqual(Object.keys(ADVICE).sort());
});

/** What takes a network, or another machine, to be made. The tables of hints.test.ts have them. */
const NOT_HERE = [
  ...[
    'connection-failed',
    'failed',
    'network-unreachable',
    'session-closed',
    'tls-distrusted',
    'tls-failed',
    'tls-no-certificate',
    'tls-no-common',
  ],
  'tls-system-authority',
];

test('every other code has a set-up', () => {
  const made = new Set<string>(BROKEN.flatMap(({ expected }) => expected));
  expect(Object.keys(ADVICE).filter((code) => !made.has(code) && !NOT_HERE.includes(code))).toEqual([]);
});
