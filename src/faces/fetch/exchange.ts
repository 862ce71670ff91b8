import type { HeaderList } from '../../base/header-list.ts';
import type { Url } from '../../base/url.ts';
import type { Ask, Trip } from '../../contract/ask.ts';
import type { Door, Running } from '../../contract/door.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { PullBody } from '../../contract/sink.ts';
import { Unattended } from '../../engine/assembly.ts';
import { offAbort, onAbort } from '../aborts.ts';
import { Arriving, arrived, MOST_WAITING, type Source } from './arriving.ts';
import { askAfter } from './asks.ts';
import { networkError } from './errors.ts';
import { watchForgotten } from './forgotten.ts';
import type { TypedBody } from './init-body.ts';
import { insistOn } from './integrity.ts';
import { withoutFragment } from './local.ts';
import { type Chain, chainAfter, isHome, startOf } from './page.ts';
import type { Plan } from './plan.ts';
import { NO_FIELDS, Reply, type ReplyHead } from './reply.ts';
import { hasNoBody, isRedirectStatus } from './words.ts';

const OTHER_ORIGIN = failure(
  'insecure-redirect',
  'receive',
  "the redirect leads to another origin than the page's, and mode is 'same-origin'",
);

/** What a fetch knows of the program it is for. */
export interface Setting {
  readonly door: Door;
  /** The address of the page that the program is, '' for none. */
  readonly page: string;
  /** Redirects that are not followed can be read. */
  readonly visibleRedirects: boolean;
}

/** One fetch over the network: hears its transfer, and makes the answer of it. */
export class Exchange extends Unattended implements Source {
  private readonly setting: Setting;
  private readonly plan: Plan;
  private ask: Ask;
  private running: Running;
  /** null once it is settled, since whoever holds them holds the answer. */
  private resolve: ((reply: Response) => void) | null;
  private reject: ((error: unknown) => void) | null;
  private readonly upload: TypedBody | null;
  private body: Arriving | null = null;
  /** Where a redirect has led. */
  private at: Url | null = null;
  private followed = 0;
  /** What is told about the page on the way, once a redirect was followed. */
  private chain: Chain | null = null;
  /** Referrer-Policy of the redirect at hand. */
  private policy = '';
  private readonly stop: (() => void) | null;

  constructor(
    setting: Setting,
    plan: Plan,
    upload: TypedBody | null,
    ask: Ask,
    resolve: (reply: Response) => void,
    reject: (error: unknown) => void,
  ) {
    super();
    this.setting = setting;
    this.plan = plan;
    this.upload = upload;
    this.ask = ask;
    this.resolve = resolve;
    this.reject = reject;
    this.running = setting.door.create(ask, this);
    const { signal } = plan;
    this.stop = signal === null ? null : () => this.aborted();
    if (this.stop !== null) onAbort(signal!, this.stop);
    setting.door.schedule(this.running);
  }

  private again(ask: Ask): void {
    this.ask = ask;
    this.running = this.setting.door.create(ask, this);
    this.setting.door.schedule(this.running);
  }

  private aborted(): void {
    const { reason } = this.plan.signal!;
    this.over();
    this.upload?.abandon?.(reason);
    this.running.cancel();
    if (this.reject !== null) this.refuse(reason);
    else this.body?.fail(reason);
  }

  // ---- Source of the body

  pause(): void {
    this.running.pause();
  }

  resume(): void {
    this.running.resume();
  }

  cancel(): void {
    this.over();
    this.running.cancel();
  }

  private over(): void {
    if (this.stop !== null) offAbort(this.plan.signal!, this.stop);
  }

  private refuse(error: unknown): void {
    const { reject } = this;
    this.reject = null;
    this.resolve = null;
    reject?.(error);
  }

  private give(reply: Reply): void {
    const { resolve } = this;
    this.reject = null;
    this.resolve = null;
    resolve?.(reply as unknown as Response);
  }

