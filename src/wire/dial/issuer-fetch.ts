import type { Url } from '../../base/url.ts';
import type { Clock } from '../../contract/clock.ts';
import type { ByteStream } from '../../contract/stream.ts';
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
const LARGEST_HEAD = 8192;
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

class Fetch implements Step {
  private readonly tools: FetchTools;
  private readonly strangerIsNear: boolean;
  private readonly done: (body: Buffer | null) => void;
  private readonly timer;
  private step: Step | null = null;
  private stream: ByteStream | null = null;
  private readonly pieces: Buffer[] = [];
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
    this.stream?.destroy();
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
      const options = { port, probes: null, secure: null };
      this.step = this.tools.network.connect(to, options, (failed, stream) => {
        if (this.over) stream?.destroy();
        else if (failed !== null) this.finish(null);
        else this.ask(stream!, url);
      });
    });
    if (this.step === null && !this.over) this.step = { cancel: takeBack };
  }

  private ask(stream: ByteStream, url: Url): void {
    this.stream = stream;
    stream.handler = {
      bytes: (memory, size) => this.arrived(memory.subarray(0, size)),
      ended: () => this.finish(bodyIn(Buffer.concat(this.pieces), true) ?? null),
      closed: () => this.finish(null),
    };
    // HTTP/1.0 has no chunks
    stream.writeText(`GET ${url.target} HTTP/1.0\r\nHost: ${url.authority}\r\nAccept: application/pkix-cert, */*\r\n\r\n`);
  }

  private arrived(bytes: Buffer): void {
    if (this.over) return;
    this.pieces.push(Buffer.from(bytes));
    const body = bodyIn(Buffer.concat(this.pieces), false);
    if (body !== undefined) this.finish(body);
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

/** The body of an answer, as soon as it is whole, which is said by its length or by the end; undefined = not yet, null = it is of no use. */
function bodyIn(answer: Buffer, ended: boolean): Buffer | null | undefined {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return ended || answer.length > LARGEST_HEAD ? null : undefined;
  const head = answer.toString('latin1', 0, end);
  const body = answer.subarray(end + 4);
  const length = Number(/\r\nContent-Length:[ \t]*(\d+)[ \t]*(?:\r\n|$)/i.exec(head)?.[1] ?? Number.NaN);
  if (!/^HTTP\/1\.[01] 200(?: |\r\n|$)/.test(head) || /\r\n(?:Transfer|Content)-Encoding:/i.test(head)) return null;
  if (Math.max(body.length, length || 0) > LARGEST || body.length > length) return null;
  if (body.length === length) return body;
  if (!ended) return undefined;
  return Number.isNaN(length) ? body : null;
}
