import type { Duplex } from 'node:stream';
import type { TestAnswer, TestEnding } from './answer.ts';
import { bytesOf, endingOf, stepsOf } from './answer-steps.ts';
import type { Desk, OpenConnection } from './desk.ts';
import { drained } from './drained.ts';
import { Incoming } from './incoming.ts';
import type { Line } from './line.ts';
import type { OpenRequest } from './request.ts';

/** Milliseconds: a reset on the heels of data looks like an orderly end to a Node client (libuv reports the hang-up as end of file). */
export const GAP_BEFORE_RESET = 20;

/** One connection that speaks HTTP/1: a request, its answer, and the next. */
export class Http1Conversation {
  readonly #line: Line;
  readonly #stream: Duplex;
  readonly #connection: OpenConnection;
  readonly #desk: Desk;
  readonly #incoming: Incoming;

  constructor(line: Line, connection: OpenConnection, desk: Desk) {
    this.#line = line;
    this.#stream = line.stream;
    this.#connection = connection;
    this.#desk = desk;
    this.#incoming = new Incoming(line.stream, (ms) => desk.later(ms));
  }

  /** Until no further request comes, or an answer ends it. */
  async run(): Promise<void> {
    for (;;) {
      const request = await this.#incoming.head(this.#connection.number);
      if (request === null) return;
      const answer = await this.#answer(request);
      const how = await this.#reply(answer, request);
      if (how === 'keep') continue;
      if (how === 'hang') return this.#incoming.abandon();
      const gap = answer.endDelay ?? (how === 'reset' && answer.fault !== 'reset before head' ? GAP_BEFORE_RESET : 0);
      if (gap > 0) await this.#desk.later(gap);
      if (how === 'reset') this.#line.reset();
      else this.#stream.end();
      return;
    }
  }

  /** A decision sees the whole request; `early` answers are therefore values, not functions. */
  async #answer(request: OpenRequest): Promise<TestAnswer> {
    const choice = this.#desk.choose(request, this.#connection);
    const reads = typeof choice === 'function' ? this.#desk.reads : (choice.reads ?? this.#desk.reads);
    if (reads !== undefined) this.#incoming.slow(reads);
    if (typeof choice === 'function') {
      await this.#incoming.body(request);
      return choice();
    }
    if (choice.atHead !== undefined) await write(this.#stream, bytesOf(choice.atHead));
    if (choice.early !== true) await this.#incoming.body(request);
    return choice;
  }

  async #reply(answer: TestAnswer, request: OpenRequest): Promise<TestEnding> {
    const { fault } = answer;
    if (typeof fault === 'string') {
      if (answer.delay !== undefined) await this.#desk.later(answer.delay);
      return ENDINGS[fault] ?? this.#cannot(fault);
    }
    const [kind, limit] = fault === undefined ? ['', Number.POSITIVE_INFINITY] : (Object.entries(fault)[0] as [string, number]);
    if (kind === 'resetStream') return this.#cannot(kind);
    let left = limit;
    for (const step of stepsOf(answer, request.method)) {
      if ('pause' in step) {
        await this.#desk.later(step.pause);
        continue;
      }
      await write(this.#stream, step.subarray(0, Math.min(left, step.length)));
      if (this.#stream.destroyed) return 'hang';
      left -= step.length;
      if (left <= 0) return kind === 'close' ? 'close' : kind === 'reset' ? 'reset' : 'hang';
    }
    if (answer.early === true && answer.drain !== false) await this.#incoming.body(request);
    return endingOf(answer, /close/i.test(request.header('connection') ?? ''));
  }

  #cannot(fault: string): TestEnding {
    this.#desk.report(`the fault ${JSON.stringify(fault)} is one of HTTP/2, and this request came over HTTP/1`);
    return 'reset';
  }
}

const ENDINGS: Readonly<Record<string, TestEnding>> = {
  'close before head': 'close',
  'reset before head': 'reset',
  'stall before head': 'hang',
};

/** Writes with back-pressure; a connection that is gone swallows the bytes. */
function write(stream: Duplex, data: Buffer): Promise<void> | undefined {
  return stream.destroyed || stream.writableEnded || stream.write(data) ? undefined : drained(stream);
}
