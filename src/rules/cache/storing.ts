// Whether an answer may be kept (RFC 9111 3).
import type { HeaderList } from '../../base/header-list.ts';
import { Url } from '../../base/url.ts';
import { type ResponseDirectives, requestDirectives, responseDirectives } from './directives.ts';
import { isHeuristicallyCacheable, lifetimeOf } from './lifetime.ts';
import { rangeOf } from './ranges.ts';
import type { RequestFields } from './request-fields.ts';

export interface StoreQuestion {
  readonly method: string;
  readonly url: Url;
  /** Of the request as it was sent. */
  readonly fields: RequestFields;
  readonly status: number;
  /** Of the answer. */
  readonly headers: HeaderList;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The store is used for many people. */
  readonly shared: boolean;
  /** But this request's part of it for one of them only. */
  readonly partitioned: boolean;
}

/** RFC 9111 3. A 206 only as a part whose place is known; whether it goes in the place of what is there, `ranges.ts` tells. */
export function mayStore(q: StoreQuestion): boolean {
  const { fields, status, headers } = q;
  if (status < 200 || isOfTheRequest(status) || (status === 206 && rangeOf(status, headers) === null)) return false;
  const said = responseDirectives(headers);
  if (requestDirectives(fields.get('cache-control'), undefined).noStore || isForbidden(status, said)) return false;
  const common = q.shared && !q.partitioned;
  if (common && !isForAnybody(fields, headers, said)) return false;
  if (isForNobody(headers)) return false;
  switch (q.method) {
    case 'GET':
      return isWorthKeeping(q, said);
    case 'POST':
      return answersGet(q, said);
    default:
      return false;
  }
}

/**
 * Statuses that speak of the way in which this one request was made, and not of what is there: others would get them who asked otherwise.
 * RFC 9110 15.4.5, 15.5; RFC 3229 10.4.1; RFC 6585 3 to 6; RFC 8470 5.2.
 */
function isOfTheRequest(status: number): boolean {
  switch (status) {
    case 226:
    case 304:
    case 401:
    case 407:
    case 408:
    case 412:
    case 416:
    case 417:
    case 421:
    case 425:
    case 426:
    case 428:
    case 429:
    case 431:
    case 511:
      return true;
    default:
      return false;
  }
}

/** RFC 9111 5.2.2.5; 5.2.2.3: no-store is for those who do not know the status, if must-understand stands beside it. */
function isForbidden(status: number, said: ResponseDirectives): boolean {
  if (said.mustUnderstand) return !isUnderstood(status);
  return said.noStore;
}

/** RFC 9111 3.5, 5.2.2.7, 7.3; stricter than these, as cookies make answers for one person and servers forget to say so. */
function isForAnybody(request: RequestFields, headers: HeaderList, said: ResponseDirectives): boolean {
  return (
    !said.private &&
    !headers.has('set-cookie') &&
    request.get('authorization') === undefined &&
    request.get('cookie') === undefined
  );
}

/** RFC 9111 4.1: `Vary: *` never matches a request. */
function isForNobody(headers: HeaderList): boolean {
  return (
    headers
      .combined('vary')
      ?.split(',')
      .some((name) => name.trim() === '*') ?? false
  );
}

/**
 * RFC 9111 3: what says something of caching, or has a status that needs no word. Errors only if they are fresh: they would push out a
 * good answer and be of no use themselves.
 */
function isWorthKeeping(q: StoreQuestion, said: ResponseDirectives): boolean {
  const { status, headers, now, shared } = q;
  if (status >= 400) return lifetimeOf(status, headers, said, now, shared) > 0;
  return said.public || said.private || hasExplicitLifetime(q, said) || isHeuristicallyCacheable(status);
}

function hasExplicitLifetime({ headers, shared }: StoreQuestion, said: ResponseDirectives): boolean {
  return said.maxAge >= 0 || (shared && said.sMaxAge >= 0) || headers.has('expires');
}

/** RFC 9110 9.3.3: an answer to POST that says it is what GET would bring, and for how long. */
function answersGet(q: StoreQuestion, said: ResponseDirectives): boolean {
  const location = q.headers.get('content-location');
  if (q.status !== 200 || location === undefined || !hasExplicitLifetime(q, said)) return false;
  const url = q.url.resolve(Url.parse(location));
  return url.error === '' && url.origin === q.url.origin && url.target === q.url.target;
}

/** The final statuses of RFC 9110 15 that may be kept; all of them are given out as they mean it. */
function isUnderstood(status: number): boolean {
  return (
    (status >= 200 && status <= 206) ||
    (status >= 300 && status <= 308 && status !== 306) ||
    (status >= 400 && status <= 415) ||
    status === 422 ||
    (status >= 500 && status <= 505)
  );
}
