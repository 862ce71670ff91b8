import type { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../contract/clock.ts';
import type { PacCall, PacLimits, PacOutcome, PacRunner } from './calls.ts';

/** Milliseconds that a thread may take until it has loaded the engine. */
const STARTING = 10_000;
/** What a run gets beyond its time: the engine looks at the clock now and then, and in some of its loops never. */
const GRACE = 500;

interface Waiting {
  readonly call: PacCall;
  readonly done: (outcome: PacOutcome) => void;
}

/**
 * Runs a script in a thread of its own, one call after the other. A thread that does not answer in time is ended, and the next call gets a
 * new one. It keeps the process alive only while it is asked.
 */
export class PacThread implements PacRunner {
  private readonly script: string;
  private readonly limits: PacLimits;
  private readonly clock: Clock;
  private worker: Worker | null = null;
  private ready = false;
  private readonly waiting: Waiting[] = [];
  private timer: Timer | null = null;

  constructor(script: string, limits: PacLimits, clock: Clock) {
    this.script = script;
    this.limits = limits;
    this.clock = clock;
  }

  run(call: PacCall): Promise<PacOutcome> {
    return new Promise((done) => {
      this.waiting.push({ call, done });
      if (this.waiting.length === 1) this.next();
    });
  }

  close(): void {
    this.end();
    const message = 'it was ended';
    for (const { done } of this.waiting.splice(0)) done({ kind: 'problem', message, broken: true });
  }

  private next(): void {
    const first = this.waiting[0];
    if (first === undefined) return this.worker?.unref();
    this.worker ??= this.start();
    this.worker.ref();
    if (this.ready) this.ask(first.call);
  }

  private ask(call: PacCall): void {
    this.timer = this.clock.after(call.time + GRACE, () => this.lost('it takes too long'), true);
    this.worker!.postMessage(call);
  }

  private start(): Worker {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const { script, limits } = this;
    const worker = new Worker(workerFile(), {
      workerData: { script, memory: limits.memory },
      // nothing of the process is of use to it
      env: {},
      argv: [],
      execArgv: [],
      stdin: false,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
    });
    // a thread that was ended may still have something to say
    const ours = (): boolean => worker === this.worker;
    worker.on('message', (said: 'ready' | PacOutcome) => ours() && this.heard(said));
    worker.on('error', (error) => ours() && this.lost(`the thread it runs in failed (${error.message})`));
    worker.on('exit', () => ours() && this.lost('the thread it runs in ended'));
    this.timer = this.clock.after(STARTING, () => this.lost('the engine for it does not start'), true);
    return worker;
  }

  private heard(said: 'ready' | PacOutcome): void {
    this.timer?.cancel();
    if (said === 'ready') {
      this.ready = true;
      this.next();
    } else this.settle(said);
  }

  private lost(message: string): void {
    this.settle({ kind: 'problem', message, broken: true });
  }

  private settle(outcome: PacOutcome): void {
    this.timer?.cancel();
    if (outcome.kind === 'problem' && outcome.broken) this.end();
    this.waiting.shift()?.done(outcome);
    this.next();
  }

  private end(): void {
    const { worker } = this;
    this.worker = null;
    this.ready = false;
    this.timer?.cancel();
    void worker?.terminate();
  }
}

/** In the package it lies beside all other files; who runs from sources has the built one. */
function workerFile(): URL {
  const beside = new URL('./pac-worker.js', import.meta.url);
  if (process.getBuiltinModule('node:fs').existsSync(beside)) return beside;
  return new URL('../../../dist/pac-worker.js', import.meta.url);
}
