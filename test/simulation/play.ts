import { QBuffer, type QNetworkAccessManager, type QNetworkReply, type RequestOptions } from '../../src/index.ts';
import type { TestClock } from '../../src/testing/network/clock.ts';
import { bodyOf } from './body.ts';
import type { Books } from './books.ts';
import type { Doing, Plan } from './plan.ts';
import { type Told, Watched } from './watched.ts';

/** Told when a user ends a reply, right before. */
export type Ending = (watched: Watched) => void;

const MOMENTS: Readonly<Record<string, Told>> = {
  meta: 'meta',
  read: 'read',
  sent: 'sent',
  dialing: 'dialing',
  redirected: 'redirected',
  error: 'error',
  progress: 'progress',
};

/** Makes one request and does with it what its plan says, as a program would. */
export class Play {
  readonly plan: Plan;
  readonly controller: AbortController | null;
  private readonly clock: TestClock;
  private readonly books: Books;
  private readonly ending: Ending;
  watched: Watched | null = null;

  constructor(plan: Plan, clock: TestClock, books: Books, ending: Ending) {
    this.plan = plan;
    this.clock = clock;
    this.books = books;
    this.ending = ending;
    this.controller = plan.doing?.what === 'signal' ? new AbortController() : null;
  }

  start(manager: QNetworkAccessManager): Watched {
    const { plan, books } = this;
    books.plans.set(plan.id, plan);
    books.knownThen.set(plan.id, new Set(books.wantTls));
    const url =
      plan.cached === null ? `${plan.steps[0]!.site.url}/r/${plan.id}/0` : `${plan.cached.site.url}/page/${plan.cached.page}`;
    if (books.tracing) books.note(`${plan.id} is made: ${plan.method} ${url} ${JSON.stringify(plan)}`);
    const body = this.body();
    const options = this.options();
    const reply = send(manager, plan.method, url, body, options);
    const watched = new Watched(plan, reply, books);
    this.watched = watched;
    this.listen(watched);
    this.read(watched);
    if (typeof plan.doing?.when === 'number') this.later(plan.doing.when, () => this.do(plan.doing!));
    return watched;
  }

  private options(): RequestOptions {
    const { plan } = this;
    const { site } = plan.steps[0] ?? plan.cached!;
    const headers: Record<string, string> = { 'X-Id': String(plan.id) };
    if (plan.secret) headers['X-Secret'] = `of ${site.url}`;
    if (plan.range !== null) headers['Range'] = `bytes=${plan.range[0]}-${plan.range[1]}`;
    return {
      headers,
      ...(plan.secret ? { secretHeaders: ['X-Secret'] } : {}),
      timeout: plan.timeout,
      redirect: plan.redirect,
      priority: plan.priority,
      cache: plan.cache,
      resend: plan.resend ? 'always' : 'safe',
      ...(plan.expects ? { expectContinue: 300 } : {}),
      ...(this.controller === null ? {} : { signal: this.controller.signal }),
      attributes: {
        HttpPipeliningAllowedAttribute: plan.pipelining,
        Http2AllowedAttribute: plan.http2,
        Http2CleartextAllowedAttribute: plan.cleartext,
      },
    };
  }

  private body(): Parameters<typeof send>[3] {
    const { plan } = this;
    const bytes = bodyOf(`u${plan.id}`, plan.bodySize);
    switch (plan.body) {
      case 'none':
        return null;
      case 'bytes':
        return bytes;
      case 'buffer':
        return new QBuffer(bytes);
      case 'stream':
        return this.pieces(bytes, false);
      case 'broken':
        return this.pieces(bytes, true);
      case 'again':
        return () => this.pieces(bytes, false);
    }
  }

  private async *pieces(bytes: Buffer, breaks: boolean): AsyncGenerator<Uint8Array> {
    const size = Math.max(1, Math.ceil(bytes.length / 4));
    for (let at = 0; at < bytes.length; at += size) {
      if (this.plan.readEvery > 0) await new Promise<void>((resolve) => this.clock.after(this.plan.readEvery, resolve, true));
      yield bytes.subarray(at, at + size);
      if (breaks && at > 0) break;
    }
    if (breaks) throw new Error('the source has failed');
  }

