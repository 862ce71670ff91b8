import { describe, expect, test } from 'vitest';
import { entryOf, kindOf } from '../../../src/tools/inspector/page/entry.ts';
import { ALL, type Filter, matcher } from '../../../src/tools/inspector/page/filter.ts';
import { hexLines } from '../../../src/tools/inspector/page/hex.ts';
import { Model } from '../../../src/tools/inspector/page/model.ts';
import { phasesOf } from '../../../src/tools/inspector/page/phases.ts';
import { type RowData, STATES, STORED, type State } from '../../../src/tools/inspector/page/protocol.ts';
import { scaleOf } from '../../../src/tools/inspector/page/scale.ts';
import { bytes, duration, even, many } from '../../../src/tools/inspector/page/words.ts';

interface Wanted {
  readonly state?: State;
  readonly start?: number;
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly mime?: string;
  readonly received?: number;
  readonly flags?: number;
  readonly head?: number;
  readonly end?: number;
}

function data(id: number, wanted: Wanted = {}): RowData {
  const { state = 'done', start = id * 1000, method = 'GET', url = `http://h/${id}`, status = 200, mime = 'text/plain' } = wanted;
  const { received = 10, flags = 0, head = 500, end = 800 } = wanted;
  return [
    ...([id, 0, STATES.indexOf(state), start, method, url, status, mime, received, 0, 1, '127.0.0.1', '1.1', flags, ''] as const),
    ...([100, -1, -1, -1, -1, -1, 200, head, end] as const),
  ];
}

const BEGINNING = { title: 't', began: 0, version: '1' };

function modelOf(...rows: readonly RowData[]): Model {
  const model = new Model();
  model.take({ now: 0, first: 0, dropped: 0, rows, reset: BEGINNING }, 0);
  return model;
}

const ids = (model: Model): number[] => model.shown.map(({ id }) => id);

describe('kinds', () => {
  test.each([
    ['application/json; charset=utf-8', '/x', 'json'],
    ['application/problem+json', '/x', 'json'],
    ['text/html', '/x', 'document'],
    ['text/javascript', '/x', 'script'],
    ['text/css', '/x', 'style'],
    ['image/svg+xml', '/x', 'image'],
    ['font/woff2', '/x', 'font'],
    ['video/mp4', '/x', 'media'],
    ['application/xml', '/x', 'text'],
    ['application/octet-stream', '/x.png', 'other'],
    ['', '/a/b.PNG?x=1', 'image'],
    ['', '/a', 'other'],
  ])('%s at %s', (mime, path, kind) => {
    expect(kindOf(mime, path)).toBe(kind);
  });
});

describe('the filter', () => {
  const entries = [
    data(0, { url: 'http://api.h/items?page=1', mime: 'application/json' }),
    data(1, { url: 'http://api.h/items/7', method: 'POST', status: 404 }),
    data(2, { url: 'http://img.h/cat.png', mime: 'image/png', flags: STORED }),
    data(3, { url: 'http://img.h/dog.png', state: 'waiting', status: 0, mime: '' }),
    data(4, { url: 'http://api.h/broken', state: 'failed', status: 0, mime: '' }),
  ].map(entryOf);
  test.each<[Partial<Filter>, number[]]>([
    [{}, [0, 1, 2, 3, 4]],
    [{ text: 'ITEMS' }, [0, 1]],
    [{ text: 'items -post' }, [0]],
    [{ text: 'api.h -items' }, [4]],
    [{ text: '-' }, [0, 1, 2, 3, 4]],
    [{ method: 'POST' }, [1]],
    [{ host: 'img.h' }, [2, 3]],
    [{ kind: 'image' }, [2, 3]],
    [{ status: '2' }, [0, 2]],
    [{ status: '4' }, [1]],
    [{ status: 'failed' }, [1, 4]],
    [{ status: 'running' }, [3]],
    [{ status: 'stored' }, [2]],
    [{ host: 'api.h', status: '2', text: 'page' }, [0]],
  ])('%j', (filter, expected) => {
    expect(entries.filter(matcher({ ...ALL, ...filter })).map(({ id }) => id)).toEqual(expected);
  });
});

