import { expect, test } from 'vitest';
import { HeaderList } from '../../../src/base/header-list.ts';
import { type CacheCase, cacheWords } from '../../../src/tools/inspector/cache-words.ts';

type Row = Partial<Omit<CacheCase, 'asked' | 'answered'>> & { readonly asked?: string[]; readonly answered?: string[] };

test.each<[string, Row, string[]]>([
  ['no answer', { status: 0 }, ['No answer has come.']],
  [
    'nothing said',
    {},
    ['Answered by the server.', 'It says no time for which it stays fresh: the server is asked before it is used again.'],
  ],
  ['an hour', { answered: ['Cache-Control', 'max-age=3600'] }, ['Answered by the server.', 'It stays fresh for 1 hour.']],
  [
    'not at all',
    { answered: ['Cache-Control', 'no-store'] },
    ['Answered by the server.', 'It must not be stored (Cache-Control: no-store).'],
  ],
  [
    'out of the store',
    { stored: true, answered: ['Age', '90', 'Cache-Control', 'max-age=90'] },
    [
      'Answered out of the store: nothing was sent.',
      'It was 90 seconds old when it came (Age).',
      'It stays fresh for 90 seconds.',
    ],
  ],
  [
    'still good',
    { status: 304, asked: ['If-None-Match', '"1"'] },
    ['The server was asked whether what is stored still holds (If-None-Match), and it does.'],
  ],
  [
    'changed meanwhile',
    { asked: ['If-Modified-Since', 'x'], answered: ['Cache-Control', 'no-cache', 'ETag', '"2"', 'Vary', 'Accept'] },
    [
      'The server was asked whether what is stored still holds (If-Modified-Since), and it has sent another answer.',
      'When it is stored, the server is asked each time before it is used (Cache-Control: no-cache).',
      'It depends on request fields (Vary: Accept).',
      'The server can be asked whether it still holds (ETag "2").',
    ],
  ],
  ['a POST', { method: 'POST' }, ['Answered by the server.', 'Answers to POST are not used again.']],
])('%s', (_name, row, expected) => {
  const { asked = [], answered = [], ...rest } = row;
  const it = { stored: false, status: 200, reason: 'OK', method: 'GET', at: 1_700_000_000_000, ...rest };
  expect(cacheWords({ ...it, asked: new HeaderList(asked), answered: new HeaderList(answered) })).toEqual(expected);
});
