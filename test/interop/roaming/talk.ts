import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A line that a program said: what happened, when (milliseconds of the epoch), and what belongs to it. */
export interface Said {
  readonly event: string;
  readonly at: number;
  readonly [detail: string]: unknown;
}

/** A program that is told what to do, and says what happens, in lines of JSON. */
export class Talk {
  /** All it has said, in order. */
  readonly said: Said[] = [];
  /** What it wrote beside, which should be nothing. */
  trouble = '';
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;
  private readonly name: string;
  private over = false;
  private readonly waiting = new Set<() => void>();
  private asked = 0;

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    createInterface({ input: child.stdout! }).on('line', (line) => {
      this.said.push(JSON.parse(line) as Said);
      this.look();
    });
    child.stderr!.on('data', (data: Buffer) => {
      this.trouble += data.toString();
    });
    // who has ended reads no more
    child.stdin!.on('error', () => {});
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => {
        this.over = true;
        this.look();
        resolve(code);
      });
    });
  }

  private look(): void {
    for (const one of [...this.waiting]) one();
  }

  get pid(): number {
    return this.child.pid!;
  }

  tell(command: string, details: object = {}): void {
    this.child.stdin!.write(`${JSON.stringify({ do: command, ...details })}\n`);
  }

  /** Tells it something that it answers. */
  async ask(command: string, details: object = {}): Promise<Said> {
    const number = ++this.asked;
    this.tell(command, { ...details, number });
    const isAnswer = (one: Said): boolean => one.event === 'answer' && one['number'] === number;
    await this.when(() => this.said.some(isAnswer), `the answer to "${command}"`);
    return this.said.find(isAnswer)!;
  }

  /** All it has said of an event. */
  all(event: string): Said[] {
    return this.said.filter((one) => one.event === event);
  }

  /** The first time it says this from a line on; 0 is the first. */
  async hear(event: string, fits: (one: Said) => boolean = () => true, from = 0, limit = 10_000): Promise<Said> {
    const find = (): Said | undefined => this.said.slice(from).find((one) => one.event === event && fits(one));
    await this.when(() => find() !== undefined, `"${event}"`, limit);
    return find()!;
  }

  /** Resolves when it has said so many of an event. */
  async hearAll(event: string, count: number, limit = 10_000): Promise<Said[]> {
    await this.when(
      () => this.all(event).length >= count,
      `"${event}" ${count} times`,
      limit,
      () => this.all(event).length,
    );
    return this.all(event);
  }

  /** Looks whenever something was said. */
  when(condition: () => boolean, what: string, limit = 10_000, soFar: () => unknown = () => ''): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (problem: string | null): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        const last = this.said.slice(-8).map((one) => JSON.stringify(one));
        if (problem === null) resolve();
        else reject(new Error(`${this.name} ${problem} ${what} ${soFar()}\n${this.trouble.slice(-1000)}\n${last.join('\n')}`));
      };
      const look = (): void => {
        if (condition()) done(null);
        else if (this.over) done('ended before it said');
      };
      const timer = setTimeout(done, limit, `did not say within ${limit} ms:`);
      this.waiting.add(look);
      look();
    });
  }

  /** Ends its input: it has nothing more to do. */
  leave(): void {
    this.child.stdin!.end();
  }
}