describe('the model', () => {
  test('a row that changes stays where it is', () => {
    const model = modelOf(data(0), data(1, { state: 'sent', status: 0, received: 0 }), data(2));
    expect(model.running).toBe(1);
    model.take({ now: 0, first: 0, dropped: 0, rows: [data(1, { received: 50 })] }, 0);
    expect(ids(model)).toEqual([0, 1, 2]);
    expect([model.running, model.bytes, model.shown[1]!.received]).toEqual([0, 70, 50]);
  });

  test('a row that fits no more goes, one that fits by now comes, in its place', () => {
    const model = modelOf(data(0), data(1, { status: 0, state: 'sent' }), data(2));
    model.filterBy({ ...ALL, status: '2' });
    expect(ids(model)).toEqual([0, 2]);
    model.take({ now: 0, first: 0, dropped: 0, rows: [data(1)] }, 0);
    expect(ids(model)).toEqual([0, 1, 2]);
    model.take({ now: 0, first: 0, dropped: 0, rows: [data(0, { status: 500 })] }, 0);
    expect(ids(model)).toEqual([1, 2]);
  });

  test('rows that the server has not any more go', () => {
    const model = modelOf(data(0, { state: 'sent' }), data(1), data(2));
    model.take({ now: 0, first: 2, dropped: 2, rows: [data(3)] }, 0);
    expect([ids(model), model.entries.size, model.running, model.dropped]).toEqual([[2, 3], 2, 0, 2]);
    expect(model.placeOf(3)).toBe(1);
    expect(model.placeOf(0)).toBe(-1);
  });

  test('hosts of which no row is left are forgotten, and that is told', () => {
    const model = modelOf(data(0, { url: 'http://a/' }), data(1, { url: 'http://b/' }), data(2, { url: 'http://b/' }));
    const known = model.vocabulary;
    model.take({ now: 0, first: 0, dropped: 0, rows: [data(2, { url: 'http://b/', status: 404 })] }, 0);
    expect(model.vocabulary).toBe(known);
    // as many as before, and others
    model.take({ now: 0, first: 2, dropped: 2, rows: [data(3, { url: 'http://c/' })] }, 0);
    expect([...model.hosts]).toEqual([
      ['b', 1],
      ['c', 1],
    ]);
    expect(model.vocabulary).toBeGreaterThan(known);
  });

  test('columns sort one way, the other way, and not at all', () => {
    const model = modelOf(data(0, { received: 5 }), data(1, { received: 9 }), data(2, { received: 1 }));
    const orders = [1, 2, 3].map(() => {
      model.sortBy('size');
      return ids(model);
    });
    expect(orders).toEqual([
      [2, 0, 1],
      [1, 0, 2],
      [0, 1, 2],
    ]);
    model.sortBy('size');
    model.take({ now: 0, first: 0, dropped: 0, rows: [data(3, { received: 3 })] }, 0);
    expect(ids(model)).toEqual([2, 3, 0, 1]);
  });

  test('begins anew when it is told to', () => {
    const model = modelOf(data(0), data(1));
    model.take({ now: 0, first: 2, dropped: 0, rows: [], reset: BEGINNING }, 0);
    expect([ids(model), model.bytes, model.hosts.size]).toEqual([[], 0, 0]);
  });

  test('its clock goes on between messages', () => {
    const model = modelOf();
    model.take({ now: 5000, first: 0, dropped: 0, rows: [] }, 100);
    expect(model.time(107)).toBe(12_000);
  });

  test('throughput is laid down where it came', () => {
    const second = 1_000_000;
    const model = modelOf(
      data(0, { start: 0, head: 100, end: 3 * second - 100, received: 300 }),
      data(1, { start: second, status: 500, received: 0 }),
    );
    expect(model.throughput.last(4, 3 * second)).toEqual([
      { requests: 0, failed: 0, bytes: 100 },
      { requests: 1, failed: 1, bytes: 100 },
      { requests: 1, failed: 0, bytes: 100 },
      { requests: 0, failed: 0, bytes: 0 },
    ]);
    // what comes to a row that is known came since
    model.take({ now: 0, first: 0, dropped: 0, rows: [data(2, { state: 'receiving', start: 0, received: 10, end: second })] }, 0);
    model.take({ now: 0, first: 0, dropped: 0, rows: [data(2, { start: 0, received: 25, end: 3 * second + 1 })] }, 0);
    expect(model.throughput.last(1, 3 * second)).toEqual([{ requests: 1, failed: 0, bytes: 15 }]);
  });
});

