import { expect, test } from 'vitest';
import type { FilterTarget } from '../../src/contract/filter.ts';
import { Hold } from '../../src/filters/hold.ts';

function held(): { hold: Hold; log: string[] } {
  const log: string[] = [];
  const target: FilterTarget = {
    data: (chunk) => log.push(Buffer.from(chunk).toString()),
    end: () => log.push('end'),
    fail: () => log.push('fail'),
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
  };
  return { hold: new Hold(target), log };
}

test('nothing comes before it is wanted, then all in its order', () => {
  const { hold, log } = held();
  hold.data(Buffer.from('a'));
  hold.data(Buffer.from('b'));
  expect(log).toEqual([]);
  hold.release();
  hold.data(Buffer.from('c'));
  hold.end(null);
  expect(log.filter((what) => what !== 'resume')).toEqual(['a', 'b', 'c', 'end']);
});

test('what has ended meanwhile ends once', () => {
  const { hold, log } = held();
  hold.data(Buffer.from('a'));
  hold.end(null);
  hold.release();
  hold.release();
  expect(log).toEqual(['a', 'end']);
});

test('a reader who has enough gets the rest later', () => {
  const { hold, log } = held();
  hold.data(Buffer.from('a'));
  hold.end(null);
  hold.pause();
  hold.release();
  expect(log).toEqual([]);
  hold.resume();
  expect(log).toEqual(['a', 'end']);
});

test('a reader who has enough stops the source, once nothing is held', () => {
  const { hold, log } = held();
  hold.release();
  hold.pause();
  hold.resume();
  expect(log).toEqual(['resume', 'pause', 'resume']);
});

test('the memory of the source is not kept', () => {
  const { hold, log } = held();
  const memory = Buffer.from('a');
  hold.data(memory);
  memory.fill('x');
  hold.release();
  expect(log[0]).toBe('a');
});

test('more than a megabyte stops the source', () => {
  const { hold, log } = held();
  const piece = Buffer.alloc(600_000, 'n');
  hold.data(piece);
  expect(log).toEqual([]);
  hold.data(piece);
  hold.data(piece);
  expect(log).toEqual(['pause']);
  hold.release();
  expect(log.map((what) => (what.length > 10 ? 'n' : what))).toEqual(['pause', 'n', 'n', 'n', 'resume']);
});

test('what is not wanted is silent', () => {
  const { hold, log } = held();
  hold.data(Buffer.from('a'));
  hold.cancel();
  hold.release();
  hold.data(Buffer.from('b'));
  expect(log).toEqual([]);
});
