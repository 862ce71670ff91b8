import { Random } from './random.ts';

/** One answer as a server might send it. Text is Latin-1: one character an octet. */
export interface Sample {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly text: string;
  /** Where the text is cut into pieces as they arrive. */
  readonly cuts: readonly number[];
}

const STATUS_LINES = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304 Not Modified',
  'HTTP/1.1 404 Not Found',
  'HTTP/1.1 206 Partial Content',
  'HTTP/1.1 200 ',
  'HTTP/1.1 200',
  'HTTP/1.1 999 Odd',
  'HTTP/1.0 304 Not Modified',
];
const ODD_STATUS_LINES = [
  'HTTP/1.1 099 Low',
  'HTTP/1.1 000 None',
  'HTTP/1.1 20 OK',
  'HTTP/1.1 2000 OK',
  'HTTP/1.1  200 OK',
  'HTTP/1.1\t200 OK',
  'HTTP/1.1 200\tOK',
  'HTTP/1.1 200OK',
  'HTTP/1.1 +20 OK',
  'HTTP/1.1 2e1 OK',
  'HTTP/1.2 200 OK',
  'HTTP/2.0 200 OK',
  'HTTP/0.9 200 OK',
  'HTTP/1.10 200 OK',
  'HTTP/11.1 200 OK',
  'HTTP/1 200 OK',
  'HTTP 200 OK',
  'http/1.1 200 OK',
  ' HTTP/1.1 200 OK',
  'ICY 200 OK',
  'RTSP/1.0 200 OK',
  'HTTP/1.1 200 O\x00K',
  'HTTP/1.1 200 O\x7fK',
  'HTTP/1.1 200 O\rK',
  'HTTP/1.1 200 \xe9\xff',
  'HTTP/1.1 101 Switching Protocols',
  'HTTP/1.1 100 Continue',
  'HTTP/1.1 199 Odd',
  '',
];
const INTERIMS = [
  'HTTP/1.1 100 Continue',
  'HTTP/1.1 103 Early Hints',
  'HTTP/1.1 102 Processing',
  'HTTP/1.1 199 Odd',
  'HTTP/1.0 100 Continue',
];

