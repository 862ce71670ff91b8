import type { TestRequest } from '../../src/testing/server/request.ts';
import { bodyOf, differenceOf } from './body.ts';
import type { Books } from './books.ts';
import { isIdempotent, type Plan, type Site } from './plan.ts';

/** What has to be true of every request that arrives, as far as its server can see. */
export function checkArrival(books: Books, site: Site, plan: Plan, request: TestRequest): void {
  const who = `request ${plan.id} (${plan.method}) at ${site.url}`;
  checkBody(books, plan, request, who);
  checkCookies(books, site, request, who);
  checkSecrets(books, site, plan, request, who);
  if (site.scheme === 'http' && books.knownThen.get(plan.id)?.has(site.host) === true)
    books.violated('hsts', `${who} came in the clear, though the host was known to want TLS when it was made`);
}

function checkBody(books: Books, plan: Plan, { method, body, short }: TestRequest, who: string): void {
  const wanted = bodyOf(`u${plan.id}`, method === plan.method && plan.body !== 'none' ? plan.bodySize : 0);
  const difference = differenceOf(body, wanted);
  if (difference !== '') books.violated('uploads', `${who}: the body is not what was given: ${difference}`);
  else if (!short && body.length < wanted.length)
    books.violated('uploads', `${who}: came whole with ${body.length} of ${wanted.length} bytes of its body`);
  else if (!short && plan.body === 'broken' && method === plan.method)
    books.violated('uploads', `${who}: came whole although its source had failed`);
}

function checkCookies(books: Books, { host, scheme }: Site, request: TestRequest, who: string): void {
  const text = request.header('cookie');
  if (text === undefined) return;
  const cookies = new Map(text.split('; ').map((pair) => pair.split('=') as [string, string]));
  const [one, two] = [cookies.get('one'), cookies.get('two')];
  if (one !== two) books.violated('cookies', `${who}: two cookies that belong together are torn: ${text}`);
  if (scheme === 'http' && cookies.has('safe')) books.violated('cookies', `${who}: a secure cookie came in the clear: ${text}`);
  for (const value of cookies.values()) {
    const from = books.served.get(Number(value));
    if (from === undefined) books.violated('cookies', `${who}: a cookie that nobody has set: ${text}`);
    else if (from.site.host !== host) books.violated('cookies', `${who}: a cookie of ${from.site.host}: ${text}`);
    else if (books.unread.has(from.serial)) books.violated('cookies', `${who}: a cookie of a head that is none: ${text}`);
  }
}

function checkSecrets(books: Books, site: Site, plan: Plan, request: TestRequest, who: string): void {
  const proof = /^Basic (.+)$/.exec(request.header('authorization') ?? '')?.[1];
  if (proof !== undefined) {
    const [owner] = Buffer.from(proof, 'base64').toString().split(':');
    if (owner !== site.host) books.violated('secrets', `${who}: the credentials are those of ${owner}`);
  }
  const key = request.header('x-secret');
  const first = plan.steps[0]?.site ?? site;
  const turned = first.scheme === 'http' && site.scheme === 'https' && first.host === site.host;
  if (key !== undefined && first.url !== site.url && !turned)
    books.violated('secrets', `${who}: a secret that was given to ${first.url} came along`);
  if (request.header('proxy-authorization') !== undefined)
    books.violated('secrets', `${who}: the server gets what is for the proxy`);
}

/** Nobody's request was acted on twice who has not allowed it. */
export function checkActed(books: Books): void {
  for (const [key, arrivals] of books.acted) {
    const [id = '', , method = ''] = key.split(' ');
    const times = arrivals.filter(({ line, stream }) => stream < (books.passedOver.get(line) ?? Number.POSITIVE_INFINITY)).length;
    if (times > 1 && !isIdempotent(method) && books.plans.get(Number(id))?.resend === false)
      books.violated('once', `request ${key} was acted on ${times} times`);
  }
}
