import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { overlap, resumable, resumption } from '../../src/rules/resume.ts';

function answer(text: string) {
  const [status, ...lines] = text.split('; ');
  const headers = new HeaderList(lines.flatMap((line) => line.split(/: (.*)/s).slice(0, 2)));
  const length = headers.get('content-length');
  return { status: Number(status), headers, bodyLength: length === undefined ? -1 : Number(length) };
}

const DATES = 'Date: Sun, 06 Nov 1994 08:49:38 GMT; Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT';
const SAME_SECOND = 'Date: Sun, 06 Nov 1994 08:49:37 GMT; Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT';

describe('what an answer that breaks off is gone on with', () => {
  const rows: [what: string, method: string, head: string, passed: number, fields: string | null][] = [
    ['a strong tag', 'GET', '200; ETag: "a"; Content-Length: 10', 4, 'bytes=4-9 "a"'],
    ['nothing is here yet', 'GET', '200; ETag: "a"; Content-Length: 10', 0, 'bytes=0-9 "a"'],
    ['no length', 'GET', '200; ETag: "a"', 4, 'bytes=4- "a"'],
    ['a weak tag', 'GET', '200; ETag: W/"a"; Content-Length: 10', 4, null],
    ['a weak tag beside a date', 'GET', `200; ETag: W/"a"; ${DATES}; Content-Length: 10`, 4, null],
    ['a date that is past', 'GET', `200; ${DATES}; Content-Length: 10`, 4, 'bytes=4-9 Sun, 06 Nov 1994 08:49:37 GMT'],
    ['a date of the same second', 'GET', `200; ${SAME_SECOND}; Content-Length: 10`, 4, null],
    ['a date alone', 'GET', '200; Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT; Content-Length: 10', 4, null],
    ['no validator', 'GET', '200; Content-Length: 10', 4, null],
    ['a part', 'GET', '206; ETag: "a"; Content-Range: bytes 5-9/20; Content-Length: 5', 2, 'bytes=7-9 "a"'],
    ['several parts', 'GET', '206; ETag: "a"; Content-Type: multipart/byteranges', 2, null],
    ['a POST', 'POST', '200; ETag: "a"; Content-Length: 10', 4, null],
    ['a page of an error', 'GET', '404; ETag: "a"; Content-Length: 10', 4, null],
  ];
  it.each(rows)('%s', (_what, method, head, passed, fields) => {
    const found = resumable(method, answer(head));
    const said =
      found === null
        ? null
        : resumption(found, passed)
            .map(([, value]) => value)
            .join(' ');
    expect(said).toBe(fields);
  });
});

describe('what the answer for the rest is worth', () => {
  const whole = '200; ETag: "a"; Content-Length: 10';
  const part = '206; ETag: "a"; Content-Range: bytes 5-9/20; Content-Length: 5';
  const rows: [what: string, before: string, passed: number, answer: string, skipped: number][] = [
    ['the rest', whole, 4, '206; ETag: "a"; Content-Range: bytes 4-9/10; Content-Length: 6', 0],
    ['a bit more', whole, 4, '206; ETag: "a"; Content-Range: bytes 2-9/10; Content-Length: 8', 2],
    ['all of it', whole, 4, whole, 4],
    ['a gap', whole, 4, '206; ETag: "a"; Content-Range: bytes 5-9/10; Content-Length: 5', -1],
    ['not to its end', whole, 4, '206; ETag: "a"; Content-Range: bytes 4-8/10; Content-Length: 5', -1],
    ['something else', whole, 4, '206; ETag: "b"; Content-Range: bytes 4-9/10; Content-Length: 6', -1],
    ['all of something else', whole, 4, '200; ETag: "b"; Content-Length: 10', -1],
    ['coded', whole, 4, '206; ETag: "a"; Content-Encoding: gzip; Content-Range: bytes 4-9/10; Content-Length: 6', -1],
    ['another length', whole, 4, '200; ETag: "a"; Content-Length: 11', -1],
    ['nothing there', whole, 4, '416; Content-Range: bytes */10', -1],
    ['an error', whole, 4, '503; Content-Length: 3', -1],
    ['a redirect', whole, 4, '302; Location: /x', -1],
    ['of a part, the rest', part, 2, '206; ETag: "a"; Content-Range: bytes 7-9/20; Content-Length: 3', 0],
    ['of a part, the whole', part, 2, '200; ETag: "a"; Content-Length: 20', -1],
    ['of a part, its end gone', part, 2, '206; ETag: "a"; Content-Range: bytes 7-19/20; Content-Length: 13', -1],
    [
      'of what had no length, not to its end',
      '200; ETag: "a"',
      4,
      '206; ETag: "a"; Content-Range: bytes 4-7/10; Content-Length: 4',
      -1,
    ],
    [
      'of what had no length, who knows',
      '200; ETag: "a"',
      4,
      '206; ETag: "a"; Content-Range: bytes 4-7/*; Content-Length: 4',
      -1,
    ],
    ['of what had no length, the rest', '200; ETag: "a"', 4, '206; ETag: "a"; Content-Range: bytes 4-9/10; Content-Length: 6', 0],
  ];
  it.each(rows)('%s', (_what, before, passed, after, skipped) => {
    expect(overlap(resumable('GET', answer(before))!, passed, answer(after))).toBe(skipped);
  });
});
