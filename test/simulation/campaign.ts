import { runSeed } from './run.ts';

/** What a campaign tells while it runs. */
export interface Told {
  /** The next seed begins; who is not told of another one for long has one that never ends. */
  begins?(seed: number): void;
}

export interface Find {
  readonly seed: number;
  readonly property: string;
  readonly text: string;
}

/** What came of many seeds. */
export interface Result {
  seeds: number;
  transfers: number;
  /** Fingerprints, as 52 bits each. */
  readonly schedules: Set<string>;
  /** How many seeds have hit a cell. */
  readonly cells: Map<string, number>;
  readonly finds: Find[];
  milliseconds: number;
}

export interface Range {
  readonly from: number;
  readonly to: number;
  readonly step?: number;
  /** Ends at the first find. */
  readonly first?: boolean;
}

/** One of so many seeds is run twice, to see that it is the same. */
const TWICE = 100;
const MOST_FINDS = 200;

/** Runs seeds one after the other. What is thrown where nobody catches it belongs to the seed that runs. */
export async function campaign({ from, to, step = 1, first = false }: Range, told: Told = {}): Promise<Result> {
  const result: Result = { seeds: 0, transfers: 0, schedules: new Set(), cells: new Map(), finds: [], milliseconds: 0 };
  const began = performance.now();
  let running = from;
  const thrown = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    result.finds.push({ seed: running, property: 'nothing thrown', text });
  };
  process.on('uncaughtException', thrown);
  process.on('unhandledRejection', thrown);
  try {
    for (running = from; running < to; running += step) {
      told.begins?.(running);
      await take(running, result);
      if (result.finds.length >= (first ? 1 : MOST_FINDS)) break;
    }
    // what the last one has thrown comes in later turns
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('uncaughtException', thrown);
    process.off('unhandledRejection', thrown);
  }
  result.milliseconds = performance.now() - began;
  return result;
}

async function take(seed: number, result: Result): Promise<void> {
  const { fingerprint, transfers, cells, violations } = await runSeed(seed);
  result.seeds++;
  result.transfers += transfers;
  result.schedules.add(fingerprint);
  for (const cell of cells) result.cells.set(cell, (result.cells.get(cell) ?? 0) + 1);
  result.finds.push(...violations.map((violation) => ({ seed, ...violation })));
  if (seed % TWICE !== 0) return;
  const again = await runSeed(seed);
  if (again.fingerprint !== fingerprint)
    result.finds.push({
      seed,
      property: 'determinism',
      text: `${fingerprint} the first time, ${again.fingerprint} the second time`,
    });
}
