import assert from 'node:assert/strict';
import { systemClock } from '../../base/clock.ts';

/** One thing that what fills a port has to keep to. */
export interface ContractCase {
  /** A sentence. */
  readonly name: string;
  /** Rejects with an AssertionError when it does not. */
  run(): Promise<void>;
}

/** Milliseconds after which what says nothing has failed. */
const PATIENCE = 10_000;

/** What a promise brings, or an AssertionError when it takes too long. */
export async function soon<T>(what: string, answer: T | PromiseLike<T>, patience = PATIENCE): Promise<T> {
  let timer: { cancel(): void } | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const fail = () => reject(new assert.AssertionError({ message: `${what}: nothing came within ${patience / 1000} seconds` }));
    timer = systemClock.after(patience, fail, true);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer?.cancel();
  }
}

/** Bytes that differ from their neighbours, and from those of another seed. */
export function bytesOf(length: number, seed = 0): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + (i >> 16) * 13 + seed) & 255;
  return bytes;
}

/** Compares bytes without printing megabytes. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array, what = 'the body'): void {
  assert.equal(actual.length, expected.length, `${what} has ${actual.length} bytes, not ${expected.length}`);
  if (Buffer.compare(actual, expected) === 0) return;
  const at = actual.findIndex((byte, i) => byte !== expected[i]);
  assert.fail(`${what} differs at byte ${at} of ${expected.length}`);
}

/** A case before it has something to be tried with. */
export interface Trial<T> {
  readonly name: string;
  /** Which of the options makes what it is tried with; `make` unless said. */
  readonly on?: string;
  run(subject: T): void | Promise<void>;
}

/** The cases of those trials whose option was given. Each gets a subject of its own, which is disposed of when it is over. */
export function casesOf<T>(
  trials: readonly Trial<T>[],
  makers: Readonly<Record<string, (() => T | PromiseLike<T>) | undefined>>,
  dispose?: (subject: T) => void | PromiseLike<void>,
): readonly ContractCase[] {
  return trials
    .filter(({ on = 'make' }) => makers[on] !== undefined)
    .map(({ name, on = 'make', run }) => ({
      name,
      async run() {
        const subject = await soon(on, makers[on]!());
        try {
          await run(subject);
        } finally {
          await dispose?.(subject);
        }
      },
    }));
}
