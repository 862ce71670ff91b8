import { describe, expect, it } from 'vitest';
import { endToEnd, servedHeaders, storedHead } from '../../../src/rules/cache/stored-head.ts';
import { at, CAME, date, head, list, stored, text } from './support.ts';

describe('fields that are kept (RFC 9111 3.1, RFC 9110 7.6.1)', () => {
  it.each([
    'Connection: close',
    'Keep-Alive: timeout=5',
    'Proxy-Connection: close',
    'Proxy-Authenticate: Basic',
    'Proxy-Authentication-Info: x',
    'Proxy-Authorization: Basic x',
    'TE: trailers',
    'Trailer: X',
    'Transfer-Encoding: chunked',
    'UPGRADE: websocket',
  ])('not %s', (field) => {
    expect(text(endToEnd(list(`A: 1\n${field}\nB: 2`)))).toBe('A: 1\nB: 2');
  });

  it.each([
    'Set-Cookie: a=1\nSet-Cookie: b=2',
    'Set-Cookie2: a=1',
    'Clear-Site-Data: "cache"',
    'Public-Key-Pins: x',
    'Content-MD5: x',
    'Content-Range: x',
    'WWW-Authenticate: Basic',
    'X-Unknown: 1\nx-unknown: 2',
  ])('but %s', (field) => {
    expect(text(endToEnd(list(`A: 1\n${field}\nB: 2`)))).toBe(`A: 1\n${field}\nB: 2`);
  });

  it('not those that Connection names', () => {
    expect(text(endToEnd(list('Connection: a, B\nA: 1\nb: 2\nC: 3\nConnection: d\nD: 4')))).toBe('C: 3');
  });

  it('but those by which an answer is read, whatever Connection says', () => {
    const fields = 'Cache-Control: no-store\nContent-Encoding: gzip\nVary: A\nAge: 1\nExpires: 0\nDate: x\nContent-Range: y';
    const named = 'Connection: cache-control, content-encoding, vary, age, expires, date, content-range';
    expect(text(endToEnd(list(`${named}\n${fields}`)))).toBe(fields);
  });
});

describe('storedHead', () => {
  it('is the head, the times and what it depends on', () => {
    const answer = head(203, 'Connection: x\nX: 1\nETag: "1"');
    const kept = storedHead({ ...answer, reason: 'Fine' }, { requestedAt: 5, receivedAt: 7, vary: [['a', null]] });
    expect({ ...kept, headers: text(kept.headers) }).toEqual({
      status: 203,
      reason: 'Fine',
      headers: 'ETag: "1"',
      requestedAt: 5,
      receivedAt: 7,
      vary: [['a', null]],
      range: null,
      variants: [],
      expires: -1,
      notes: [],
    });
    expect(text(answer.headers)).toBe('Connection: x\nX: 1\nETag: "1"');
  });

  it('knows of which part it is', () => {
    const range = { first: 0, last: 4, total: 10 };
    expect(storedHead(head(206, ''), { requestedAt: 5, receivedAt: 7, vary: [], range }).range).toBe(range);
  });
});

describe('what is served (RFC 9111 4, 5.1)', () => {
  it('says its age in whole seconds', () => {
    const answer = stored('A: 1\nB: 2');
    expect(text(servedHeaders(answer, CAME + 2999))).toBe('A: 1\nB: 2\nAge: 2');
    expect(text(servedHeaders(answer, CAME))).toBe('A: 1\nB: 2\nAge: 0');
  });

  it('instead of the age it came with', () => {
    const answer = stored('P3P: 1\nage: 30\nAGE: 4\nB: 2');
    expect(text(servedHeaders(answer, at(3)))).toBe('P3P: 1\nB: 2\nAge: 33');
    expect(text(answer.headers)).toBe('P3P: 1\nage: 30\nAGE: 4\nB: 2');
  });

  it('leaves Date and Expires alone', () => {
    const fields = `Date: ${date(0)}\nExpires: ${date(600)}`;
    expect(text(servedHeaders(stored(fields), at(3)))).toBe(`${fields}\nAge: 3`);
  });

  it('gives a list of its own', () => {
    const answer = stored('A: 1');
    servedHeaders(answer, CAME).set('A', '2');
    expect(text(answer.headers)).toBe('A: 1');
  });

  it('leaves out fields that want to be asked about first (5.2.2.4), unless that was done', () => {
    const answer = stored('Cache-Control: no-cache="a, B"\nA: 1\nb: 2\nC: 3');
    expect(text(servedHeaders(answer, CAME))).toBe('Cache-Control: no-cache="a, B"\nC: 3\nAge: 0');
    expect(text(servedHeaders(answer, CAME, true))).toBe('Cache-Control: no-cache="a, B"\nA: 1\nb: 2\nC: 3\nAge: 0');
  });
});
