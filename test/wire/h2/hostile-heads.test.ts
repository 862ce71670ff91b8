import { describe, expect } from 'vitest';
import { QNetworkReply } from '../../../src/index.ts';
import { continuation, data, headers } from '../../support/h2-frames.ts';
import { answer, block, type Field, huffmanBits, indexed, integer, literal, packed, tableSize } from '../../support/h2-hpack.ts';
import { fine, type Step } from '../../support/h2-server.ts';
import { BROKEN, type Case, direct, OK, suffer, TIMEOUT } from './hostile.ts';

// Blocks that are no HPACK, and heads that no answer may have. Default outcome: ProtocolFailure.

const { NetworkError } = QNetworkReply;

/** `:status: 200`. */
const STATUS = indexed(8);

/** A block that nobody can read breaks the connection: nobody knows the table any more (RFC 9113 4.3). */
const unreadable = (what: string, rfc: string, ...pieces: Buffer[]): Case => ({
  what,
  rfc,
  script: { answer: (n) => [headers(n, Buffer.concat(pieces), { end: true })] },
  after: 'closed',
});

const readable = (what: string, rfc: string, ...pieces: Buffer[]): Case => ({
  what,
  rfc,
  script: { answer: (n) => [headers(n, Buffer.concat(pieces)), data(n, 'ok', { end: true })] },
  error: OK,
  after: 'kept',
});

/** An integer that goes on for ever, and one just above 2^32. */
const ENDLESS = Buffer.from('ff'.repeat(40), 'hex');
const ABOVE_32 = Buffer.concat([Buffer.of(0xff), Buffer.from('8080808010', 'hex')]);
const huffman = (bits: string, filler?: '0' | '1'): Buffer => literal('x', packed(bits, filler));

