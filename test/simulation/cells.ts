/** Where a transfer, or a connection, is when something happens to it. */
export const PHASES = [
  'queue',
  'resolve',
  'connect',
  'proxy',
  'tls',
  'sending head',
  'sending body',
  'waiting',
  'head',
  'body',
  'idle connection',
  'between hops',
] as const;

export type Phase = (typeof PHASES)[number];

const LIVE: readonly Phase[] = ['sending head', 'sending body', 'waiting', 'head', 'body'];
const SENT: readonly Phase[] = ['waiting', 'head', 'body'];
const UNDER_WAY: readonly Phase[] = PHASES.filter((phase) => phase !== 'idle connection');
const STANDING: readonly Phase[] = ['proxy', 'tls', ...LIVE, 'idle connection'];

/** What may go wrong, and the phases in which it can: a name that is not found has to do with no body. */
export const TABLE: Readonly<Record<string, readonly Phase[]>> = {
  'dns not found': ['resolve'],
  'dns silent': ['resolve'],
  'dns late': ['resolve'],
  refused: ['connect', 'proxy'],
  unreachable: ['connect', 'proxy'],
  'connect timeout': ['connect', 'proxy'],
  'tls refused': ['tls', 'proxy'],
  'tls reset': ['tls', 'proxy'],
  'tls close': ['tls', 'proxy'],
  'tls stall': ['tls', 'proxy'],
  reset: ['proxy', ...LIVE, 'idle connection'],
  close: ['proxy', ...LIVE, 'idle connection'],
  stall: ['proxy', 'sending head', 'sending body', ...SENT],
  vanish: ['proxy', 'sending head', 'sending body', ...SENT],
  forget: ['proxy', 'sending head', 'sending body', ...SENT],
  strike: STANDING,
  split: ['tls', 'sending head', 'sending body', 'head', 'body'],
  merged: ['head', 'body'],
  reordered: ['resolve', 'connect', 'waiting'],
  lost: ['tls', 'proxy', ...LIVE],
  slow: ['connect', 'sending body', 'waiting', 'body'],
  GOAWAY: ['waiting'],
  'refuse stream': ['waiting'],
  'reset stream': ['body'],
  'malformed head': ['head'],
  'truncated body': ['body'],
  'clock jump': PHASES,
  abort: UNDER_WAY,
  timeout: UNDER_WAY,
  offline: ['queue', 'resolve', 'connect', 'waiting', 'body', 'idle connection'],
  'proxy refuses': ['proxy'],
  'proxy asks': ['proxy'],
};

export const CELLS: readonly string[] = Object.entries(TABLE).flatMap(([fault, phases]) =>
  phases.map((phase) => cellOf(fault, phase)),
);

export function cellOf(fault: string, phase: Phase): string {
  return `${fault} × ${phase}`;
}

/** The table as text: how often each cell was hit; `.` = it makes no sense, `-` = it was not hit. */
export function matrixOf(hits: ReadonlyMap<string, number>): string {
  const width = 9;
  const head = PHASES.map((phase) =>
    phase.replace('sending', 'send').replace(' connection', '').replace('between ', '').padStart(width),
  );
  const lines = [`${' '.repeat(16)}${head.join(' ')}`];
  for (const [fault, phases] of Object.entries(TABLE)) {
    const row = PHASES.map((phase) =>
      (phases.includes(phase) ? String(hits.get(cellOf(fault, phase)) ?? '-') : '.').padStart(width),
    );
    lines.push(`${fault.padEnd(16)}${row.join(' ')}`);
  }
  return lines.join('\n');
}

/** Cells that make sense and were not hit. */
export function missedOf(hits: ReadonlyMap<string, number>): string[] {
  return CELLS.filter((cell) => !hits.has(cell));
}