  private listen(watched: Watched): void {
    const { plan } = this;
    const { reply } = watched;
    if (plan.ignoresTls) reply.sslErrors.connect(() => reply.ignoreSslErrors());
    if (plan.redirect === 'user-verified')
      reply.redirected.connect(() => {
        if (plan.allowsAfter === 0) reply.redirectAllowed.emit();
        else if (plan.allowsAfter > 0) this.later(plan.allowsAfter, () => watched.over || reply.redirectAllowed.emit());
      });
    const moment = typeof plan.doing?.when === 'string' ? MOMENTS[plan.doing.when] : undefined;
    let done = false;
    watched.during = (what) => {
      if (what !== moment || done) return;
      done = true;
      this.do(plan.doing!);
    };
  }

  /** The manager asks on behalf of this reply. */
  asked(): void {
    if (this.plan.doing?.when === 'asked') this.do(this.plan.doing);
  }

  private do({ what }: Doing): void {
    const watched = this.watched!;
    if (watched.destroying) return;
    const { reply } = watched;
    const wasOver = watched.over;
    // inside of a slot it may be ending already
    const running = reply.isRunning() && typeof this.plan.doing?.when === 'number';
    this.books.note(`${this.plan.id} ${what}s`);
    if (!wasOver) this.ending(watched);
    watched.ended = true;
    if (what === 'abort') reply.abort();
    else if (what === 'close') reply.close();
    else if (what === 'signal') this.controller!.abort(new Error('changed my mind'));
    else {
      reply.deleteLater();
      watched.destroying = !wasOver;
      return;
    }
    if (running && !watched.over) this.books.violated('ends', `${watched.name}: ${what} has returned and it is not finished`);
  }

  private read(watched: Watched): void {
    const { plan } = this;
    const { reply } = watched;
    switch (plan.reading) {
      case 'signals':
        reply.readyRead.connect(() => watched.take(reply.readAll()));
        reply.finished.connect(() => watched.take(reply.readAll()));
        return;
      case 'late':
        reply.finished.connect(() => watched.take(reply.readAll()));
        return;
      case 'small':
        return this.readSlowly(watched);
      case 'promise':
        return this.promise(watched, async () => watched.take(await reply.bytes()));
      case 'iterate':
        return this.promise(watched, async () => {
          for await (const piece of reply) {
            watched.take(Buffer.from(piece));
            if (plan.readEvery > 1) await new Promise<void>((resolve) => this.clock.after(plan.readEvery, resolve, true));
          }
        });
      case 'web':
        return this.promise(watched, async () => {
          for await (const piece of reply.toWeb() as unknown as AsyncIterable<Uint8Array>) watched.take(Buffer.from(piece));
        });
    }
  }

  private promise(watched: Watched, run: () => Promise<void>): void {
    watched.promised = true;
    run().then(
      () => {
        watched.settled = 'resolved';
      },
      () => {
        watched.settled = 'rejected';
      },
    );
  }

  /** Now and then a little, until all is there; the rest of a large body at once. */
  private readSlowly(watched: Watched): void {
    const { plan } = this;
    const { reply } = watched;
    reply.setReadBufferSize(plan.buffer);
    let waiting = false;
    let reads = 0;
    const read = (): void => {
      waiting = false;
      if (watched.destroying || watched.told.includes('destroyed')) return;
      const size = ++reads > 40 ? 100_000 : plan.buffer;
      if (reads === 40) reply.setReadBufferSize(0);
      watched.take(reply.read(size));
      if (!watched.over && reply.bytesAvailable() > 0) look();
    };
    const look = (): void => {
      if (waiting) return;
      waiting = true;
      this.later(plan.readEvery, read);
    };
    reply.readyRead.connect(look);
    reply.finished.connect(() => watched.take(reply.readAll()));
  }

  private later(ms: number, f: () => void): void {
    this.clock.after(ms, f, true);
  }
}

function send(
  manager: QNetworkAccessManager,
  method: string,
  url: string,
  body: null | Buffer | QBuffer | AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>),
  options: RequestOptions,
): QNetworkReply {
  if (method === 'GET') return manager.get(url, options);
  if (method === 'HEAD') return manager.head(url, options);
  if (method === 'DELETE') return manager.deleteResource(url, options);
  if (method === 'POST') return manager.post(url, body!, options);
  if (method === 'PUT') return manager.put(url, body!, options);
  return manager.sendCustomRequest(url, method, body, options);
}