const FIELDS = [
  'Server: nginx',
  'Date: Sat, 21 Nov 2026 10:38:58 GMT',
  'Content-Type: text/plain; charset=utf-8',
  'ETag: "65a1b2c3-400"',
  'Set-Cookie: a=b; Path=/; HttpOnly',
  'Set-Cookie: c=d',
  'X-Empty:',
  'X-Tight:value',
  'X-Wide: \t value \t ',
  'X-Latin: \xe9\xff',
  'x-lower: 1',
  "X-!#$%&'*+.^_`|~9: 1",
  'Keep-Alive: timeout=5, max=100',
  'Connection: keep-alive',
  'Connection: close',
  'Connection: Keep-Alive, X-Tight',
  'Connection: foo',
  'Upgrade: h2c',
];
const ODD_FIELDS = [
  'X A: 1',
  'X-A : 1',
  'X-A\t: 1',
  ': 1',
  'no colon',
  'X-\xe9: 1',
  'X-\x00: 1',
  'X-Nul: a\x00b',
  'X-Del: a\x7fb',
  'X-Vt: a\x0bb',
  'X-Cr: a\rb',
  'X-Cr-End: a\r',
  'X-Fold: a\r\n b',
  'X-Fold: a\r\n\tb \r\n  c',
  'X-Fold:\r\n b',
  'X-Fold: a\r\n ',
  'X-Fold-Lf: a\n b',
  '"X": 1',
  'X@A: 1',
  'Connection: close, keep-alive',
  'Connection: keep-alive, close',
  'Connection: closed',
  'Connection: clos',
  'Connection: ,close',
  'Connection: "close"',
  'Connection: upgrade',
  'Connection: Upgrade, close',
  'Connection:',
  'Connection: keep-alive\xa0',
  'Connection: \tCLOSE\t',
  'Connection: keep-alive\t',
  'Connection: foo\t, keep-alive',
  'Connection: close\r\n ',
  'Connection: keep-alive\r\n , close',
  'Proxy-Connection: close',
  'Proxy-Connection: keep-alive',
  'Trailer: X-Sum',
];
const ODD_LENGTHS = [
  '',
  '+5',
  '-5',
  '5, 5',
  '5,5',
  '5, 6',
  '5,',
  ',5',
  '0x5',
  '5.0',
  '5e0',
  '5 5',
  '05',
  '00000000000000000000005',
  '4294967301',
  '18446744073709551621',
  '9007199254740993',
  '99999999999999999999',
  '5;a=b',
  '"5"',
  '\xb2',
  '5\x00',
  '5\x0b',
  '\t5\t',
  '5 ',
  '\r\n 5',
  '5\r\n ',
  '5\r\n 5',
];
const ODD_CODINGS = [
  '',
  'CHUNKED',
  'Chunked',
  ' chunked\t',
  'chunked,',
  ',chunked',
  'chunked, chunked',
  'gzip, chunked',
  'chunked, gzip',
  'gzip',
  'identity',
  'chunked, identity',
  'identity, chunked',
  'xchunked',
  'chunkedx',
  'chunke',
  'chunked;a=b',
  '"chunked"',
  'chunked chunked',
  '\x0bchunked',
  'chunked\x00',
  'chunked\xa0',
  '\r\n chunked',
  'chunked\r\n ',
  'chunked\r\n , gzip',
];
const EXTENSIONS = [';a', ';a=b', ';a="b;c"', ';a="\\""', ';a;b=c;d="e"', ";!#$%&'*+-.^_`|~=1"];
const ODD_EXTENSIONS = [
  ' ',
  '\t',
  ';',
  ';=b',
  ';a=',
  ';;a',
  ' ;a',
  '; a',
  ';a =b',
  ';a= b',
  ';a=b ',
  ';a="b',
  ';a="b"c',
  ';a="b" ',
  ';a="b\\',
  ';a="b\x00"',
  ';a="b\x7f"',
  ';a="\xe9"',
  ';a=\xe9',
  ';a\n',
  ';a\r',
  ';a="\r\n"',
  ',a',
  ';a=b=c',
  ';a"b"',
  `;a=${'b'.repeat(5000)}`,
  ';a/b',
];
const ODD_SIZES = [
  '',
  '+5',
  '-5',
  '0x5',
  '5h',
  ' 5',
  '5 ',
  '00005',
  '0000000000000000000000005',
  '5_',
  '10000000000000005',
  '100000005',
  'ffffffffffffffff',
  'FFFFFFFFFFFFF',
  '20000000000005',
  '5.',
];
const ODD_ENDS = ['\n', '\r', '\r\r\n', '\n\r\n', '', '\r\n\r\n', ' \r\n', '\r \n', '\n\n'];
const BODIES = [
  'hello',
  '',
  'hello, world',
  'a',
  '0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno',
  '5\r\nhello\r\n0\r\n\r\n',
  '\x00\xff\r\n\n\r',
  'x'.repeat(300),
];
const TOKENS = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  '\x00',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '=',
  '"',
  '\\',
  '\x0b',
  '\x7f',
  '\x80',
  '\xff',
  '+',
  '-',
  '0',
  '5',
  'a',
  'G',
  '\r\n ',
  '\r\n\t',
  '\n ',
  'chunked',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 6\r\n',
  'Connection: close\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 ',
  'HTTP/1.0 ',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  ';a=b',
  '200',
  ' :',
];

/** The answer with this number in the run with this seed: nothing depends on the numbers before it. */
export function sample(seed: number, index: number): Sample {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  // how often a part is odd; many answers are all well
  const odds = random.pick([1_000_000, 60, 25, 12]);
  let text = '';
  if (random.chance(odds * 20)) text += random.pick(['\r\n'.repeat(40), 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(70)]);
  if (random.chance(12)) text += interims(random, odds);
  text += answer(random, odds);
  if (random.chance(12)) text += random.pick(['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno', 'more', '\r\n', '\n']);
  if (!random.chance(3)) for (let n = random.pick([1, 1, 1, 2, 2, 3, 5]); n > 0; n--) text = mutated(random, text);
  if (random.chance(25)) text = text.slice(0, random.below(text.length + 1));
  const cuts: number[] = [];
  for (let n = random.pick([0, 1, 1, 2, 3, 6]); n > 0; n--) cuts.push(random.below(text.length + 1));
  return { method: random.pick(['GET', 'GET', 'GET', 'GET', 'POST', 'HEAD']), text, cuts: cuts.sort((a, b) => a - b) };
}