describe('phases', () => {
  const none = { lent: -1, resolve: -1, connect: -1, proxy: -1, tls: -1, connected: -1, sent: -1, head: -1, end: 900 };
  test.each([
    ['in line', {}, ['queue 0-900']],
    ['reused', { lent: 10, sent: 20, head: 500 }, ['queue 0-10', 'send 10-20', 'wait 20-500', 'receive 500-900']],
    [
      'all of it',
      { resolve: 5, connect: 10, proxy: 20, tls: 30, connected: 40, lent: 40, sent: 45, head: 500 },
      ['queue 0-5', 'dns 5-10', 'connect 10-20', 'proxy 20-30', 'tls 30-40', 'send 40-45', 'wait 45-500', 'receive 500-900'],
    ],
    ['refused', { resolve: 5, connect: 10 }, ['queue 0-5', 'dns 5-10', 'connect 10-900']],
    ['out of the store', { head: 3 }, ['queue 0-3', 'receive 3-900']],
  ])('%s', (_name, marks, expected) => {
    expect(phasesOf({ ...none, ...marks }).map(({ key, from, to }) => `${key} ${from}-${to}`)).toEqual(expected);
  });

  test('an answer out of the store has waited for no connection', () => {
    const first = (marks: object): string => phasesOf({ ...none, ...marks })[0]!.name;
    expect(first({ head: 3 })).toBe('Looking into the store');
    expect(first({ lent: 1, sent: 2, head: 3 })).toBe('Waiting for a connection');
    expect(first({})).toBe('Waiting for a connection');
  });
});

describe('words and figures', () => {
  test.each([
    [420, '0.42 ms'],
    [4200, '4.2 ms'],
    [42_000, '42 ms'],
    [4_200_000, '4.20 s'],
    [42_000_000, '42.0 s'],
    [125_000_000, '2 min 5 s'],
  ])('%i µs', (microseconds, text) => {
    expect(duration(microseconds)).toBe(text);
  });
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [34_600, '35 kB'],
    [999_900, '1.0 MB'],
    [5_000_000_000, '5.0 GB'],
  ])('%i bytes', (count, text) => {
    expect(bytes(count)).toBe(text);
  });
  test('others', () => {
    expect([even(200_000), even(2_500_000), many(1, 'row'), many(2000, 'row')]).toEqual([
      '200 ms',
      '2.5 s',
      '1 row',
      '2,000 rows',
    ]);
    expect(hexLines(new TextEncoder().encode('GET / HTTP/1.1\r\nA'), 0, 64)).toEqual([
      '00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1··',
      '00000010  41                                                A',
    ]);
  });
  test.each([
    [0, 900, { from: 0, span: 1000, step: 200 }],
    [12_345, 98_765, { from: 0, span: 100_000, step: 20_000 }],
    [5_000_100, 5_200_000, { from: 5_000_000, span: 200_000, step: 50_000 }],
  ])('a scale from %i to %i', (from, to, scale) => {
    expect(scaleOf(from, to)).toEqual(scale);
  });
});