describe('HPACK', () => {
  suffer([
    unreadable('index 0', '7541 6.1', Buffer.of(0x80)),
    unreadable('an index behind the tables', '7541 2.3.3', STATUS, indexed(62)),
    unreadable('an index far behind the tables', '7541 2.3.3', STATUS, indexed(4_000_000_000)),
    unreadable('a name by an index behind the tables', '7541 2.3.3', STATUS, literal(300, 'x')),
    unreadable('an index that never ends', '7541 5.1', STATUS, ENDLESS),
    unreadable('an index of more than 32 bits', '7541 5.1', STATUS, ABOVE_32),
    unreadable('a length of more than 32 bits', '7541 5.1', STATUS, Buffer.of(0, 1, 0x61), Buffer.from('7fffffffffff0f', 'hex')),
    unreadable('a table above the limit', '7541 6.3', tableSize(4_097), STATUS),
    unreadable('a table of 2^31', '7541 6.3', tableSize(2 ** 31), STATUS),
    unreadable('a new table after a field', '7541 4.2', STATUS, tableSize(100)),
    unreadable('a name longer than the block', '7541 5.2', STATUS, Buffer.of(0), integer(100, 7), Buffer.from('short')),
    unreadable(
      'a value longer than the block',
      '7541 5.2',
      STATUS,
      Buffer.of(0, 1, 0x61),
      integer(1_000_000, 7),
      Buffer.from('b'),
    ),
    unreadable('a block that ends in a field', '7541 6.2', STATUS, Buffer.of(0)),
    unreadable('a block that ends in an integer', '7541 5.1', STATUS, Buffer.of(0xff, 0x80)),
    unreadable('Huffman: filled up with zeros', '7541 5.2', STATUS, huffman(huffmanBits('aa'), '0')),
    unreadable('Huffman: filled up with a whole octet', '7541 5.2', STATUS, huffman(`${huffmanBits('a')}${'1'.repeat(11)}`)),
    unreadable('Huffman: the symbol for the end', '7541 5.2', STATUS, huffman(`${'1'.repeat(30)}${huffmanBits('a')}`)),
    unreadable('Huffman: nothing but filling', '7541 5.2', STATUS, literal('x', Buffer.from('ffffffff', 'hex'))),
    readable(
      'fields that are never to be remembered',
      '7541 6.2.3',
      STATUS,
      Buffer.from('100161', 'hex'),
      Buffer.from('0162', 'hex'),
    ),
    readable('a field larger than the table', '7541 4.4', STATUS, literal('x', 'y'.repeat(5_000), true)),
    readable(
      'a table emptied and filled again',
      '7541 4.3',
      tableSize(0),
      tableSize(4_096),
      STATUS,
      literal('a', 'b', true),
      indexed(62),
    ),
    readable('Huffman', '7541 5.2', STATUS, huffman(huffmanBits('as it should be'))),
    {
      what: 'the table goes on after a head that was refused',
      rfc: '9113 4.3',
      script: {
        answer: (n) =>
          n === 1
            ? [headers(n, Buffer.concat([STATUS, literal('x-kept', 'kept', true), literal('BAD', 'x')]), { end: true })]
            : [],
      },
      after: 'kept',
    },
    {
      what: 'a block in small pieces',
      rfc: '9113 6.10',
      script: {
        answer: (n) => {
          const whole = answer(200, ['x-a', 'some value']);
          const pieces = Array.from({ length: 7 }, (_, i) =>
            continuation(n, whole.subarray(5 * i, i === 6 ? whole.length : 5 * (i + 1)), { more: i < 6 }),
          );
          return [headers(n, Buffer.alloc(0), { more: true }), ...pieces, data(n, 'ok', { end: true })];
        },
      },
      error: OK,
      after: 'kept',
    },
    {
      what: 'a head of more than 256 KiB',
      rfc: '9113 10.5.1',
      script: {
        answer: (n) => {
          const field = literal('x', 'y'.repeat(15_000));
          const more = Array.from({ length: 20 }, (_, i) => continuation(n, field, { more: i < 19 }));
          return [headers(n, STATUS, { more: true, end: true }), ...more];
        },
      },
    },
    {
      what: 'a head of 2,000 fields',
      rfc: '9113 10.5.1',
      script: {
        answer: (n) => [headers(n, Buffer.concat([STATUS, ...new Array<Buffer>(2_000).fill(literal('a', 'b'))]), { end: true })],
      },
      error: [BROKEN, NetworkError.UnknownServerError],
    },
    {
      what: 'many fields, but not too many',
      rfc: '9113 10.5.1',
      script: {
        answer: (n) => [
          headers(n, Buffer.concat([STATUS, ...new Array<Buffer>(900).fill(literal('a', 'b'))])),
          data(n, 'ok', { end: true }),
        ],
      },
      error: OK,
      after: 'kept',
    },
  ]);
});

/** A head that no answer may have fails its request alone (RFC 9113 8.1.1). */
const malformed = (what: string, rfc: string, ...fields: (Field | Buffer)[]): Case => ({
  what,
  rfc,
  script: { answer: (n) => [headers(n, block(...fields)), data(n, 'ok', { end: true })] },
  after: 'kept',
});
const with200 = (what: string, rfc: string, ...fields: (Field | Buffer)[]): Case =>
  malformed(what, rfc, [':status', '200'], ...fields);

describe('pseudo-headers of an answer', () => {
  suffer([
    malformed('no :status', '9113 8.3.2', ['content-type', 'text/plain']),
    malformed('no field at all', '9113 8.3.2'),
    malformed('two :status', '9113 8.3', [':status', '200'], [':status', '200']),
    malformed('two different :status', '9113 8.3', [':status', '200'], [':status', '404']),
    ...['99', '1000', 'abc', '', '20', '2x0', '+20', ' 200'].map((status) =>
      malformed(`:status ${JSON.stringify(status)}`, '9110 15', [':status', status]),
    ),
    malformed(':status after a field', '9113 8.3', ['x', 'y'], [':status', '200']),
    with200(':path', '9113 8.3', [':path', '/']),
    with200(':method', '9113 8.3', [':method', 'GET']),
    with200(':scheme', '9113 8.3', [':scheme', 'http']),
    with200(':authority', '9113 8.3', [':authority', 'x']),
    with200('an unknown one', '9113 8.3', [':what', 'x']),
    with200('an empty one', '9113 8.3', [':', 'x']),
    with200('one after a field', '9113 8.3', ['x', 'y'], [':what', 'x']),
  ]);
});

