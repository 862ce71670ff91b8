import { Url } from '../../base/url.ts';
import type { DoorOwner } from '../../contract/door.ts';
import { DOOR } from '../../contract/door.ts';
import { failure } from '../../contract/failure.ts';
import { askOf } from './asks.ts';
import { isBadPort } from './bad-ports.ts';
import { networkError } from './errors.ts';
import { Exchange, type Setting } from './exchange.ts';
import type { TypedBody } from './init-body.ts';
import { fetchBlob, fetchData } from './local.ts';
import { isHome } from './page.ts';
import { type FetchInit, type Plan, planOf } from './plan.ts';
import { linkPlatform, type Reply } from './reply.ts';

/** What can be said about a fetch when it is made. */
export interface FetchOptions {
  /**
   * The address of the page that the program stands for, absolute. Relative URLs are found from it, and with the credentials mode
   * 'same-origin' cookies go to its origin. Without one, the default, URLs are absolute and 'same-origin' is nobody's.
   */
  readonly base?: string | URL;
  /**
   * With `redirect: 'manual'` the answer is the redirect itself, with status and headers, as Node.js has it. Without, the default, it is the
   * standard's: `type` 'opaqueredirect' and status 0.
   */
  readonly visibleRedirects?: boolean;
}

/** A fetch as the standard has it; see docs/fetch.md for where a program is not a page. */
export type Fetch = (input: string | URL | Request, init?: FetchInit) => Promise<Response>;

/** A fetch on the engine of `owner`. Throws a TypeError for a base that is no URL. */
export function fetchOn(owner: DoorOwner, options: FetchOptions = {}): Fetch {
  linkPlatform();
  const page = options.base === undefined ? '' : new URL(options.base).href;
  const setting: Setting = { door: owner[DOOR](), page, visibleRedirects: options.visibleRedirects === true };
  return function fetch(input, init) {
    return new Promise((resolve, reject) => begin(setting, planOf(input, init, page), resolve, reject));
  };
}

type Resolve = (reply: Response | Promise<Response>) => void;
type Reject = (error: unknown) => void;

function begin(setting: Setting, plan: Plan, resolve: Resolve, reject: Reject): void {
  const { href, signal, body } = plan;
  if (signal?.aborted === true) {
    if (body !== null && 'then' in body) body.then((made) => made.abandon?.(signal.reason), reject);
    else body?.abandon?.(signal.reason);
    return reject(signal.reason);
  }
  if (href.startsWith('http')) {
    const url = Url.parse(href);
    refuse(setting, plan, url);
    if (body !== null && 'then' in body) body.then((made) => send(setting, plan, url, made, resolve, reject)).catch(reject);
    else send(setting, plan, url, body, resolve, reject);
  } else if (href.startsWith('data:')) resolve(fetchData(plan) as Reply & Response);
  else if (href.startsWith('blob:')) resolve(fetchBlob(plan) as (Reply & Response) | Promise<Reply & Response>);
  else
    throw networkError(
      failure('scheme', 'setup', `only http, https, data and blob can be fetched, not ${href.slice(0, href.indexOf(':'))}`),
    );
}

function send(setting: Setting, plan: Plan, url: Url, body: TypedBody | null, resolve: Resolve, reject: Reject): void {
  if (plan.signal?.aborted === true) {
    body?.abandon?.(plan.signal.reason);
    return reject(plan.signal.reason);
  }
  new Exchange(setting, plan, body, askOf(plan, url, body, setting.door.wishes(), setting.page), resolve, reject);
}

/** Fetch 4.1: bad ports, and mode 'same-origin'. */
function refuse({ page }: Setting, { mode }: Plan, url: Url): void {
  if (url.port >= 0 && isBadPort(url.port))
    throw networkError(failure('input', 'setup', `port ${url.port} is one that the standard does not allow`));
  if (mode !== 'same-origin' || page === '' || isHome(url, page)) return;
  throw networkError(failure('input', 'setup', "the URL has another origin than the page, and mode is 'same-origin'"));
}
