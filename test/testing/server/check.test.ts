import { expect, it } from 'vitest';
import { createTestServer, type TestServerScript } from '../../../src/testing/index.ts';

const rows: [script: unknown, type: typeof TypeError | typeof RangeError, text: string][] = [
  [null, TypeError, 'createTestServer() takes a script'],
  [{ route: {} }, TypeError, 'the origin has an unknown key "route"; there are routes, connect, refuse, reads, http2'],
  [{ routes: [] }, TypeError, 'routes has to be an object of routes, not []'],
  [{ routes: { x: {} } }, TypeError, `routes["x"] fits no request: a route is called '/path', 'METHOD /path' or '*'`],
  [{ routes: { '/x?y': {} } }, TypeError, 'routes["/x?y"] fits no request'],
  [{ routes: { 'http://a.test/': {} } }, TypeError, 'routes["http://a.test/"] fits no request'],
  [{ routes: { '/x': [] } }, TypeError, 'routes["/x"] is a list without an answer'],
  [{ routes: { '/x': 'hello' } }, TypeError, `routes["/x"] has to be an answer, not 'hello'`],
  [
    { routes: { '/x': [{}, { stauts: 200 }] } },
    TypeError,
    'routes["/x"][1] has an unknown key "stauts"; there are delay, raw, before',
  ],
  [{ routes: { '/x': { status: 42 } } }, RangeError, 'routes["/x"].status has to be a whole number from 100 to 999, not 42'],
  [{ routes: { '/x': { status: '200' } } }, TypeError, `routes["/x"].status has to be a whole number from 100 to 999, not '200'`],
  [{ routes: { '/x': { delay: -1 } } }, RangeError, 'routes["/x"].delay has to be a number of milliseconds, 0 or more, not -1'],
  [{ routes: { '/x': { delay: Number.NaN } } }, RangeError, 'milliseconds, 0 or more, not NaN'],
  [{ routes: { '/x': { headers: { A: 1 } } } }, TypeError, 'routes["/x"].headers["A"] has to be text, not 1'],
  [{ routes: { '/x': { headers: [['A']] } } }, TypeError, `routes["/x"].headers[0] has to be a name and a value`],
  [{ routes: { '/x': { body: { a: 1 } } } }, TypeError, 'JSON.stringify() makes text of an object, not { a: 1 }'],
  [{ routes: { '/x': { framing: 'chunk' } } }, TypeError, `has to be 'length' or 'chunked' or 'close' or 'none', not 'chunk'`],
  [{ routes: { '/x': { chunks: [1, -1] } } }, RangeError, 'routes["/x"].chunks[1] has to be a whole number, 0 or more, not -1'],
  [{ routes: { '/x': { trailers: { A: 'b' } } } }, TypeError, `routes["/x"].trailers has to be a list of names and values`],
  [{ routes: { '/x': { fault: 'reset' } } }, TypeError, `routes["/x"].fault has to be 'close before head' or`],
  [{ routes: { '/x': { fault: { rset: 1 } } } }, TypeError, 'routes["/x"].fault has an unknown key "rset"'],
  [{ routes: { '/x': { fault: { reset: 1.5 } } } }, RangeError, 'routes["/x"].fault.reset has to be a whole number, 0 or more'],
  [{ routes: { '/x': { fault: {} } } }, TypeError, 'routes["/x"].fault has to be one fault, as in { close: 100 }, not {}'],
  [{ routes: { '/x': { fault: { close: 1, reset: 1 } } } }, TypeError, 'has to be one fault'],
  [{ routes: { '/x': { end: 'stay' } } }, TypeError, `routes["/x"].end has to be 'keep' or 'close' or 'reset' or 'hang'`],
  [{ connect: 'close' }, TypeError, `connect has to be 'hang' or an object with an end, not 'close'`],
  [{ connect: {} }, TypeError, `connect.end has to be 'close' or 'reset', not undefined`],
  [{ refuse: { write: 'x' } }, TypeError, `refuse.end has to be 'close' or 'reset', not undefined`],
  [{ reads: -1 }, RangeError, 'reads has to be a number of bytes a second, 0 or more, not -1'],
  [{ http2: 'yes' }, TypeError, `http2 has to be true or false, not 'yes'`],
  [{ tls: { key: 'no key', cert: 'no certificate' } }, TypeError, 'tls: '],
  [
    { tls: true },
    TypeError,
    'tls has to be settings of tls.createServer, as createTestAuthority().identity() makes them, not true',
  ],
  [{ plainToo: 1 }, TypeError, 'plainToo has to be true or false, not 1'],
  [{ host: 1 }, TypeError, 'host has to be text, not 1'],
  [{ port: 70_000 }, RangeError, 'port has to be a whole number from 0 to 65535, not 70000'],
  [{ socket: 1 }, TypeError, 'socket has to be text, not 1'],
  [{ clock: {} }, TypeError, 'clock has to be a clock, not {}'],
];

it.each(rows)('a script that cannot be meant is refused: %j', async (script, type, text) => {
  const made = createTestServer(script as TestServerScript);
  await expect(made).rejects.toThrow(text);
  await expect(made).rejects.toThrow(type);
});

it('takes everything that may be said', async () => {
  await using server = await createTestServer({
    routes: {
      '*': () => ({}),
      'OPTIONS *': {},
      'CONNECT a.test:443': {},
      '/all': {
        delay: 0,
        before: ['x', Buffer.from('y')],
        version: 'HTTP/1.0',
        status: 999,
        reason: 'r',
        headers: [['A', 'b']],
        body: [Buffer.from('z')],
        framing: 'none',
        chunks: [0],
        pause: 0,
        chunkExtension: ';a',
        trailers: [['A', 'b']],
        truncate: 0,
        atHead: 'x',
        early: true,
        drain: false,
        reads: 0,
        fault: { stall: 0 },
        end: 'keep',
        endDelay: 0,
      },
      '/raw': { raw: ['a', { pause: 1 }], headers: { A: 'b' } },
    },
    connect: () => undefined,
    refuse: { end: 'close' },
    reads: 1,
    http2: true,
    plainToo: false,
    host: '127.0.0.1',
    port: 0,
  });
  expect(server.port).toBeGreaterThan(0);
});
