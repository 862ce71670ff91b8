import { expect, it } from 'vitest';
import { HeaderList } from '../../../src/base/header-list.ts';
import { Url } from '../../../src/base/url.ts';
import { failure } from '../../../src/contract/failure.ts';
import type { Head } from '../../../src/contract/head.ts';
import type { SeenHop } from '../../../src/contract/tap.ts';
import { Drafts } from '../../../src/tools/har/drafts.ts';

const MiB = 1_048_576;
const BROKEN = failure('closed', 'receive', 'it broke off');
const REQUEST = 'GET / HTTP/1.1\r\n\r\n';
const HEAD: Head = { status: 200, reason: 'OK', version: '1.1', headers: new HeaderList([]), bodyLength: -1, pipelined: false };

/** A trip, of which the recorder is told by hand. */
function trip(began: number, more: Partial<SeenHop> = {}): SeenHop {
  const never = { resolveAt: -1, connectAt: -1, proxyAt: -1, tlsAt: -1, connectedAt: -1, sentAt: -1, headAt: -1, endedAt: -1 };
  const ask = { wishes: { decode: true, preconnect: false } };
  const url = Url.parse(`http://h.test/${began}`);
  const hop = {
    ask,
    index: 0,
    method: 'GET',
    url,
    connection: 1,
    stored: false,
    began,
    queuedAt: 0,
    ...never,
    now: () => 1,
    ...more,
  };
  return hop as unknown as SeenHop;
}

const made = (mostEntries = 10): Drafts => new Drafts({ bodyLimit: MiB, mostBytes: MiB, mostEntries });

it.each<[string, Partial<SeenHop>, number]>([
  ['nothing was told of', {}, 1],
  ['whose request was sent', { sentAt: 5 }, 0],
  ['whose head had come out of what is stored', { stored: true, headAt: 5 }, 0],
])('a failing trip %s before there was a recorder', (_title, more, count) => {
  const drafts = made();
  drafts.over(trip(1, more), BROKEN);
  expect([drafts.count, [...drafts.told()].length, drafts.dropped]).toEqual([count, count, 0]);
});

it.each<[string, Partial<SeenHop>, (drafts: Drafts, hop: SeenHop) => void]>([
  ['that was never sent', {}, () => {}],
  [
    'that was sent',
    { sentAt: 5 },
    (drafts, hop) => {
      drafts.lent(hop, '');
      drafts.sent(hop, REQUEST);
    },
  ],
  ['out of what is stored', { stored: true, headAt: 5 }, (drafts, hop) => drafts.head(hop, HEAD)],
])('a failing trip %s beyond the limit is counted once', (_title, more, before) => {
  const drafts = made(0);
  const hop = trip(1, more);
  before(drafts, hop);
  drafts.over(hop, BROKEN);
  expect([drafts.count, drafts.dropped]).toEqual([0, 1]);
});

it('of a trip that is not worth telling nothing is left to the next one', () => {
  const drafts = made();
  // four times as many bytes as there is room for, half of them in small pieces
  const url = Url.parse(`http://h.test/${'x'.repeat(30_000)}`);
  for (let round = 0; round < 40; round++) {
    const hop = trip(round, { url });
    drafts.lent(hop, '');
    for (const size of [50_000, 4000, 4000]) {
      drafts.sentData(hop, Buffer.alloc(size));
      drafts.data(hop, Buffer.alloc(size), 0, size);
    }
    drafts.over(hop, null);
  }
  expect([...drafts.told()]).toEqual([]);
  const hop = trip(99);
  drafts.lent(hop, '');
  drafts.sent(hop, REQUEST);
  for (const text of ['what ', 'is sent']) drafts.sentData(hop, Buffer.from(text));
  drafts.head(hop, HEAD);
  for (const text of ['what ', 'comes']) drafts.data(hop, Buffer.from(text), 0, text.length);
  drafts.over(hop, null);
  const [draft] = [...drafts.told()];
  expect([draft?.sent?.bytes?.toString(), draft?.received?.bytes?.toString()]).toEqual(['what is sent', 'what comes']);
});
