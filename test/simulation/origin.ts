import { gzipSync } from 'node:zlib';
import type { TestClock } from '../../src/testing/network/clock.ts';
import type { TestService } from '../../src/testing/network/services.ts';
import type { TestAnswer, TestFault } from '../../src/testing/server/answer.ts';
import type { TestRequest } from '../../src/testing/server/request.ts';
import { checkArrival } from './arrival.ts';
import { bodyOf } from './body.ts';
import type { Books, Served } from './books.ts';
import type { Dice } from './dice.ts';
import type { AnswerPlan, Plan, Site } from './plan.ts';

/** Told of what a server does wrong, with the request it does it to. */
export type Wronged = (id: number, fault: string) => void;

interface Surroundings {
  readonly clock: TestClock;
  /** Hosts whose answers come in one piece if they are sent so. */
  readonly whole: ReadonlySet<string>;
  readonly wronged: Wronged;
}

/** As if it were the answer to the next request. */
const SURPLUS = Buffer.from('HTTP/1.1 200 OK\r\nX-Serial: 999999\r\nContent-Length: 5\r\n\r\nwrong');

const UNLOOKED: readonly unknown[] = ['goaway', 'refuse stream'];

/** Plays the sites: answers as the plans say, and writes down what came and what was said. */
export class Origins {
  private readonly books: Books;
  private readonly dice: Dice;
  private readonly clock: TestClock;
  private readonly whole: ReadonlySet<string>;
  private readonly wronged: Wronged;
  private asked = 0;
  private readonly times = new Map<string, number>();
  /** What a cached page has now. */
  private readonly pages = new Map<string, { served: Served; until: number; rules: string }>();

  constructor(books: Books, dice: Dice, { clock, whole, wronged }: Surroundings) {
    this.books = books;
    this.dice = dice;
    this.clock = clock;
    this.whole = whole;
    this.wronged = wronged;
  }

  service(site: Site): TestService {
    return { routes: { '*': (request) => this.answer(site, request) } };
  }

  private answer(site: Site, request: TestRequest): TestAnswer {
    const { books } = this;
    const path = request.target.replace(/^[a-z]+:\/\/[^/]*/, '');
    const [, kind = '', first = '', second = ''] = path.split('/');
    const id = kind === 'page' ? Number(request.header('x-id')) : Number(first);
    const plan = books.plans.get(id);
    books.note(`   ${site.url} gets ${request.method} ${path} of ${id}${request.short ? ', cut short' : ''}`);
    if (plan === undefined) {
      books.violated('requests', `${site.url} was asked for ${request.line}, which nobody has made`);
      return { status: 500 };
    }
    checkArrival(books, site, plan, request);
    // whose request did not come whole has not asked for anything
    if (request.short) return {};
    if (kind === 'page') return this.page(site, path, plan, request);
    const step = plan.steps[Number(second)]!;
    if (plan.guarded && second === '0' && !this.admits(site, request))
      return { status: 401, headers: { 'WWW-Authenticate': `Basic realm="${site.host}"` }, body: 'Who are you?' };
    const nth = (this.times.get(path) ?? 0) + 1;
    this.times.set(path, nth);
    const answer = step.answers[Math.min(nth, step.answers.length) - 1]!;
    const fault = faultFor(answer.fault, request);
    if (!UNLOOKED.includes(fault)) this.act(id, site, path, request);
    else if (fault === 'goaway') this.passOver(lineOf(site, request), request.stream);
    return this.say(site, path, plan, answer, fault, request, plan.steps[Number(second) + 1]?.site);
  }

  private admits({ host }: Site, request: TestRequest): boolean {
    const proof = /^Basic (.+)$/.exec(request.header('authorization') ?? '')?.[1] ?? '';
    return Buffer.from(proof, 'base64').toString() === `${host}:secret`;
  }

  private act(id: number, site: Site, path: string, request: TestRequest): void {
    const { acted } = this.books;
    const key = `${id} ${site.url}${path} ${request.method}`;
    acted.set(key, [...(acted.get(key) ?? []), { line: lineOf(site, request), stream: request.stream }]);
  }

  private passOver(line: string, stream: number): void {
    const { passedOver } = this.books;
    passedOver.set(line, Math.min(stream, passedOver.get(line) ?? stream));
  }

