import type { Clock } from '../../../contract/clock.ts';
import type { Job } from '../group-args.ts';
import { Output } from './output.ts';

/** The streams and the clock of the place the tool runs in. */
export interface Around {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined };
  readonly clock: Clock;
}

/** Does what one action says and returns the exit code. Throws a UsageError or a LocalFileError. */
export type Action = (task: Task) => number | Promise<number>;

/** What an action is given: the words and options of its command line, where to write, and the time. */
export class Task {
  readonly words: readonly string[];
  readonly out: Output;
  readonly stdin: NodeJS.ReadableStream;
  readonly clock: Clock;
  /** When it began, milliseconds since 1970. */
  readonly now: number;
  private readonly job: Job;

  constructor(job: Job, { stdin, stdout, env, clock }: Around) {
    this.job = job;
    this.words = job.words;
    this.out = new Output(stdout, env);
    this.stdin = stdin;
    this.clock = clock;
    this.now = clock.wall();
  }

  has(option: string): boolean {
    return this.job.given.has(option);
  }

  /** All values of an option. */
  values(option: string): readonly string[] {
    return this.job.given.get(option) ?? [];
  }

  /** The value that counts: the last. */
  value(option: string): string | undefined {
    return this.values(option).at(-1);
  }
}
