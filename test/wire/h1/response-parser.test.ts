import { describe, expect, test } from 'vitest';
import type { HeaderList } from '../../../src/base/header-list.ts';
import type { Head } from '../../../src/contract/head.ts';
import type { ProtocolFault } from '../../../src/wire/h1/head-parser.ts';
import { H1_LIMITS, type H1Limits } from '../../../src/wire/h1/limits.ts';
import { ResponseParser, type ResponseTarget } from '../../../src/wire/h1/response-parser.ts';

/** Writes down what it hears. */
class Notes implements ResponseTarget {
  alive = true;
  heard: string[] = [];
  /** Called with each note. */
  react: (note: string) => void = () => {};
  parser: ResponseParser;

  constructor(limits: H1Limits = H1_LIMITS) {
    this.parser = new ResponseParser(this, limits);
  }

  interim(head: Head): void {
    this.note(`interim ${head.status}`);
  }
  head(head: Head, keepAlive: boolean): void {
    this.note(`head ${head.status} ${head.bodyLength} ${keepAlive ? 'keep' : 'close'}${head.pipelined ? ' pipelined' : ''}`);
  }
  data(bytes: Buffer, start: number, end: number): void {
    const text = bytes.toString('latin1', start, end);
    const last = this.heard.length - 1;
    // pieces of a body read like one
    if (this.heard[last]?.startsWith('data ') === true) this.heard[last] += text;
    else this.heard.push(`data ${text}`);
    this.react(`data ${text}`);
  }
  complete(trailers: HeaderList | null): void {
    this.note(`complete${trailers === null ? '' : ` ${trailers.flat.join(' ')}`}${this.parser.surplus ? ' and more' : ''}`);
  }
  fault(fault: ProtocolFault): void {
    this.alive = false;
    this.note(`fault: ${fault.why}`);
  }

  private note(note: string): void {
    this.heard.push(note);
    this.react(note);
  }
}

function feed(notes: Notes, text: string): string {
  const b = Buffer.from(text, 'latin1');
  let at = 0;
  while (at < b.length && notes.alive && !notes.parser.idle) {
    const next = notes.parser.feed(b, at, b.length);
    if (next === at) break;
    at = next;
  }
  return b.toString('latin1', at);
}

