import type { HeaderList } from '../../base/header-list.ts';
import type { Url } from '../../base/url.ts';
import type { Ask, Trip } from '../../contract/ask.ts';
import type { CredentialQuestion } from '../../contract/auth.ts';
import type { Door, Running } from '../../contract/door.ts';
import type { Attempt, Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { NetLogEvent, Timings } from '../../contract/netlog.ts';
import type { SecureInfo } from '../../contract/security.ts';
import type { PullBody, Sink } from '../../contract/sink.ts';
import type { Crumbs } from './crumbs.ts';

/** What one request has shown. */
export interface Seen {
  readonly failure: Failure | null;
  /** The head of the final answer, or of the redirect that was not followed; null = none came. */
  readonly head: Head | null;
  /** Where each trip went and what it got, the last one included. */
  readonly stops: readonly { readonly url: Url; readonly head: Head | null }[];
  /** The URL of the last trip. */
  readonly url: Url;
  /** The host wants TLS only, and was asked so. */
  readonly upgraded: boolean;
  /** Of the last handshake that came to an end. */
  readonly secure: SecureInfo | null;
  /** The name that was looked up, of the last trip; '' = none was. */
  readonly host: string;
  readonly addresses: readonly string[];
  readonly attempts: readonly Attempt[];
  /** As in `proxyText`; '' = there was none. */
  readonly proxy: string;
  /** Those that were not answered. */
  readonly questions: readonly CredentialQuestion[];
  readonly timings: Timings;
  /** Every event, without secrets. */
  readonly events: readonly NetLogEvent[];
  /** The server wanted a key that both know. */
  readonly keyWanted: boolean;
  /** Bytes of the body that have come. */
  readonly bytes: number;
  /** The beginning of the page of a refusal. */
  readonly page: string;
  /** Octets of the Cookie field of the last trip. */
  readonly cookieOctets: number;
}

/** How a request is made and looked at. */
export interface Luggage {
  /** Bytes of the body that are read at most. */
  readonly bodyLimit: number;
  readonly signal?: AbortSignal | undefined;
  /** A key that both know is offered. */
  readonly sharesKeys?: boolean;
  /** Cookies of its own; absent = those of the engine, as the wishes have it. */
  readonly crumbs?: Crumbs;
}

/** Makes a request and takes down what there is to see; never rejects but for the signal. */
export function travel(door: Door, ask: Ask, luggage: Luggage): Promise<Seen> {
  const { signal } = luggage;
  return new Promise((resolve, reject) => {
    const voyage = new Voyage(door, ask, luggage, (seen) => {
      signal?.removeEventListener('abort', stop);
      resolve(seen);
    });
    const stop = (): void => {
      voyage.cancel();
      reject(signal!.reason);
    };
    if (signal?.aborted === true) return stop();
    signal?.addEventListener('abort', stop, { once: true });
    voyage.start();
  });
}

/** Letters of a page that are looked at. */
const PAGE = 4096;

class Voyage implements Sink {
  readonly sharesKeys: boolean;
  private keyWanted = false;
  private readonly door: Door;
  private readonly running: Running;
  private readonly bodyLimit: number;
  private readonly crumbs: Crumbs | undefined;
  private fields: HeaderList;
  /** What is ours of the Cookie field; '' = it is the program's, or there is none. */
  private baked = '';
  private readonly done: (seen: Seen) => void;
  private readonly stops: { url: Url; head: Head | null }[];
  private readonly questions: CredentialQuestion[] = [];
  private readonly events: NetLogEvent[] = [];
  private lastHead: Head | null = null;
  private info: SecureInfo | null = null;
  private wasUpgraded = false;
  private bytes = 0;
  private page = '';
  private leave: () => void = () => {};

  constructor(door: Door, ask: Ask, { bodyLimit, sharesKeys, crumbs }: Luggage, done: (seen: Seen) => void) {
    this.door = door;
    this.sharesKeys = sharesKeys === true;
    this.bodyLimit = bodyLimit;
    this.crumbs = crumbs;
    this.done = done;
    this.stops = [{ url: ask.url, head: null }];
    this.fields = crumbs === undefined ? ask.headers : ask.headers.copy();
    this.bake(ask.url);
    this.running = door.create({ ...ask, headers: this.fields }, this);
  }

  start(): void {
    const { id } = this.running;
    this.leave = this.door.listen((event) => {
      if (event.transfer === id) this.events.push(event);
    });
    this.door.schedule(this.running);
  }

  cancel(): void {
    this.leave();
    this.running.cancel();
  }

  private over(failure: Failure | null): void {
    const { stops, events, running } = this;
    const timings = running.timings;
    this.leave();
    const last = events.at(-1)?.hop ?? 0;
    const of = (what: string): NetLogEvent[] => events.filter((event) => event.hop === last && event.what === what);
    const proxy = String(of('proxy').at(-1)?.detail?.['proxy'] ?? 'none');
    this.done({
      failure,
      head: this.lastHead,
      stops,
      url: stops.at(-1)!.url,
      upgraded: this.wasUpgraded,
      secure: running.secure ?? this.info,
      host: String(of('resolve').at(-1)?.detail?.['host'] ?? ''),
      addresses: (of('connect').at(-1)?.detail?.['addresses'] as readonly string[] | undefined) ?? [],
      attempts: of('attempt').map(({ detail }) => detail as unknown as Attempt),
      proxy: proxy === 'none' ? '' : proxy,
      questions: this.questions,
      timings,
      events,
      keyWanted: this.keyWanted,
      bytes: this.bytes,
      page: this.page,
      cookieOctets: this.fields.get('Cookie')?.length ?? 0,
    });
  }

  // ---- told

  dialing(): void {}
  sent(): void {}
  uploaded(): void {}
  interimHead(): void {}

  secured(info: SecureInfo): void {
    this.info = info;
  }

  upgraded(url: Url): void {
    this.wasUpgraded = true;
    this.stops.at(-1)!.url = url;
    this.bake(url);
  }

  /** The lists of the trips are ours alone, and read when a hop sets out. */
  private bake(url: Url): void {
    if (this.crumbs === undefined) return;
    const cookies = this.crumbs.header(url);
    // as with the jar of the engine, a field of the program's stays when there is nothing to say
    if (cookies !== '') this.fields.set('Cookie', cookies);
    else if (this.baked !== '' && this.fields.get('Cookie') === this.baked) this.fields.remove('Cookie');
    this.baked = cookies;
  }

  misled(): void {}

  hopHead(head: Head): void {
    const stop = this.stops.at(-1)!;
    stop.head = head;
    this.lastHead = head;
    this.crumbs?.receive(head.headers.all('Set-Cookie'), stop.url);
  }

  redirecting(to: Trip, answer: (() => void) | null): void {
    this.stops.push({ url: to.url, head: null });
    this.lastHead = null;
    this.info = null;
    this.fields = to.headers;
    this.bake(to.url);
    answer?.();
  }

  head(head: Head): void {
    this.hopHead(head);
    // nobody knows when those end
    if (/^text\/event-stream\b/i.test(head.headers.get('Content-Type') ?? '')) this.enough();
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.bytes += end - start;
    if ((this.lastHead?.status ?? 0) >= 400 && this.page.length < PAGE)
      this.page += bytes.toString('latin1', start, end).slice(0, PAGE);
    if (this.bytes >= this.bodyLimit) this.enough();
  }

  private enough(): void {
    this.running.cancel();
    this.over(null);
  }

  room(): null {
    return null;
  }

  end(): void {
    this.over(null);
  }

  fail(failure: Failure): void {
    this.over(failure);
  }

  served(head: Head, body: PullBody): void {
    body.close();
    this.hopHead(head);
    this.over(null);
  }

  // ---- asked

  credentials(question: CredentialQuestion, answer: (credentials: null) => void): void {
    this.questions.push(question);
    answer(null);
  }

  distrusted(info: SecureInfo): boolean {
    this.info = info;
    return false;
  }

  /** A connection that others have accepted is no proof of anything. */
  trusts(): boolean {
    return false;
  }

  sharedKey(): null {
    this.keyWanted = true;
    return null;
  }
}
