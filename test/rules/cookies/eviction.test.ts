import { expect, test } from 'vitest';
import { toEvict } from '../../../src/rules/cookies/eviction.ts';
import { sendOrder } from '../../../src/rules/cookies/send-order.ts';
import { cookie } from './support.ts';

const NOW = 1000;
const one = (name: string, used: number, neighbours: number, changes: object = {}) => ({
  cookie: cookie({ name, ...changes }),
  used,
  neighbours,
});

test('expired ones go first, then open ones of crowded domains, any of them, all; the longest unused first', () => {
  const all = [
    one('quiet', 1, 50),
    one('crowded and secure', 2, 51, { secure: true }),
    one('crowded', 3, 51),
    one('crowded and older', 2, 51),
    one('expired', 9, 1, { expires: NOW }),
    one('quiet and older', 0, 1, { expires: NOW + 1 }),
  ];
  expect(toEvict(all, 6, NOW).map((entry) => entry.cookie.name)).toEqual([
    'expired',
    'crowded and older',
    'crowded',
    'crowded and secure',
    'quiet and older',
    'quiet',
  ]);
  expect(toEvict(all, 2, NOW)).toHaveLength(2);
});

test('longer paths are sent first, then what came first', () => {
  const at = (path: string, place: number) => ({ cookie: { path }, place });
  const all = [at('/', 1), at('/b', 3), at('/a', 2), at('/long', 4)];
  expect(all.sort(sendOrder).map(({ cookie: { path }, place }) => `${path} ${place}`)).toEqual([
    '/long 4',
    '/a 2',
    '/b 3',
    '/ 1',
  ]);
});