function interims(random: Random, odds: number): string {
  let text = '';
  for (let n = 1 + random.below(3); n > 0; n--) {
    const fields = [random.pick(INTERIMS)];
    if (random.chance(3)) fields.push(random.pick(FIELDS));
    if (random.chance(odds))
      fields.push(random.pick(['Content-Length: 5', 'Content-Length: x', 'Transfer-Encoding: chunked', random.pick(ODD_FIELDS)]));
    text += lines(random, fields, odds);
  }
  return text;
}

function answer(random: Random, odds: number): string {
  const head = [random.chance(odds) ? random.pick(ODD_STATUS_LINES) : random.pick(STATUS_LINES)];
  const body = random.pick(BODIES);
  const framing = random.pick(['length', 'length', 'chunks', 'chunks', 'chunks', 'close', 'both']);
  const fields: string[] = [];
  for (let n = random.below(5); n > 0; n--) fields.push(random.chance(odds) ? random.pick(ODD_FIELDS) : random.pick(FIELDS));
  const insert = (field: string): void => {
    fields.splice(random.below(fields.length + 1), 0, field);
  };
  if (framing === 'length' || (framing === 'both' && random.chance(odds))) {
    insert(`${spelled(random, 'Content-Length')}: ${random.chance(odds) ? random.pick(ODD_LENGTHS) : body.length}`);
    if (random.chance(odds)) insert(`Content-Length: ${random.chance(2) ? body.length : random.pick(ODD_LENGTHS)}`);
  }
  const chunked = framing === 'chunks' || framing === 'both';
  if (chunked) {
    insert(`${spelled(random, 'Transfer-Encoding')}: ${random.chance(odds) ? random.pick(ODD_CODINGS) : 'chunked'}`);
    if (random.chance(odds)) insert(`Transfer-Encoding: ${random.pick(ODD_CODINGS)}`);
  }
  return (
    (random.chance(odds) ? random.pick(['\r\n', '\n', '\r', '\r\n\r\n', ' ']) : '') +
    lines(random, [...head, ...fields], odds) +
    (chunked ? chunks(random, body, odds) : body)
  );
}

function spelled(random: Random, name: string): string {
  return random.pick([name, name, name, name.toLowerCase(), name.toUpperCase()]);
}

function lines(random: Random, fields: readonly string[], odds: number): string {
  return [...fields, ''].map((field) => field + end(random, odds * 2)).join('');
}

function end(random: Random, odds: number): string {
  return random.chance(odds) ? random.pick(ODD_ENDS) : '\r\n';
}

function chunks(random: Random, body: string, odds: number): string {
  let text = '';
  for (let at = 0; at < body.length; ) {
    const size = 1 + random.below(body.length - at);
    const digits = random.chance(odds)
      ? random.pick(ODD_SIZES)
      : random.pick([size.toString(16), size.toString(16).toUpperCase(), `0${size.toString(16)}`]);
    text += digits + extension(random, odds) + end(random, odds * 2) + body.slice(at, at + size) + end(random, odds * 2);
    at += size;
  }
  text +=
    (random.chance(odds) ? random.pick(ODD_SIZES) : random.pick(['0', '0', '0', '000'])) +
    extension(random, odds) +
    end(random, odds * 2);
  if (random.chance(4))
    for (let n = 1 + random.below(2); n > 0; n--)
      text += (random.chance(odds) ? random.pick(ODD_FIELDS) : random.pick(FIELDS)) + end(random, odds * 2);
  return text + end(random, odds * 2);
}

function extension(random: Random, odds: number): string {
  if (random.chance(odds)) return random.pick(ODD_EXTENSIONS);
  return random.chance(8) ? random.pick(EXTENSIONS) : '';
}

function mutated(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const size = 1 + random.below(random.pick([1, 2, 4, 16]));
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + text.slice(at + size);
    case 1:
    case 2:
      return text.slice(0, at) + random.pick(TOKENS) + text.slice(at);
    case 3:
      return text.slice(0, at) + random.pick(TOKENS) + text.slice(at + size);
    case 4:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    case 5:
      return text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) ^ (1 << random.below(8))) & 255) + text.slice(at + 1);
    case 6:
      return text.slice(0, at + size) + text.slice(at);
    default: {
      const line = text.split('\r\n');
      const from = random.below(line.length);
      line.splice(random.below(line.length), 0, random.chance(2) ? line[from]! : line.splice(from, 1)[0]!);
      return line.join('\r\n');
    }
  }
}
