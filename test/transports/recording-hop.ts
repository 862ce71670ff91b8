import { Url } from '../../src/base/url.ts';
import { type Ask, DEFAULT_WISHES, type Wishes } from '../../src/contract/ask.ts';
import type { Body } from '../../src/contract/body.ts';
import type { Failure } from '../../src/contract/failure.ts';
import type { Head } from '../../src/contract/head.ts';
import type { Hop } from '../../src/contract/hop.ts';
import type { PullBody } from '../../src/contract/sink.ts';
import { BareHop } from '../support/bare-hop.ts';

/** A hop that writes down what a transport without a network tells it. */
export class RecordingHop extends BareHop implements Hop {
  readonly ask: Ask;
  method: string;
  url: Url;
  body: Body | null;
  /** In order: `uploaded 5/5`, `served`, `end`, `fail kind`. */
  readonly log: string[] = [];
  failure: Failure | null = null;
  answer: Head | null = null;
  pull: PullBody | null = null;
  onUploaded: (() => void) | null = null;
  readonly done: Promise<void>;
  #finish!: () => void;

  constructor(method: string, url: string, body: Body | null = null, wishes: Partial<Wishes> = {}) {
    super();
    this.method = method;
    this.url = Url.parse(url);
    if (this.url.error !== '') throw new Error(this.url.error);
    this.body = body;
    const { headers } = this;
    this.ask = { method, url: this.url, headers, defaults: headers, body, wishes: { ...DEFAULT_WISHES, ...wishes } };
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  carriedBy(): void {}
  dialing(): void {
    this.log.push('dialing');
  }
  secured(): void {
    this.log.push('secured');
  }
  sent(): void {
    this.log.push('sent');
  }
  uploaded(bytes: number, total: number): void {
    this.log.push(`uploaded ${bytes}/${total}`);
    this.onUploaded?.();
  }
  interim(): void {
    this.log.push('interim');
  }
  head(): void {
    this.log.push('head');
  }
  data(): void {
    this.log.push('data');
  }
  end(): void {
    this.log.push('end');
    this.#finish();
  }
  fail(failure: Failure): void {
    this.log.push(`fail ${failure.kind}`);
    this.failure = failure;
    this.#finish();
  }
  served(head: Head, body: PullBody): void {
    this.log.push('served');
    this.answer = head;
    this.pull = body;
    this.#finish();
  }

  get fields(): string[] | undefined {
    return this.answer?.headers.flat;
  }

  /** Reads the served body to its end, in small pieces. */
  get text(): string {
    return readAll(this.pull!).toString('utf8');
  }
}

export function readAll(body: PullBody, piece = 7): Buffer {
  const parts: Buffer[] = [];
  for (;;) {
    const target = Buffer.alloc(piece);
    const got = body.read(target);
    if (got === 0) return Buffer.concat(parts);
    parts.push(target.subarray(0, got));
  }
}
