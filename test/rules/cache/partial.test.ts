import { describe, expect, it } from 'vitest';
import type { StoredHead, StoredRange } from '../../../src/contract/cache.ts';
import { completion, interrupted, meeting } from '../../../src/rules/cache/partial.ts';
import { at, head, stored, text } from './support.ts';

const range = (first: number, last: number, total: number): StoredRange => ({ first, last, total });

describe('an answer that ended early (RFC 9111 3.3)', () => {
  type Row = readonly [what: string, status: number, fields: string, length: number, received: number, kept: StoredRange | null];
  const rows: readonly Row[] = [
    ['its beginning', 200, 'ETag: "1"', 10, 4, range(0, 3, 10)],
    ['all but one byte', 200, 'ETag: "1"', 10, 9, range(0, 8, 10)],
    ['nothing came', 200, 'ETag: "1"', 10, 0, null],
    ['all of it came', 200, 'ETag: "1"', 10, 10, null],
    ['nobody knows the end', 200, 'ETag: "1"', -1, 4, null],
    ['a weak tag', 200, 'ETag: W/"1"', 10, 4, null],
    ['a date alone', 200, 'Last-Modified: x', 10, 4, null],
    ['a server without ranges', 200, 'ETag: "1"\nAccept-Ranges: None', 10, 4, null],
    ['another status', 404, 'ETag: "1"', 10, 4, null],
    ['a part', 206, 'ETag: "1"\nContent-Range: bytes 5-9/10', 5, 2, range(5, 6, 10)],
    ['all but one byte of a part', 206, 'ETag: "1"\nContent-Range: bytes 5-9/10', 5, 4, range(5, 8, 10)],
    ['a part of something without a known end', 206, 'ETag: "1"\nContent-Range: bytes 5-9/*', 5, 2, range(5, 6, -1)],
    ['all of a part', 206, 'ETag: "1"\nContent-Range: bytes 5-9/10', 5, 5, null],
    ['several parts', 206, 'ETag: "1"', 10, 5, null],
  ];
  it.each(rows)('%s', (_what, status, fields, length, received, kept) => {
    expect(interrupted(head(status, fields, length), received)).toEqual(kept);
  });
});

describe('asking for the rest (RFC 9111 3.3)', () => {
  const rows: readonly [what: string, answer: StoredHead, length: number, fields: [string, string][] | null][] = [
    [
      'the beginning is here',
      stored('ETag: "1"', { range: range(0, 3, 10) }),
      4,
      [
        ['Range', 'bytes=4-'],
        ['If-Range', '"1"'],
      ],
    ],
    [
      'of what nobody knows the end',
      stored('ETag: "1"', { range: range(0, 3, -1) }),
      4,
      [
        ['Range', 'bytes=4-'],
        ['If-Range', '"1"'],
      ],
    ],
    ['the beginning is missing', stored('ETag: "1"', { range: range(4, 9, 10) }), 6, null],
    ['all is here', stored('ETag: "1"'), 10, null],
    ['a weak tag', stored('ETag: W/"1"', { range: range(0, 3, 10) }), 4, null],
    ['no tag', stored('', { range: range(0, 3, 10) }), 4, null],
    ['not as long as it says', stored('ETag: "1"', { range: range(0, 3, 10) }), 3, null],
    ['the head alone', stored('ETag: "1"', { range: range(0, -1, -1) }), 0, null],
  ];
  it.each(rows)('%s', (_what, answer, length, fields) => {
    expect(completion(answer, length)).toEqual(fields);
  });
});

