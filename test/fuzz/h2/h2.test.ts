import { expect, it } from 'vitest';
import { campaign } from './campaign.ts';
import { judge } from './judge.ts';
import type { Outcome } from './outcome.ts';

it('3,000 mutated connections: nothing is thrown, everybody hears one end, all is closed', async () => {
  const report = await campaign(20_261, 0, 3_000, { compare: false });
  // the run says something only if enough of both came along
  expect(report.counts.get('answered')).toBeGreaterThan(1_500);
  expect(report.counts.get('failed')).toBeGreaterThan(1_500);
}, 60_000);

it('the judge can tell', () => {
  const good: Outcome = { answered: true, status: 200, fields: ['a', 'b'], body: 'x', trailers: [], broken: false, why: '' };
  const bad: Outcome = { ...good, answered: false, status: 0, fields: [], body: '', why: 'the server ate it' };
  const sample = { methods: ['GET'] as const, pieces: [], frames: [] };
  const verdict = (ours: Outcome, node: Outcome) => judge(sample, [ours], 0, node);
  expect(verdict(good, { ...good })).toEqual({ kind: 'both answered' });
  expect(verdict(bad, bad)).toEqual({ kind: 'both failed' });
  expect(verdict(good, { ...good, body: 'y' })).toMatchObject({ kind: 'unexplained' });
  expect(verdict(good, bad)).toMatchObject({ kind: 'laxer' });
  expect(verdict(bad, good)).toMatchObject({ kind: 'unexplained' });
  expect(verdict({ ...bad, why: 'a body on stream 1, which is closed' }, good)).toMatchObject({ kind: 'stricter' });
  const empty: Outcome = { ...good, status: 204, fields: ['content-length', '0'] };
  expect(verdict(empty, { ...empty, fields: [] })).toMatchObject({ kind: 'licensed' });
});
