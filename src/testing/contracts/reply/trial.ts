import assert from 'node:assert/strict';
import { systemClock } from '../../../base/clock.ts';
import type { QNetworkAccessManager, QNetworkReply, UrlLike } from '../../../index.ts';
import { soon } from '../case.ts';

/** Who answers, and what. */
export interface ReplyContractOptions {
  /** Makes the manager that answers; it is closed after each case. */
  make(): QNetworkAccessManager | Promise<QNetworkAccessManager>;
  /** What is asked for by GET, and answered with `body`. */
  readonly url: UrlLike;
  /** Text is UTF-8. Best longer than what comes at once, and never empty. */
  readonly body: string | Uint8Array;
  /** What is asked for by GET and ends with an error. Left out, its cases are. */
  readonly failing?: UrlLike;
  /** Milliseconds after which a reply that says nothing has failed; default 10000. */
  readonly patience?: number;
}

/** A reply, and what it has said since it was returned. */
export class WatchedReply {
  readonly reply: QNetworkReply;
  /** Names of signals in their order, `manager finished` for that of the manager. */
  readonly said: string[] = [];
  /** Received and total, as told. */
  readonly progress: (readonly [received: number, total: number])[] = [];
  /** Called inside every signal. */
  on: (what: string) => void = () => {};
  private readonly patience: number | undefined;
  private readonly over: Promise<void>;

  constructor(reply: QNetworkReply, manager: QNetworkAccessManager, patience: number | undefined) {
    this.reply = reply;
    this.patience = patience;
    this.over = new Promise((resolve) => {
      const hear = (what: string) => () => {
        this.said.push(what);
        this.on(what);
        if (what === 'finished' || what === 'destroyed') resolve();
      };
      manager.finished.connect((ended) => {
        if (ended === reply) hear('manager finished')();
      });
      reply.metaDataChanged.connect(hear('metaDataChanged'));
      reply.readyRead.connect(hear('readyRead'));
      reply.downloadProgress.connect((received, total) => {
        this.progress.push([received, total]);
        hear('downloadProgress')();
      });
      reply.errorOccurred.connect(hear('errorOccurred'));
      reply.finished.connect(hear('finished'));
      reply.destroyed.connect(hear('destroyed'));
    });
  }

  /** Until it has said that it is finished, and a few turns more, for those who cannot stop. */
  async end(): Promise<this> {
    await soon('finished was to come', this.over, this.patience);
    await turns();
    return this;
  }

  count(what: string): number {
    return this.said.filter((each) => each === what).length;
  }

  /** It has said `finished` once, and nothing after it. */
  assertOver(): void {
    const told = this.said.join(' ');
    assert.equal(this.count('finished'), 1, `finished came ${this.count('finished')} times: ${told}`);
    assert.equal(this.said.at(-1), 'finished', `${this.said.at(-1)} came after finished: ${told}`);
    assert.equal(this.reply.isFinished(), true, 'isFinished() is false after finished');
  }
}

/** A manager that is tried. */
export class ManagerOnTrial {
  readonly manager: QNetworkAccessManager;
  readonly options: ReplyContractOptions;
  readonly body: Buffer;

  constructor(manager: QNetworkAccessManager, options: ReplyContractOptions) {
    this.manager = manager;
    this.options = options;
    this.body = Buffer.from(options.body as string);
  }

  get(url: UrlLike = this.options.url): WatchedReply {
    return new WatchedReply(this.manager.get(url), this.manager, this.options.patience);
  }

  /** The same for a request that is watched by its promises only. */
  plain(url: UrlLike = this.options.url): QNetworkReply {
    return this.manager.get(url);
  }

  soon<T>(what: string, answer: Promise<T>): Promise<T> {
    return soon(what, answer, this.options.patience);
  }

  async dispose(): Promise<void> {
    await this.manager.close();
  }
}

/** Time for what comes later in any case. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => systemClock.afterIo(resolve));
}
