// What is measured. The name of a workload says its shape.
const MiB = 1_048_576;
const SECURE = ['ours', 'undici-dispatch', 'undici-request'];
const HTTP2 = ['ours', 'undici-dispatch'];
const ROOMY = ['ours', 'undici-dispatch', 'undici-request', 'node-http'];

/**
 * live: one process a client through all rounds. fresh: a new process each time (memory is compared, or a second run would start from a
 * grown heap). `rounds` limits them, `only` limits who takes part unless clients were named, `bytes` is the expected size of an answer.
 */
export const WORKLOADS = [
  {
    id: 'seq',
    title: 'small GETs (100 B) one after another',
    mode: 'live',
    work: 'sequence',
    path: '/b/100',
    n: 1000,
    bytes: 100,
  },
  {
    id: 'queue-2k',
    title: '2,000 small GETs (100 B) handed over at once, 6 connections',
    mode: 'live',
    work: 'many',
    path: '/b/100',
    n: 2000,
    bytes: 100,
  },
  {
    id: '64k',
    title: '500 GETs of 64 KiB handed over at once, 6 connections',
    mode: 'live',
    work: 'many',
    path: '/b/65536',
    n: 500,
    bytes: 65_536,
  },
  {
    id: 'tls-2k',
    title: '2,000 small GETs (100 B) handed over at once, 6 connections, TLS',
    mode: 'live',
    work: 'many',
    door: 'tls',
    path: '/b/100',
    n: 2000,
    bytes: 100,
    only: SECURE,
  },
  {
    id: 'h2-2k',
    title: '2,000 small GETs (100 B) handed over at once, HTTP/2 over TLS, one connection',
    mode: 'live',
    work: 'many',
    door: 'http2',
    path: '/b/100',
    n: 2000,
    bytes: 100,
    only: HTTP2,
  },
  {
    id: 'down',
    title: 'one download of 512 MiB, streamed',
    mode: 'fresh',
    work: 'download',
    path: `/big/${512 * MiB}`,
    n: 1,
    bytes: 512 * MiB,
    rounds: 3,
    unit: 'MiB',
  },
  {
    id: 'up',
    title: 'one upload of 512 MiB, streamed',
    mode: 'fresh',
    work: 'upload',
    path: '/up',
    n: 1,
    bytes: 512 * MiB,
    rounds: 3,
    unit: 'MiB',
  },
  {
    id: 'queue-10k',
    title: '10,000 small GETs handed over at once',
    mode: 'fresh',
    work: 'many',
    path: '/b/100',
    n: 10_000,
    bytes: 100,
    rounds: 3,
  },
  {
    id: 'queue-100k',
    title: '100,000 small GETs handed over at once',
    mode: 'fresh',
    work: 'many',
    path: '/b/100',
    n: 100_000,
    bytes: 100,
    rounds: 1,
    only: ROOMY,
  },
  {
    id: 'grow',
    title: 'CPU a request while one process goes from 1 to 100,000 requests',
    mode: 'grow',
    work: 'many',
    path: '/b/100',
    n: 1000,
    bytes: 100,
    rounds: 1,
    only: ROOMY,
  },
  { id: 'import', title: 'importing the module, beyond node:net and node:tls', mode: 'import', rounds: 5 },
];

export function pick(ids) {
  if (ids === undefined) return WORKLOADS;
  return ids.split(',').map((id) => {
    const found = WORKLOADS.find((w) => w.id === id);
    if (found === undefined) throw new Error(`no such workload: ${id}. There are ${WORKLOADS.map((w) => w.id).join(', ')}`);
    return found;
  });
}