describe('a 206 that meets what is stored (RFC 9111 3.4, RFC 9110 15.3.7.3)', () => {
  const here = stored('ETag: "1"\nA: 1\nContent-Length: 10', { range: range(0, 4, 10) });
  const inside = stored('ETag: "1"\nA: 1', { status: 206, range: range(4, 6, 20) });
  const whole = stored('ETag: "1"\nA: 1\nContent-Length: 10');
  type Row = readonly [what: string, answer: StoredHead, length: number, fields: string, size: number, kind: string];
  const rows: readonly Row[] = [
    ['the rest', here, 5, 'ETag: "1"\nContent-Range: bytes 5-9/10', 5, 'append 5'],
    ['the rest and a bit more', here, 5, 'ETag: "1"\nContent-Range: bytes 3-9/10', 7, 'append 3'],
    ['more, but not all', here, 5, 'ETag: "1"\nContent-Range: bytes 5-7/10', 3, 'append 5'],
    ['all', here, 5, 'ETag: "1"\nContent-Range: bytes 0-9/10', 10, 'append 0'],
    ['nothing new', here, 5, 'ETag: "1"\nContent-Range: bytes 1-3/10', 3, 'refresh'],
    ['nothing new to the whole', whole, 10, 'ETag: "1"\nContent-Range: bytes 1-9/10', 9, 'refresh'],
    ['behind a part', inside, 3, 'ETag: "1"\nContent-Range: bytes 7-8/20', 2, 'append 3'],
    [
      'the end becomes known',
      stored('ETag: "1"', { range: range(0, 4, -1) }),
      5,
      'ETag: "1"\nContent-Range: bytes 5-9/10',
      5,
      'append 5',
    ],
    ['before a part', inside, 3, 'ETag: "1"\nContent-Range: bytes 2-5/20', 4, 'replace'],
    ['with a gap', here, 5, 'ETag: "1"\nContent-Range: bytes 6-9/10', 4, 'replace'],
    ['another tag', here, 5, 'ETag: "2"\nContent-Range: bytes 5-9/10', 5, 'replace'],
    ['a weak tag', here, 5, 'ETag: W/"1"\nContent-Range: bytes 5-9/10', 5, 'replace'],
    ['no tag', here, 5, 'Content-Range: bytes 5-9/10', 5, 'replace'],
    [
      'weak tags on both sides',
      stored('ETag: W/"1"', { range: range(0, 4, 10) }),
      5,
      'ETag: W/"1"\nContent-Range: bytes 5-9/10',
      5,
      'replace',
    ],
    ['another length in all', here, 5, 'ETag: "1"\nContent-Range: bytes 5-10/11', 6, 'replace'],
    ['another length in all than the whole', whole, 10, 'ETag: "1"\nContent-Range: bytes 5-9/11', 5, 'replace'],
    ['a stored part that is not as long as it says', here, 4, 'ETag: "1"\nContent-Range: bytes 5-9/10', 5, 'replace'],
    ['a new part that is not as long as it says', here, 5, 'ETag: "1"\nContent-Range: bytes 5-9/10', 4, 'replace'],
    ['a new part that does not say how long it is', here, 5, 'ETag: "1"\nContent-Range: bytes 5-9/10', -1, 'replace'],
    ['several parts', here, 5, 'ETag: "1"', 5, 'replace'],
  ];
  it.each(rows)('%s', (_what, answer, length, fields, size, kind) => {
    const met = meeting(answer, length, head(206, fields, size), at(8), at(9));
    expect(met.kind === 'append' ? `append ${met.keep}` : met.kind).toBe(kind);
  });

  it('makes a whole answer of both, by the fields of the new one', () => {
    const met = meeting(here, 5, head(206, 'ETag: "1"\nA: 2\nContent-Range: bytes 5-9/10\nContent-Length: 5', 5), at(8), at(9));
    if (met.kind !== 'append') throw new Error(met.kind);
    expect({ ...met.head, headers: text(met.head.headers) }).toEqual({
      ...here,
      status: 200,
      reason: 'OK',
      headers: 'Content-Length: 10\nETag: "1"\nA: 2',
      requestedAt: at(8),
      receivedAt: at(9),
      range: null,
    });
  });

  it('or a longer part', () => {
    const met = meeting(inside, 3, head(206, 'ETag: "1"\nContent-Range: bytes 7-8/20', 2), at(8), at(9));
    if (met.kind !== 'append') throw new Error(met.kind);
    expect(met.head).toMatchObject({ status: 206, range: range(4, 8, 20) });
    expect(text(met.head.headers)).toBe('A: 1\nETag: "1"\nContent-Length: 5\nContent-Range: bytes 4-8/20');
  });

  it('refreshes the head alone where it brings nothing new', () => {
    const met = meeting(whole, 10, head(206, 'ETag: "1"\nA: 2\nContent-Range: bytes 1-9/10\nContent-Length: 9', 9), at(8), at(9));
    if (met.kind !== 'refresh') throw new Error(met.kind);
    expect(met.head).toMatchObject({ status: 200, range: null, receivedAt: at(9) });
    expect(text(met.head.headers)).toBe('Content-Length: 10\nETag: "1"\nA: 2');
  });
});