/** A field that must not get through: its head is refused, or it is dropped, as nghttp2 does. */
const unsafe = (what: string, rfc: string, field: Field): Case => ({
  ...with200(what, rfc, ['content-type', 'text/plain'], field),
  error: [OK, BROKEN],
  also: (_server, reply) => {
    const names = reply.rawHeaderList().map(String);
    expect(names).toEqual(reply.error() === OK ? ['content-type'] : []);
  },
});

describe('fields of an answer', () => {
  suffer([
    with200('a name in capitals', '9113 8.2.1', ['X-Name', 'x']),
    unsafe('a name with a space', '9113 8.2.1', ['x name', 'x']),
    unsafe('a name with a colon', '9113 8.2.1', ['x:name', 'x']),
    unsafe('a name with NUL', '9113 8.2.1', ['x\0name', 'x']),
    unsafe('a name with LF', '9113 8.2.1', ['x\nname', 'x']),
    unsafe('a name of other octets', '9113 8.2.1', ['x\xff', 'x']),
    unsafe('no name', '9110 5.1', ['', 'x']),
    unsafe('a value with NUL', '9113 8.2.1', ['x', 'a\0b']),
    unsafe('a value with CR', '9113 8.2.1', ['x', 'a\rb']),
    unsafe('a value with LF', '9113 8.2.1', ['x', 'a\nset-cookie: b=c']),
    unsafe('a value with CR LF', '9113 8.2.1', ['x', 'a\r\nset-cookie: b=c']),
    unsafe('a value that begins with a space', '9113 8.2.1', ['x', ' a']),
    unsafe('a value that ends with a space', '9113 8.2.1', ['x', 'a ']),
    unsafe('a value that begins with a tab', '9113 8.2.1', ['x', '\ta']),
    with200('Connection', '9113 8.2.2', ['connection', 'close']),
    with200('Keep-Alive', '9113 8.2.2', ['keep-alive', 'timeout=5']),
    with200('Proxy-Connection', '9113 8.2.2', ['proxy-connection', 'keep-alive']),
    with200('Transfer-Encoding', '9113 8.2.2', ['transfer-encoding', 'chunked']),
    with200('Upgrade', '9113 8.2.2', ['upgrade', 'h2c']),
    with200('Content-Length twice, differing', '9110 8.6', ['content-length', '2'], ['content-length', '3']),
    with200('Content-Length that is no number', '9110 8.6', ['content-length', 'two']),
    with200('Content-Length below zero', '9110 8.6', ['content-length', '-2']),
    with200('Content-Length of 20 digits', '9110 8.6', ['content-length', '99999999999999999999']),
    with200('Content-Length of two numbers', '9110 8.6', ['content-length', '2, 3']),
  ]);
});

type Said = (stream: number) => readonly Step[];
const message = (what: string, rfc: string, say: Said, more: Partial<Case> = {}): Case => ({
  what,
  rfc,
  script: { answer: say },
  ...more,
});
const head: NonNullable<Case['ask']> = (manager, url) => manager.head(url, direct());
const fineAlone: Partial<Case> = { error: OK, after: 'kept' };

