import { describe, expect, it } from 'vitest';
import { diffHar, type HarEntry, HarError } from '../../../src/har.ts';
import { type EntryInit, entry, harOf } from './hars.ts';

const one = (a: EntryInit, b: EntryInit): string => diffHar(harOf(entry(a)), harOf(entry(b))).text;

describe('diffHar', () => {
  it('finds none where there is none; times, dates and secrets are none', () => {
    const a = entry({
      url: 'http://h.test/?token=a',
      headers: [
        ['Date', 'x'],
        ['Age', '1'],
        ['A', 'b'],
      ],
      text: 't',
    });
    const b: HarEntry = {
      ...entry({
        url: 'http://h.test/?token=b',
        headers: [
          ['a', 'b'],
          ['Age', '2'],
        ],
        text: 't',
      }),
      time: 99,
    };
    expect(diffHar(harOf(a), harOf(b))).toEqual({ same: true, differences: [], text: '' });
  });

  it.each<[string, EntryInit, EntryInit, string]>([
    ['a status', {}, { status: 404 }, 'GET http://h.test/: the status was 200 and is 404'],
    ['a field', { headers: [['A', 'b']] }, { headers: [['A', 'c']] }, 'GET http://h.test/: a was "b" and is "c"'],
    ['a new field', {}, { headers: [['A', 'c']] }, 'GET http://h.test/: a was missing and is "c"'],
    ['a field that is gone', { headers: [['A', 'b']] }, {}, 'GET http://h.test/: a was "b" and is missing'],
    [
      'a field twice',
      { headers: [['A', 'b']] },
      {
        headers: [
          ['A', 'b'],
          ['A', 'b'],
        ],
      },
      'GET http://h.test/: a was "b" and is "b, b"',
    ],
    ['a body', { text: 'abcd' }, { text: 'abXd' }, 'GET http://h.test/: the body differs from byte 2 on (4 bytes)'],
    ['a longer body', { text: 'ab' }, { text: 'abc' }, 'GET http://h.test/: the body differs from byte 2 on (2 bytes, now 3)'],
    ['what was sent', { posted: 'a' }, { posted: 'b' }, 'GET http://h.test/: the body sent was "a" and is "b"'],
  ])('finds %s', (_title, a, b, text) => {
    expect(one(a, b)).toBe(text);
  });

  it('pairs requests in their order, and tells which are alone', () => {
    const before = harOf(entry({ text: '1' }), entry({ url: 'http://h.test/gone' }), entry({ text: '2' }));
    const after = harOf(entry({ text: '1' }), entry({ text: '3' }), entry({ text: '4' }), entry({ url: 'http://h.test/new' }));
    const { text, differences, same } = diffHar(before, after);
    expect(text.split('\n')).toEqual([
      'GET http://h.test/ (no. 2): the body differs from byte 0 on (1 bytes)',
      'GET http://h.test/gone: only in the first',
      'GET http://h.test/ (no. 3): only in the second',
      'GET http://h.test/new: only in the second',
    ]);
    expect(same).toBe(false);
    expect(differences[0]).toMatchObject({ kind: 'body', request: 'GET http://h.test/', nth: 2, before: 1, after: 1 });
  });

  it('compares as it is told to', () => {
    const a = harOf(entry({ url: 'http://h.test/?b=1&a=2&t=1', headers: [['ETag', '1']] }));
    const b = harOf(entry({ url: 'http://h.test/?a=2&b=1&t=2', headers: [['ETag', '2']] }));
    expect(diffHar(a, b).differences).toHaveLength(2);
    expect(diffHar(a, b, { match: 'fuzzy', ignore: ['t'], ignoreHeaders: ['etag'] }).same).toBe(true);
    expect(() => diffHar(a, { log: 5 } as never)).toThrow(HarError);
  });

  it('shows no secrets, and takes none for a difference', () => {
    const init = (secret: string): EntryInit => ({
      headers: [
        ['Set-Cookie', `a=${secret}`],
        ['X-Auth-Token', secret],
        ['Location', `/?token=${secret}`],
      ],
      text: `{"token":"${secret}"}`,
      posted: `{"mine":"${secret}"}`,
    });
    const [a, b] = ['planted1', '***'].map((secret) => entry(init(secret)));
    expect(diffHar(harOf(a!), harOf(b!), { secretNames: ['Mine'] }).differences).toEqual([]);
    const other = diffHar(harOf(a!), harOf(entry({ posted: '\u00fc' })), { secretNames: ['Mine'] });
    expect(other.differences.map(({ kind }) => kind)).toEqual(['posted', 'header', 'header', 'header', 'body']);
    expect(other.text).toContain('and is "\u00fc"');
    expect(JSON.stringify(other)).not.toContain('planted');
  });

  it('tells failures from answers', () => {
    const broken = entry({});
    broken._failure = { kind: 'closed', phase: 'receive', message: '' };
    expect(diffHar(harOf(entry({})), harOf(broken)).text).toBe('GET http://h.test/: the failure was "none" and is "closed"');
  });
});