function read(method: string, text: string, cuts: readonly number[] = [], limits: H1Limits = H1_LIMITS): string[] {
  const notes = new Notes(limits);
  notes.parser.begin(method, false);
  let at = 0;
  for (const end of [...cuts, text.length]) {
    feed(notes, text.slice(at, end));
    at = end;
  }
  if (notes.alive && !notes.parser.idle && !notes.parser.eof()) notes.heard.push('cut short');
  return notes.heard;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const FIVE = `${OK}Content-Length: 5\r\n\r\nhello`;
const LONG_HEAD = 'fault: the head of the answer is longer than 262144 octets';

describe('answers', () => {
  test.each<[string, string, string[]]>([
    ['GET', FIVE, ['head 200 5 keep', 'data hello', 'complete']],
    ['GET', `${OK}Content-Length: 0\r\n\r\n`, ['head 200 0 keep', 'complete']],
    ['GET', `${OK}\r\nhello`, ['head 200 -1 close', 'data hello', 'complete']],
    ['GET', `${OK}\r\n`, ['head 200 -1 close', 'complete']],
    ['GET', `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, ['head 200 -1 keep', 'data hello', 'complete']],
    ['GET', `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: b\r\n\r\n`, ['head 200 -1 keep', 'data a', 'complete A b']],
    [
      'GET',
      `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
      ['head 200 -1 close', 'data a', 'complete'],
    ],
    ['HEAD', `${OK}Content-Length: 5\r\n\r\n`, ['head 200 0 keep', 'complete']],
    ['HEAD', `${OK}\r\n`, ['head 200 0 keep', 'complete']],
    ['GET', 'HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\n', ['head 204 0 keep', 'complete']],
    ['GET', 'HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n', ['head 304 0 keep', 'complete']],
    ['CONNECT', `${OK}Content-Length: 5\r\n\r\n`, ['head 200 0 close', 'complete']],
    // what stands behind an answer is left, and told of
    ['GET', `${FIVE}more`, ['head 200 5 keep', 'data hello', 'complete and more']],
    ['GET', `${OK}Content-Length: 0\r\n\r\nmore`, ['head 200 0 keep', 'complete and more']],
    ['GET', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nmore`, ['head 200 -1 keep', 'complete and more']],
    ['HEAD', FIVE, ['head 200 0 keep', 'complete and more']],
    ['CONNECT', `${OK}\r\nSSH-2.0`, ['head 200 0 close', 'complete and more']],
    // cut short
    ['GET', '', ['cut short']],
    ['GET', 'HTTP/1.1 2', ['cut short']],
    ['GET', `${OK}Content-Length: 5\r\n`, ['cut short']],
    ['GET', `${OK}Content-Length: 5\r\n\r\nhell`, ['head 200 5 keep', 'data hell', 'cut short']],
    ['GET', `${OK}Transfer-Encoding: chunked\r\n\r\n`, ['head 200 -1 keep', 'cut short']],
    ['GET', `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n`, ['head 200 -1 keep', 'data a', 'cut short']],
    // refused
    ['GET', 'hello', ['fault: the answer does not start with HTTP/1.0 or HTTP/1.1']],
    ['GET', 'HTTP/1.1\r\n\r\n', ['fault: the HTTP version is not followed by one space']],
    ['GET', 'HTTP/1.1 99\r\n\r\n', ['fault: the status is not a number of three digits']],
    ['GET', `${OK}Content-Length: x\r\n\r\n`, ['fault: Content-Length "x" is not one decimal number']],
    ['GET', `${OK}Transfer-Encoding: x\r\n\r\n`, ['fault: Transfer-Encoding "x" is not chunked']],
    [
      'GET',
      `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`,
      ['head 200 -1 keep', 'data a', 'fault: chunk data is longer than its size says'],
    ],
    // empty lines in front
    ['GET', `\r\n${FIVE}`, ['head 200 5 keep', 'data hello', 'complete']],
    ['GET', `\n\r\r\n\n${FIVE}`, ['head 200 5 keep', 'data hello', 'complete']],
    ['GET', '\r\n'.repeat(32) + FIVE, ['head 200 5 keep', 'data hello', 'complete']],
    ['GET', `${'\r\n'.repeat(32)}\n${FIVE}`, ['fault: empty lines instead of an answer']],
    ['GET', ` ${FIVE}`, ['fault: the answer does not start with HTTP/1.0 or HTTP/1.1']],
    ['GET', '\r\n', ['cut short']],
    // interim answers
    ['GET', `HTTP/1.1 100 Continue\r\n\r\n${FIVE}`, ['interim 100', 'head 200 5 keep', 'data hello', 'complete']],
    ['GET', `HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n${FIVE}`, ['interim 103', 'head 200 5 keep', 'data hello', 'complete']],
    ['HEAD', `HTTP/1.1 199 Odd\r\n\r\n${OK}\r\n`, ['interim 199', 'head 200 0 keep', 'complete']],
    ['GET', `HTTP/1.1 100 Continue\r\n\r\n\r\n${FIVE}`, ['interim 100', 'head 200 5 keep', 'data hello', 'complete']],
    ['GET', `HTTP/1.1 100 C\r\nContent-Length: 5\r\n\r\n${FIVE}`, ['interim 100', 'head 200 5 keep', 'data hello', 'complete']],
    [
      'GET',
      `HTTP/1.1 100 C\r\nContent-Length: 5\r\n\r\nhello${FIVE}`,
      ['interim 100', 'fault: the answer does not start with HTTP/1.0 or HTTP/1.1'],
    ],
    ['GET', `HTTP/1.1 100 C\r\nContent-Length: x\r\n\r\n${FIVE}`, ['fault: Content-Length "x" is not one decimal number']],
    ['GET', `HTTP/1.1 100 C\r\nConnection: close\r\n\r\n${FIVE}`, ['fault: an interim answer ends the connection']],
    ['GET', `HTTP/1.0 100 C\r\n\r\n${FIVE}`, ['fault: an interim answer ends the connection']],
    ['GET', 'HTTP/1.1 100 Continue\r\n\r\n', ['interim 100', 'cut short']],
    [
      'GET',
      'HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\nabc',
      ['fault: status 101 switches to a protocol that the request did not offer'],
    ],
  ])('%s answered by %j', (method, text, expected) => {
    expect(read(method, text)).toEqual(expected);
  });
});

describe('cuts change nothing', () => {
  test.each([
    ['GET', `\r\nHTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n${OK}Server: x\r\nX-Fold: a\r\n b\r\nContent-Length: 5\r\n\r\nhello`],
    ['GET', `${OK}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n`],
    ['GET', 'HTTP/1.0 200\nA: b\n\nhello'],
    ['HEAD', `${OK}Content-Length: 5\r\n\r\n`],
    ['GET', `${OK}A: b\r\nContent-Length: 5, 6\r\n\r\nhello`],
    ['GET', `${OK}A: b\r\nB\r\n\r\nhello`],
  ])('%s %j', (method, text) => {
    const whole = read(method, text);
    for (let i = 0; i <= text.length; i++) {
      for (let j = i; j <= text.length; j++) expect(read(method, text, [i, j]), `cut at ${i} and ${j}`).toEqual(whole);
    }
    expect(
      read(
        method,
        text,
        Array.from(text, (_, i) => i),
      ),
    ).toEqual(whole);
  });
});

describe('limits', () => {
  const octets = (text: string): number[] => Array.from(text, (_, i) => i);

  test('a head has at most so many octets, whole and in pieces', () => {
    const limits = { ...H1_LIMITS, headBytes: 60 };
    const head = (size: number): string => `${OK}A: ${'x'.repeat(size - 24)}\r\n\r\n`;
    const why = 'fault: the head of the answer is longer than 60 octets';
    expect(head(60)).toHaveLength(60);
    for (const cuts of [[], [30], octets(head(60))])
      expect(read('HEAD', head(60), cuts, limits)).toEqual(['head 200 0 keep', 'complete']);
    for (const cuts of [[], [30], octets(head(61))]) expect(read('HEAD', head(61), cuts, limits)).toEqual([why]);
    // a head without end is given up while it comes
    const endless = `${OK}A: ${'x'.repeat(100)}`;
    for (const cuts of [[], octets(endless)]) expect(read('GET', endless, cuts, limits)).toEqual([why]);
  });

  test('the body that comes with a head does not count', () => {
    const limits = { ...H1_LIMITS, headBytes: 60 };
    const text = `${OK}Content-Length: 500\r\n\r\n${'x'.repeat(500)}`;
    for (const cuts of [[], [20]]) expect(read('GET', text, cuts, limits).at(-1)).toBe('complete');
  });

  test('the limits of Qt hold by default', () => {
    expect(read('GET', `${OK}${'A: b\r\n'.repeat(1000)}\r\n`)).toEqual(['head 200 -1 close', 'complete']);
    expect(read('GET', `${OK}${'A: b\r\n'.repeat(1001)}\r\n`)).toEqual(['fault: more than 1000 header fields']);
    expect(read('GET', `${OK}A: ${'x'.repeat(102_395)}\r\n\r\n`)).toEqual(['head 200 -1 close', 'complete']);
    expect(read('GET', `${OK}A: ${'x'.repeat(102_396)}\r\n\r\n`)).toEqual(['fault: a header field is longer than 102400 octets']);
    const wide = `${OK}${`A: ${'x'.repeat(90_000)}\r\n`.repeat(3)}\r\n`;
    expect(read('GET', wide)).toEqual([LONG_HEAD]);
    expect(read('GET', wide, [65_536, 131_072, 196_608])).toEqual([LONG_HEAD]);
  });

  test('interim answers are counted for each answer', () => {
    const limits = { ...H1_LIMITS, interimCount: 2 };
    const interim = 'HTTP/1.1 103 Hints\r\n\r\n';
    expect(read('GET', interim.repeat(2) + FIVE, [], limits).at(-1)).toBe('complete');
    expect(read('GET', interim.repeat(3) + FIVE, [], limits)).toEqual([
      'interim 103',
      'interim 103',
      'fault: more than 2 interim answers',
    ]);
    const notes = new Notes(limits);
    for (let i = 0; i < 2; i++) {
      notes.parser.begin('GET', false);
      feed(notes, interim.repeat(2) + FIVE);
    }
    expect(notes.heard.filter((note) => note === 'complete')).toHaveLength(2);
  });
});

describe('what the listener may do inside a call', () => {
  test('expect the next answer: pipelined ones come out of one piece', () => {
    const notes = new Notes();
    notes.react = (note) => {
      if (note.startsWith('complete') && notes.heard.length < 6) notes.parser.begin('GET', true);
    };
    notes.parser.begin('GET', false);
    expect(feed(notes, `${FIVE}${OK}Content-Length: 2\r\n\r\nokrest`)).toBe('rest');
    expect(notes.heard).toEqual([
      'head 200 5 keep',
      'data hello',
      'complete and more',
      'head 200 2 keep pipelined',
      'data ok',
      'complete and more',
    ]);
  });

  test('halt: what was not read is left, and reading goes on from there', () => {
    for (const text of [
      `${OK}Content-Length: 5\r\n\r\nhelloX`,
      `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\nX`,
    ]) {
      const notes = new Notes();
      notes.react = () => notes.parser.halt();
      notes.parser.begin('GET', false);
      let left = text;
      for (let turns = 0; !notes.parser.idle && turns < 20; turns++) {
        notes.parser.proceed();
        left = feed(notes, left);
      }
      expect(left).toBe('X');
      expect(notes.heard.slice(1)).toEqual(['data hello', 'complete and more']);
    }
  });

  test.each([
    ['head', `${OK}Content-Length: 0\r\n\r\n`],
    ['head', FIVE],
    ['head', `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
    ['head', `${OK}\r\nhello`],
    ['data', FIVE],
    ['data', `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
    ['interim', `HTTP/1.1 103 Hints\r\n\r\n${FIVE}`],
  ])('want no more at the first %s of %j: nothing more is told', (at, text) => {
    const notes = new Notes();
    notes.react = (note) => {
      if (note.startsWith(at)) notes.alive = false;
    };
    notes.parser.begin('GET', false);
    notes.parser.feed(Buffer.from(text), 0, text.length);
    expect(notes.heard.at(-1)).toMatch(new RegExp(`^${at}`));
  });
});

test('octets tell whether anything of an answer was seen', () => {
  const notes = new Notes();
  notes.parser.begin('GET', false);
  expect(notes.parser.octets).toBe(0);
  feed(notes, 'H');
  expect(notes.parser.octets).toBe(1);
  notes.parser.begin('GET', false);
  expect(notes.parser.octets).toBe(0);
});

test('without a request nothing is read', () => {
  const notes = new Notes();
  expect(notes.parser.idle).toBe(true);
  expect(notes.parser.feed(Buffer.from(FIVE), 0, FIVE.length)).toBe(0);
  expect(notes.parser.eof()).toBe(false);
  expect(notes.heard).toEqual([]);
});