describe('messages', () => {
  const two = answer(200, ['content-length', '2']);
  suffer([
    message('more DATA than Content-Length', '9113 8.1.1', (n) => [headers(n, two), data(n, 'long', { end: true })]),
    message('less DATA than Content-Length', '9113 8.1.1', (n) => [headers(n, two), data(n, 'x', { end: true })], { body: 'x' }),
    message('no DATA in spite of Content-Length', '9113 8.1.1', (n) => [headers(n, two, { end: true })]),
    message('an end that never comes', '9113 8.1', (n) => [headers(n, two), data(n, 'ok')], {
      ask: (manager, url) => manager.get(url, direct({ timeout: 150 })),
      error: TIMEOUT,
      after: 'kept',
    }),
    message('a head that never comes', '9113 8.1', () => [], {
      ask: (manager, url) => manager.get(url, direct({ timeout: 150 })),
      error: TIMEOUT,
      after: 'kept',
    }),
    message(
      'trailers',
      '9113 8.1',
      (n) => [headers(n, two), data(n, 'ok'), headers(n, block(['x', 'y']), { end: true })],
      fineAlone,
    ),
    message('trailers with :status', '9113 8.1', (n) => [headers(n, two), data(n, 'ok'), headers(n, STATUS, { end: true })], {
      body: 'ok',
    }),
    message('trailers that do not end', '9113 8.1', (n) => [headers(n, two), data(n, 'ok'), headers(n, block(['x', 'y']))], {
      body: 'ok',
    }),
    message(
      'a name in capitals in trailers',
      '9113 8.2.1',
      (n) => [headers(n, two), data(n, 'ok'), headers(n, block(['X', 'y']), { end: true })],
      { body: 'ok' },
    ),
    message(
      'DATA after trailers',
      '9113 5.1',
      (n) => [headers(n, answer(200)), headers(n, block(['x', 'y']), { end: true }), data(n, 'late', { end: true })],
      { error: OK, body: '' },
    ),
    message(
      'interim answers, then the answer',
      '9113 8.1',
      (n) => [headers(n, answer(103)), headers(n, answer(102)), ...fine(n)],
      fineAlone,
    ),
    message('an interim answer that ends the stream', '9113 8.1', (n) => [headers(n, answer(103), { end: true })]),
    message('DATA after an interim answer', '9113 8.1', (n) => [headers(n, answer(100)), data(n, 'ok', { end: true })]),
    message('101', '9113 8.6', (n) => [headers(n, answer(101)), ...fine(n)]),
    message('101 that ends the stream', '9113 8.6', (n) => [headers(n, answer(101), { end: true })]),
    message('a thousand interim answers', '9113 10.5', (n) => [
      ...Array.from({ length: 1_000 }, () => headers(n, answer(103))),
      ...fine(n),
    ]),
    message('an answer after the answer', '9113 8.1', (n) => [headers(n, two), headers(n, two), data(n, 'ok', { end: true })]),
    message('DATA behind 204', '9110 15.3.5', (n) => [headers(n, answer(204)), data(n, 'ok', { end: true })]),
    message('DATA behind 304', '9110 15.4.5', (n) => [headers(n, answer(304)), data(n, 'ok', { end: true })]),
    message('DATA behind the answer to HEAD', '9110 9.3.2', (n) => [headers(n, two), data(n, 'ok', { end: true })], {
      ask: head,
    }),
    message('an empty DATA behind the answer to HEAD', '9113 8.1', (n) => [headers(n, two), data(n, '', { end: true })], {
      ask: head,
      error: OK,
      body: '',
      after: 'kept',
    }),
    message('304 with a Content-Length', '9110 8.6', (n) => [headers(n, answer(304, ['content-length', '99']), { end: true })], {
      error: OK,
      body: '',
      after: 'kept',
    }),
    message(
      'an empty body in ten pieces',
      '9113 6.1',
      (n) => [headers(n, answer(200)), ...Array.from({ length: 10 }, (_, i) => data(n, '', { end: i === 9, pad: i }))],
      { error: OK, body: '', after: 'kept' },
    ),
  ]);
});
