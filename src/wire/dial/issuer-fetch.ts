import type { Url } from '../../base/url.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Head } from '../../contract/head.ts';
import type { ByteStream } from '../../contract/stream.ts';
import type { ConnectionOwner } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import { H1Connection } from '../h1/connection.ts';
import { H1_LIMITS, type H1Limits } from '../h1/limits.ts';
import { isNear } from './near-addresses.ts';
import type { Network, Step } from './network.ts';
import type { Resolver } from './resolver.ts';

/** What fetching needs of the world. */
export interface FetchTools {
  readonly network: Network;
  readonly resolver: Resolver;
  readonly clock: Clock;
}

const LONGEST_MS = 2000;
const LARGEST = 65_536;
const LIMITS: H1Limits = { ...H1_LIMITS, headBytes: 8192 };
const HTTP_PORT = 80;

/**
 * Gets a small file by plain HTTP, for somebody who has been told its place by a stranger: within 2 seconds, 64 KiB at most, without redirects and
 * without saying anything about us. Where the stranger is not near himself, only from port 80 of a machine that is not near either.
 */
export function fetchSmall(url: Url, strangerIsNear: boolean, tools: FetchTools, done: (body: Buffer | null) => void): Step {
  const fetch = new Fetch(tools, strangerIsNear, done);
  fetch.start(url);
  return fetch;
}

class Fetch implements Step, Exchange {
  readonly method = 'GET';
  readonly body = null;
  readonly closeAfter = true;
  headText = '';
  private readonly tools: FetchTools;
  private readonly strangerIsNear: boolean;
  private readonly done: (body: Buffer | null) => void;
  private readonly timer;
  private step: Step | null = null;
  private connection: H1Connection | null = null;
  private readonly pieces: Buffer[] = [];
  private size = 0;
  private over = false;

  constructor(tools: FetchTools, strangerIsNear: boolean, done: (body: Buffer | null) => void) {
    this.tools = tools;
    this.strangerIsNear = strangerIsNear;
    this.done = done;
    this.timer = tools.clock.after(LONGEST_MS, () => this.finish(null));
  }

  cancel(): void {
    this.over = true;
    this.timer.cancel();
    this.step?.cancel();
    this.connection?.destroy();
  }

  start(url: Url): void {
    const { host, effectivePort: port } = url;
    const allowed =
      url.scheme === 'http' && url.userInfo === null && host !== null && (this.strangerIsNear || port === HTTP_PORT);
    if (!allowed) return this.later();
    const takeBack = this.tools.resolver.resolve(host, (problem, addresses) => {
      this.step = null;
      if (this.over) return;
      const to = problem === null ? addresses.find(({ address }) => this.strangerIsNear || !isNear(address)) : undefined;
      if (to === undefined) return this.later();
      const options = { port, probes: null, local: null, secure: null };
      this.step = this.tools.network.connect(to, options, (failed, stream) => {
        if (this.over) stream?.destroy();
        else if (failed !== null) this.finish(null);
        else this.ask(stream!, url);
      });
    });
    if (this.step === null && !this.over) this.step = { cancel: takeBack };
  }

  private ask(stream: ByteStream, url: Url): void {
    this.headText = `GET ${url.target} HTTP/1.0\r\nHost: ${url.authority}\r\nAccept: application/pkix-cert, */*\r\n\r\n`;
    this.connection = new H1Connection(stream, 0, NOBODY, this.tools.clock, LIMITS);
    this.connection.send(this);
  }

  // Exchange

  sent(): void {}
  uploaded(): void {}
  allSent(): void {}
  interim(): void {}

  head({ status, headers, bodyLength }: Head): void {
    // HTTP/1.0 has no chunks
    const coded = headers.has('Transfer-Encoding') || headers.has('Content-Encoding');
    if (status !== 200 || coded || bodyLength > LARGEST) this.finish(null);
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.size += end - start;
    if (this.size > LARGEST) this.finish(null);
    else this.pieces.push(Buffer.from(bytes.subarray(start, end)));
  }

  room(): null {
    return null;
  }

  end(): void {
    this.finish(Buffer.concat(this.pieces, this.size));
  }

  fail(): void {
    this.finish(null);
  }

  /** Nobody is told before the call returns. */
  private later(): void {
    this.tools.clock.soon(() => this.finish(null));
  }

  private finish(body: Buffer | null): void {
    if (this.over) return;
    this.cancel();
    this.done(body);
  }
}

/** The connection is for one answer. */
const NOBODY: ConnectionOwner = { free() {}, retired() {}, mastered() {}, downgrade: () => false, gone() {} };