  private say(
    site: Site,
    path: string,
    { id }: Plan,
    answer: AnswerPlan,
    fault: TestFault | null,
    request: TestRequest,
    next: Site | undefined,
  ): TestAnswer {
    const { books } = this;
    const serial = books.serial();
    const { status, size } = answer;
    const headers: [string, string][] = [['X-Serial', String(serial)]];
    if (answer.cookies) headers.push(...cookiesOf(serial, site));
    if (answer.hsts && site.scheme === 'https') headers.push(['Strict-Transport-Security', 'max-age=100000000']);
    if (answer.kind === 'redirect' && next !== undefined)
      headers.push(['Location', `${next.url}/r/${id}/${Number(path.split('/')[3]) + 1}`]);
    const served: Served = { serial, id, site, path, status, size, etag: '', plan: answer };
    books.served.set(serial, served);
    const body = status === 204 || status === 304 ? '' : bodyOf(`s${serial}`, size);
    if (fault !== null) this.wronged(id, nameOf(fault));
    const http1 = !request.version.startsWith('HTTP/2');
    if (http1 && answer.kind === 'garbage') {
      books.unread.add(serial);
      this.wronged(id, 'malformed head');
      const cookies = cookiesOf(serial, site).map(([name, value]) => `${name}: ${value}\r\n`);
      return { raw: answer.garbage.replace('COOKIES', cookies.join('')), end: 'close', delay: answer.delay };
    }
    const { framing, chunks, pause, delay, coded } = answer;
    const sent =
      coded && request.header('accept-encoding')?.includes('gzip') && body.length > 0 ? gzipSync(body, { level: 1 }) : body;
    if (sent !== body) headers.push(['Content-Encoding', 'gzip']);
    // without a length nobody could tell
    const open = framing === 'close' || (framing === 'chunked' && !http1);
    const truncated = answer.truncate >= 0 && answer.truncate < sent.length && !open;
    if (truncated) this.wronged(id, 'truncated body');
    // what comes later than the next request has gone out nobody could tell from its answer
    if (
      http1 &&
      answer.surplus &&
      this.whole.has(site.host) &&
      sent.length < 30_000 &&
      framing === 'length' &&
      fault === null &&
      !truncated &&
      sent.length > 0 &&
      request.method !== 'HEAD'
    ) {
      headers.push(['Content-Length', String(sent.length)]);
      return { status, headers, body: Buffer.concat([Buffer.from(sent), SURPLUS]), delay };
    }
    return {
      ...{ status, headers, body: sent, framing, chunks, pause, delay },
      ...(fault === null ? {} : { fault }),
      ...(truncated ? { truncate: answer.truncate, end: 'close' } : {}),
      ...(http1 && answer.kind === 'interim' ? { before: ['HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'] } : {}),
    };
  }

  /** A page that may be stored; it is another one after a while. */
  private page(site: Site, path: string, plan: Plan, request: TestRequest): TestAnswer {
    const key = `${site.url}${path}`;
    let page = this.pages.get(key);
    if (page === undefined || this.clock.now() >= page.until) {
      const serial = this.books.serial();
      const own = this.dice.branch(serial);
      const served: Served = { serial, id: plan.id, site, path, status: 200, size: own.size(), etag: `"v${serial}"`, plan: null };
      this.books.served.set(serial, served);
      const rules = own.pick([
        'max-age=1',
        'max-age=60',
        'max-age=600',
        'no-cache',
        'max-age=1, stale-while-revalidate=30',
        'max-age=2, stale-if-error=60',
      ]);
      page = { served, until: this.clock.now() + own.pick([500, 5_000, 1_000_000]), rules };
      this.pages.set(key, page);
    }
    return this.pageAnswer(page.served, page.rules, plan, request);
  }

  private pageAnswer({ serial, etag, size }: Served, rules: string, { id }: Plan, request: TestRequest): TestAnswer {
    const own = this.dice.branch(1_000_000 + this.asked++);
    const headers: [string, string][] = [
      ['X-Serial', String(serial)],
      ['ETag', etag],
      ['Cache-Control', rules],
      ['Date', new Date(this.clock.wall()).toUTCString()],
    ];
    if (request.header('if-none-match') === etag) return { status: 304, headers };
    const body = bodyOf(`s${serial}`, size);
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.header('range') ?? '');
    const fits = request.header('if-range') === undefined || request.header('if-range') === etag;
    const from = Number(range?.[1] ?? 0);
    const wrong = own.flip(0.3)
      ? faultFor(
          own.pick([
            { close: own.between(0, size + 300) },
            { reset: own.between(0, size + 300) },
            'refuse stream',
            { resetStream: own.between(0, size) },
          ]),
          request,
        )
      : null;
    if (wrong !== null) this.wronged(id, nameOf(wrong));
    const more = { ...(wrong === null ? {} : { fault: wrong }), delay: own.pick([0, 0, 30, 400]) };
    if (range === null || !fits || from >= size)
      return { ...more, headers, body, ...(own.flip(0.6) ? { framing: 'chunked', chunks: [100, 500] } : {}) };
    const to = range[2] === '' ? size - 1 : Math.min(size - 1, Number(range[2]));
    headers.push(['Content-Range', `bytes ${from}-${to}/${size}`]);
    return { ...more, status: 206, headers, body: body.subarray(from, to + 1) };
  }
}

const lineOf = ({ url }: Site, { connection }: TestRequest): string => `${url} ${connection}`;

function cookiesOf(serial: number, { scheme }: Site): [string, string][] {
  const age = serial % 3 === 0 ? '; Max-Age=20' : '';
  const pair: [string, string][] = [
    ['Set-Cookie', `one=${serial}; Path=/${age}`],
    ['Set-Cookie', `two=${serial}; Path=/${age}`],
  ];
  return scheme === 'https' ? [...pair, ['Set-Cookie', `safe=${serial}; Path=/; Secure`]] : pair;
}

/** The fault as it can be said in the version of the request; null = it cannot. */
function faultFor(fault: TestFault | null, { version }: TestRequest): TestFault | null {
  if (fault === null || version.startsWith('HTTP/2')) return fault;
  return fault === 'goaway' || fault === 'refuse stream' || (typeof fault === 'object' && 'resetStream' in fault) ? null : fault;
}

function nameOf(fault: TestFault): string {
  if (typeof fault !== 'string') return Object.keys(fault)[0] === 'resetStream' ? 'reset stream' : 'end of server';
  return fault === 'goaway' ? 'GOAWAY' : fault === 'refuse stream' ? fault : 'end of server';
}