  // ---- Sink

  override upgraded(url: Url): void {
    this.at = url;
  }

  override hopHead(head?: Head): void {
    this.policy = head?.headers.combined('Referrer-Policy') ?? '';
  }

  override redirecting(to: Trip, answer: (() => void) | null): void {
    const { plan, ask } = this;
    const { page } = this.setting;
    const from = this.at ?? ask.url;
    this.at = to.url;
    this.followed++;
    if (page === '' && plan.referrer === '') return answer?.();
    this.running.cancel();
    if (plan.mode === 'same-origin' && page !== '' && !isHome(to.url, page)) return this.fail(OTHER_ORIGIN);
    this.chain = chainAfter(this.chain ?? startOf(plan, from, page), from, to.url, page, this.policy);
    this.again(askAfter(plan, ask, to, page, this.followed, this.chain));
  }

  override head(head: Head, decoded: boolean): void {
    if (isRedirectStatus(head.status) && this.stopsAt(head)) return;
    const { plan } = this;
    const expected = decoded ? -1 : head.bodyLength;
    const nothing = hasNoBody(head.status) || plan.method === 'HEAD';
    this.body = nothing ? null : new Arriving(this, expected, plan.signal);
    if (plan.integrity !== '') return void this.giveWhole(head);
    const reply = new Reply(this.replyHead(head), this.body);
    if (this.body !== null) watchForgotten(reply, this.body, expected);
    this.give(reply);
  }

  /** True for a redirect that the plan does not want to follow. */
  private stopsAt(head: Head): boolean {
    const { redirect } = this.plan;
    if (redirect === 'follow' || (redirect === 'manual' && this.setting.visibleRedirects)) return false;
    // a short page is read to its end, for the sake of the connection
    if (head.bodyLength < 0 || head.bodyLength > MOST_WAITING) this.running.cancel();
    this.over();
    if (redirect === 'manual') {
      const url = withoutFragment(this.at?.href ?? this.plan.href);
      this.give(new Reply({ status: 0, reason: '', headers: NO_FIELDS, url, redirected: false, type: 'opaqueredirect' }, null));
      return true;
    }
    const why = `the server answered ${head.status}, and redirect is 'error'`;
    this.refuse(networkError(failure('insecure-redirect', 'receive', why)));
    return true;
  }

  private replyHead(head: Head): ReplyHead {
    const { at, plan } = this;
    const url = withoutFragment(at === null ? plan.href : new URL(at.hrefWithoutUserInfo).href);
    return { status: head.status, reason: head.reason, headers: head.headers, url, redirected: this.followed > 0, type: 'basic' };
  }

  /** Nothing is given before all of it was looked at. */
  private async giveWhole(head: Head): Promise<void> {
    try {
      const bytes = this.body === null ? null : await this.body.all();
      this.give(new Reply(this.replyHead(head), arrived(insistOn(bytes, this.plan.integrity), this.plan.signal)));
    } catch (error) {
      this.refuse(error);
    }
  }

  override data(bytes: Buffer, start: number, end: number): void {
    this.body?.data(bytes, start, end);
  }

  override room(left: number): Buffer | null {
    return this.body === null ? null : this.body.room(left);
  }

  end(_trailers?: HeaderList | null): void {
    this.over();
    this.body?.end();
  }

  fail(problem: Failure): void {
    if (problem.kind === 'not-stored' && this.plan.cache === 'force-cache' && this.ask.wishes.cacheLoad === 'only')
      return this.again({ ...this.ask, wishes: { ...this.ask.wishes, cacheLoad: 'prefer-network' } });
    this.over();
    const error = networkError(problem, this.at ?? this.ask.url);
    if (this.body === null) this.refuse(error);
    else this.body.fail(error);
  }

  served(_head: Head, body: PullBody): void {
    body.close();
    this.fail(failure('scheme', 'setup', 'only what comes over the network can be fetched so'));
  }
}
