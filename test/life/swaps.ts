import { isDeepStrictEqual } from 'node:util';
import { type AnySignal, Signal } from '../../src/api/core/signal.ts';
import { type Prompter, play, type Row, type Scene } from './scene.ts';
import { CALLS } from './signal-calls.ts';
import { NUMBERED } from './signal-rows.ts';

/** Every row that can be played today. */
export const ROWS: readonly Row[] = [...NUMBERED, ...CALLS];

type Judge = (row: Row, lines: readonly string[]) => boolean;

/** What the test of a row compares. */
export const agrees: Judge = (row, lines) => isDeepStrictEqual(lines, row.order);

/** A swap takes this long at most; those that are never made wait for it. */
const PATIENCE_MS = 1_000;

const isCall = (line: string): boolean => line.startsWith('>');
const isReturn = (line: string): boolean => line.startsWith('<');
/** What comes behind a question comes of its answer. */
const isQuestion = (line: string): boolean => line === 'M.authenticationRequired';

/**
 * Places where a signal of the row can change places with its neighbour: another signal, or the return of the call it is said in. A call
 * that the test makes is no neighbour: often it is made because of the signal before it. Nor is what follows a question.
 */
export function places(row: Row): { swaps: number[]; alike: number } {
  const swaps: number[] = [];
  let alike = 0;
  for (const [i, line] of row.order.entries()) {
    const next = row.order[i + 1];
    if (next === undefined || isCall(line) || isReturn(line) || isQuestion(line) || isCall(next)) continue;
    if (line === next) alike++;
    else swaps.push(i);
  }
  return { swaps, alike };
}

/** Holds one emission back until the one behind it has reached its slots. */
class Swap implements Prompter {
  made = false;
  private readonly first: string;
  private readonly second: string;
  /** Emissions of the first signal that are not meant, because they come earlier in the row. */
  private skip: number;
  private held: (() => void) | null = null;

  constructor(order: readonly string[], at: number) {
    this.first = order[at]!;
    this.second = order[at + 1]!;
    this.skip = order.slice(0, at).filter((line) => line === this.first).length;
  }

  pass(line: string, emit: () => void): void {
    if (this.held === null && !this.made && line === this.first && this.skip-- === 0) {
      this.held = emit;
      return;
    }
    emit();
    this.marked(line);
  }

  marked(line: string): void {
    if (this.held === null || line !== this.second) return;
    const emit = this.held;
    this.held = null;
    this.made = true;
    emit();
  }
}

/** The scene that is played, and what happens to its signals. */
let now: { readonly scene: Scene; readonly swap: Swap } | null = null;

/** Lets every emission of this process pass the swap under way, while `f` runs. */
async function patched<T>(f: () => Promise<T>): Promise<T> {
  const { emit, ask } = Signal.prototype;
  Signal.prototype.ask = function (this: AnySignal, args: unknown[], done: () => void): void {
    const line = now === null ? null : now.scene.lineOf(this, args);
    if (line === null) ask.call(this, args, done);
    else now!.swap.pass(line, () => ask.call(this, args, done));
  };
  Signal.prototype.emit = function (this: AnySignal, ...args: unknown[]): void {
    const line = now === null ? null : now.scene.lineOf(this, args);
    if (line === null) emit.apply(this, args);
    else now!.swap.pass(line, () => emit.apply(this, args));
  };
  try {
    return await f();
  } finally {
    Signal.prototype.emit = emit;
    Signal.prototype.ask = ask;
  }
}

/** Plays the row with two neighbours swapped. Gives what was heard, and null when the swap was not made. */
async function swapped(row: Row, at: number): Promise<string[] | null> {
  const swap = new Swap(row.order, at);
  const { lines } = await play(row, (scene) => {
    scene.patience = PATIENCE_MS;
    scene.prompter = swap;
    now = { scene, swap };
  }).finally(() => {
    now = null;
  });
  return swap.made ? lines : null;
}

export interface Report {
  readonly rows: number;
  readonly swaps: number;
  readonly noticed: number;
  /** Neighbours that are the same signal with the same arguments, with the reason why that cannot be told. */
  readonly alike: readonly string[];
  /** What is wrong: swaps that nobody noticed or that could not be made, rows that fail without a swap. */
  readonly survivors: readonly string[];
}

/** Swaps every two neighbours of every row, one pair at a time, and counts how often the comparison notices. */
export function swapAll(rows: readonly Row[] = ROWS, judge: Judge = agrees): Promise<Report> {
  return patched(async () => {
    let swaps = 0;
    let noticed = 0;
    const alike: string[] = [];
    const survivors: string[] = [];
    for (const row of rows) {
      const name = `${row.of}: ${row.title}`;
      const pairs = places(row);
      const same = pairs.alike > 0;
      if (same !== (row.alike !== undefined))
        survivors.push(`${name}: \`alike\` and the neighbours that are the same do not agree`);
      else if (same) alike.push(`${name}: ${row.alike}`);
      if (!judge(row, (await play(row)).lines)) survivors.push(`${name}: fails without a swap`);
      for (const at of pairs.swaps) {
        swaps++;
        const pair = `${name}: ${row.order[at]} ↔ ${row.order[at + 1]}`;
        try {
          const lines = await swapped(row, at);
          if (lines === null) survivors.push(`${pair} could not be swapped`);
          else if (judge(row, lines)) survivors.push(`${pair} was not noticed`);
          else noticed++;
        } catch (error) {
          survivors.push(`${pair}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
    return { rows: rows.length, swaps, noticed, alike, survivors };
  });
}
