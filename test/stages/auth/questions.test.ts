import { expect, test } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import type { Credentials } from '../../../src/contract/auth.ts';
import { Heights } from '../../../src/stages/auth/heights.ts';
import { type Asker, Questions } from '../../../src/stages/auth/questions.ts';
import { Tokens } from '../../../src/stages/auth/tokens.ts';
import { settle } from '../../engine/rig.ts';
import { ManualClock } from '../../support/clock.ts';

const ada: Credentials = { user: 'ada', password: 'x', domain: '' };

function crowd(count: number): { log: string[]; askers: Asker[] } {
  const log: string[] = [];
  const askers = Array.from({ length: count }, (_, i) => ({
    lead: () => log.push(`${i} leads`),
    told: (credentials: Credentials | null) => log.push(`${i} ${credentials?.user ?? 'nobody'}`),
  }));
  return { log, askers };
}

test('the first one finds out, the others are told, and then it is over', () => {
  const questions = new Questions(new ManualClock());
  const { log, askers } = crowd(3);
  expect(askers.map((asker) => questions.join('k', asker))).toEqual([true, false, false]);
  expect(questions.join('k', askers[0]!)).toBe(true);
  questions.done('k', askers[1]!, ada);
  questions.done('k', askers[0]!, ada);
  questions.done('k', askers[0]!, null);
  // the second one has gone by itself
  expect(log).toEqual(['2 ada']);
  expect(questions.join('k', askers[1]!)).toBe(true);
});

test('another place is another question', () => {
  const questions = new Questions(new ManualClock());
  const { log, askers } = crowd(2);
  expect(askers.map((asker, i) => questions.join(`${i}`, asker))).toEqual([true, true]);
  questions.done('0', askers[0]!, ada);
  expect(log).toEqual([]);
});

test('who leads and goes, is followed by the next who is still there, in another turn', async () => {
  const questions = new Questions(new ManualClock());
  const { log, askers } = crowd(4);
  for (const asker of askers) questions.join('k', asker);
  questions.leave('k', askers[2]!);
  questions.leave('k', askers[0]!);
  expect(log).toEqual([]);
  questions.leave('k', askers[1]!);
  await settle();
  expect(log).toEqual(['3 leads']);
  questions.leave('k', askers[3]!);
  questions.leave('k', askers[3]!);
  expect(questions.join('k', askers[0]!)).toBe(true);
});

test('the best that was accepted is remembered, of so many', () => {
  const heights = new Heights();
  heights.note('a', 2);
  heights.note('a', 4);
  expect([heights.of('a'), heights.of('b')]).toEqual([2, Number.POSITIVE_INFINITY]);
  for (let i = 0; i < 1_000; i++) heights.note(`${i}`, 1);
  expect(heights.of('a')).toBe(Number.POSITIVE_INFINITY);
  heights.clear();
  expect(heights.of('999')).toBe(Number.POSITIVE_INFINITY);
});

const question = { url: Url.parse('https://a.test/x'), realm: 'R', scope: [], expired: '', error: '' };

test('tokens: one call at a time for one identity, and none for what is known', async () => {
  const calls: string[] = [];
  const tokens = new Tokens(async ({ realm, expired }) => {
    calls.push(`${realm} ${expired}`);
    return `t${calls.length}`;
  });
  const take = (changes: Partial<typeof question>, partition = ''): Promise<string> =>
    tokens.take(partition, { ...question, ...changes });
  expect(await Promise.all([take({}), take({}), take({ realm: 'S' }), take({}, 'p')])).toEqual(['t1', 't1', 't2', 't3']);
  expect(await take({})).toBe('t1');
  expect(await Promise.all([take({ expired: 't1' }), take({ expired: 't1' })])).toEqual(['t4', 't4']);
  // who comes late with the old one gets the new one
  expect(await take({ expired: 't1' })).toBe('t4');
  expect(calls).toEqual(['R ', 'S ', 'R ', 'R t1']);
  tokens.clear();
  expect(await take({})).toBe('t5');
});

test('tokens: a call that was under way when all was forgotten leaves nothing behind', async () => {
  let n = 0;
  const tokens = new Tokens(async () => `t${++n}`);
  const under = tokens.take('', question);
  tokens.clear();
  expect(await under).toBe('t1');
  expect(await tokens.take('', question)).toBe('t2');
});

test('tokens: a source that fails is asked again by the next', async () => {
  let n = 0;
  const tokens = new Tokens(() => {
    if (++n === 1) throw new Error('no network');
    return 't';
  });
  await expect(tokens.take('', question)).rejects.toThrow('no network');
  expect(await tokens.take('', question)).toBe('t');
});
