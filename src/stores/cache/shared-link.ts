import type { Clock } from '../../contract/clock.ts';
import { PackageMissing, type SharedServer } from './shared-client.ts';

/** After so many troubles in a row the server is left alone. */
const MOST_TROUBLES = 2;
/** For so many milliseconds. */
const PAUSE = 5_000;
/** The bytes of a body may take so many times longer than short answers. */
const BODIES = 10;

/** Error replies of servers that will not serve us, not this command nor the next; others are about one command. */
const NO_SERVICE = /^(?:LOADING|MASTERDOWN|READONLY|CLUSTERDOWN|NOAUTH|WRONGPASS|NOPERM|DENIED)\b/;

/** What stands there is not ours, which is one more way for it to be damaged. */
const NOT_OURS = /^WRONGTYPE\b/;

/** Nothing came. */
class Silence extends Error {}

/**
 * Asks a server that may be slow or gone: every question has an end, and when several went wrong none is asked for a while, so that nobody
 * waits for a server that is not there. A question under way keeps the process alive, the connection does not.
 */
export class SharedLink {
  readonly clock: Clock;
  /** Milliseconds for a short answer, and for the bytes of a body. */
  readonly short: number;
  readonly long: number;
  private readonly server: SharedServer;
  private readonly trouble: (problem: Error) => void;
  private troubles = 0;
  private deafUntil = Number.NEGATIVE_INFINITY;
  private closed = false;
  private over = false;
  private readonly jobs = new Set<Promise<unknown>>();

  /** `trouble` is told each time that the server is given up for a while, and of each error reply. */
  constructor(server: SharedServer, clock: Clock, timeout: number, trouble: (problem: Error) => void) {
    this.server = server;
    this.clock = clock;
    this.short = timeout;
    this.long = BODIES * timeout;
    this.trouble = trouble;
  }

  /** Whether asking makes sense. */
  get awake(): boolean {
    return !this.closed && this.clock.now() >= this.deafUntil;
  }

  /** Rejects when `limit` milliseconds bring no answer. */
  ask(limit: number, command: string, ...args: (string | Buffer)[]): Promise<unknown> {
    if (this.over) return Promise.reject(new Silence('it was closed'));
    const preparing = this.server.prepare();
    if (preparing === null) return this.question(limit, command, args);
    const failed = (problem: unknown): never => {
      this.heard(problem);
      throw problem;
    };
    return preparing.then(() => this.question(limit, command, args), failed);
  }

  private question(limit: number, command: string, args: (string | Buffer)[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // when this process had no time, the answer may be waiting already
      const give = (): void => this.clock.afterIo(() => done(new Silence(`no answer within ${limit} ms`)));
      const timer = this.clock.after(limit, give, true);
      let over = false;
      const done = (problem: unknown, answer?: unknown): void => {
        if (over) return;
        over = true;
        timer.cancel();
        this.heard(problem);
        if (problem === null) resolve(answer);
        else reject(problem);
      };
      this.server.send(command, args).then(
        (answer) => done(null, answer),
        (problem: unknown) => done(problem ?? new Silence('no reason given')),
      );
    });
  }

  private heard(problem: unknown): void {
    if (problem === null) {
      this.troubles = 0;
      this.deafUntil = Number.NEGATIVE_INFINITY;
      return;
    }
    if (problem instanceof PackageMissing) this.deafUntil = Number.POSITIVE_INFINITY;
    else if (isReply(problem) && !NO_SERVICE.test(messageOf(problem))) {
      if (NOT_OURS.test(messageOf(problem))) return;
    } else {
      // one who fails after the pause is enough for the next pause
      if (++this.troubles < MOST_TROUBLES || !this.awake) return;
      this.deafUntil = this.clock.now() + PAUSE;
      this.server.hangUp();
    }
    this.trouble(this.explained(problem));
  }

  /** A sentence about a rejection of `ask`. It says no word of the server, which may repeat a password. */
  explained(problem: unknown): Error {
    if (problem instanceof PackageMissing) return new Error(`SharedCache: ${problem.message}`);
    return new Error(`SharedCache: ${this.server.place} cannot be used (${reasonOf(problem)})`);
  }

  /** Something that is to be ended before the connection is closed. */
  job<T>(promise: Promise<T>): Promise<T> {
    this.jobs.add(promise);
    void promise.finally(() => this.jobs.delete(promise));
    return promise;
  }

  /** Nothing new is begun; resolves when all that was begun is over. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.jobs.size > 0) await Promise.allSettled(this.jobs);
    this.over = true;
    this.server.hangUp();
  }
}

function isReply(problem: unknown): boolean {
  return (problem as Error).name === 'ReplyError';
}

function messageOf(problem: unknown): string {
  return String((problem as Error).message);
}

function reasonOf(problem: unknown): string {
  if (problem instanceof Silence) return problem.message;
  const code = (problem as NodeJS.ErrnoException).code ?? /^[A-Z]{2,}\b/.exec(messageOf(problem))?.[0];
  return code ?? 'the connection was closed';
}
