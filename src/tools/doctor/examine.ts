import { adviceFor, type FindingCode } from '../../api/advice/advice.ts';
import { TOKEN_LINE } from '../../api/advice/http-advice.ts';
import { fillIn, lineOf } from '../../api/advice/words.ts';
import { HeaderList } from '../../base/header-list.ts';
import { speaksHttp } from '../../base/local-scheme.ts';
import { hideInText } from '../../base/redaction.ts';
import { Url } from '../../base/url.ts';
import type { Ask, Wishes } from '../../contract/ask.ts';
import type { Clock } from '../../contract/clock.ts';
import { DOOR, type Door } from '../../contract/door.ts';
import { QNetworkAccessManager } from '../../index.ts';
import { phasesOf } from '../../rules/phases.ts';
import { proxyText } from '../../rules/proxy/proxy-url.ts';
import { chainOf } from './chain.ts';
import { Crumbs } from './crumbs.ts';
import type { Diagnosis, Finding, Fix } from './diagnosis.ts';
import { authoritiesProblem } from './environment.ts';
import { evidenceOf, isKeptAway } from './evidence.ts';
import { knownOf, shown } from './known.ts';
import { Laboratory, proxyAs } from './laboratory.ts';
import type { Plan } from './plan.ts';
import { isInTheOpen, readingOf } from './reading.ts';
import { broughtBy, proxyForOthers, type Surroundings, surroundingsOf, systemProxy } from './surroundings.ts';
import { symptomsOf } from './symptoms.ts';
import { asItIs, tryOut, type Verdict } from './trials.ts';
import { type Seen, travel } from './voyage.ts';
import { refusedCookies, type Warning, warningsOf } from './warnings.ts';
import { within } from './within.ts';

/** Looks at a URL: makes the request, tells what is wrong, and tries what helps. */
export async function examine(text: string, plan: Plan, clock: Clock): Promise<Diagnosis> {
  const url = Url.parse(text);
  const problem = problemOf(url);
  if (problem !== null) return unfit(text, url, problem, plan);
  if (plan.manager !== null) return look(plan.manager, url, plan, clock);
  const own = new QNetworkAccessManager();
  try {
    return await look(own, url, plan, clock);
  } finally {
    await own.close();
  }
}

function problemOf(url: Url): FindingCode | null {
  if (url.error !== '' || url.scheme === '') return 'url-invalid';
  if (!speaksHttp(url.scheme)) return 'url-scheme';
  return url.host === null || url.host === '' ? 'url-no-host' : null;
}

async function look(manager: QNetworkAccessManager, url: Url, plan: Plan, clock: Clock): Promise<Diagnosis> {
  const door = manager[DOOR]();
  const ask = askFor(url, door, plan);
  const { bodyLimit, signal } = plan;
  const brought = await broughtBy(manager, door, ask, signal);
  const seen = await travel(door, ask, { bodyLimit, signal, crumbs: new Crumbs(manager.cookieJar()) });
  const unknown = { ...brought, because: ['it took too long to find out'], knownHost: '' };
  const around = await within(clock, plan.timeout, surroundingsOf(manager, brought, seen.url), unknown);
  const verdicts = await verdictsOf(manager, ask, seen, plan);
  const findings = await Promise.all(verdicts.map((verdict) => findingOf(verdict, seen, ask, around)));
  for (const { code, seen: evidence, known } of besides(verdicts, seen, clock)) {
    const all = { ...knownOf(code, seen, ask, around), ...known };
    findings.push({ ...worded(code, all, false), severity: 'warning', seen: evidence });
  }
  return told(url, seen, around, findings);
}

/** Warnings are for what works; but a cookie that is refused may be why redirects do not end. */
function besides(verdicts: readonly Verdict[], seen: Seen, clock: Clock): readonly Warning[] {
  if (verdicts.length === 0) return warningsOf(seen, clock);
  return verdicts.some(({ code }) => code === 'redirect-loop') ? refusedCookies(seen, clock).slice(0, 1) : [];
}

function askFor(url: Url, door: Door, { headers, timeout }: Plan): Ask {
  const managers = door.wishes();
  const limits = { resolve: timeout, connect: timeout, firstByte: timeout, idle: timeout, total: 3 * timeout };
  const wishes: Wishes = {
    ...managers,
    timeouts: { ...managers.timeouts, ...limits },
    cacheLoad: 'network',
    cacheSave: false,
    // it has its own, see Crumbs
    sendCookies: false,
    saveCookies: false,
    // a loop shows itself sooner
    mostRedirects: Math.min(managers.mostRedirects, MOST_REDIRECTS),
  };
  return { method: 'GET', url, headers: new HeaderList(Object.entries(headers).flat()), defaults: AGENT, body: null, wishes };
}

const MOST_REDIRECTS = 20;
/** What the manager sends when the program says nothing: servers may answer by it. */
const AGENT = new HeaderList(['Accept-Language', 'en,*', 'User-Agent', 'Mozilla/5.0']);

async function verdictsOf(manager: QNetworkAccessManager, ask: Ask, seen: Seen, { trials, signal }: Plan): Promise<Verdict[]> {
  const proxyUser = await proxyUserOf(ask, seen);
  const read = readingOf(seen, (ask.wishes.tls?.identity ?? null) !== null);
  const symptoms = read === null ? symptomsOf(seen).map((code) => sharpened(code, ask, seen, proxyUser)) : [read];
  if (symptoms.length === 0) return [];
  const laboratory = new Laboratory(manager, ask, seen, signal);
  if (trials && seen.upgraded && seen.head === null && (await laboratory.helps('plain http', symptoms[0]!)))
    return [asItIs('hsts-forces-https')];
  const verdicts: Verdict[] = [];
  for (const symptom of symptoms) verdicts.push(trials ? await tryOut(symptom, seen, ask.wishes, laboratory) : asItIs(symptom));
  const unread = verdicts.some(({ code }) => OF_TRUST.has(code)) ? authoritiesProblem() : null;
  return unread === null ? verdicts : [asItIs('tls-authority-unreadable'), ...verdicts.filter(({ code }) => !OF_TRUST.has(code))];
}

const OF_TRUST: ReadonlySet<FindingCode> = new Set(['tls-unknown-issuer', 'tls-unknown-root', 'tls-self-signed']);

/** What the request itself says about a symptom. */
function sharpened(code: FindingCode, ask: Ask, seen: Seen, proxyUser: string): FindingCode {
  // credentials do not go along to another server
  const own = seen.url.origin === ask.url.origin && (ask.url.userInfo !== null || ask.headers.has('Authorization'));
  const known = own || seen.url.userInfo !== null;
  if (code === 'auth-needed' && (known || seen.questions.some(({ proxy, user }) => proxy === null && user !== '')))
    return 'auth-refused';
  if (code === 'proxy-credentials' && proxyUser !== '') return 'proxy-credentials-wrong';
  // the limit of a connection counts for the way through a proxy as well
  if (code === 'connect-timeout' && seen.proxy !== '') return 'proxy-silent';
  if (isInTheOpen(seen)) return OF_PROXY[code] ?? code;
  return code;
}

/** What a proxy has done that answers by itself. */
const OF_PROXY: Readonly<Partial<Record<FindingCode, FindingCode>>> = {
  'not-http': 'proxy-no-proxy',
  'closed-without-answer': 'proxy-closes',
};

/** The name by which we are known to the proxy; '' = none. */
async function proxyUserOf({ wishes }: Ask, { proxy, url }: Seen): Promise<string> {
  if (proxy === '' || wishes.proxy === null) return '';
  const ways = await wishes.proxy.choose(url);
  return ways.find((way) => way !== null && proxyText(way) === proxy)?.user ?? '';
}

async function findingOf({ code, by, tried, cipher }: Verdict, seen: Seen, ask: Ask, around: Surroundings): Promise<Finding> {
  const known = knownOf(code, seen, ask, around);
  // a certificate that is not trusted ends a trial before it is agreed on
  if (tried) known['cipher'] = cipher || 'ALL';
  if (code === 'proxy-wrong-kind') known['kind'] = proxyAs(by!, seen.proxy);
  if (code === 'proxy-not-used') known['rule'] = await proxyNotUsed(seen.url.href, around);
  if (code === 'tls-authority-unreadable') Object.assign(known, authoritiesProblem());
  const finding = worded(code, known, tried);
  if (code === 'connection-refused' && isKeptAway(seen)) finding.fix = { ...finding.fix, words: KEPT_AWAY };
  if (code.startsWith('auth-')) finding.fix = { ...finding.fix, code: lineForAuth(seen, finding.fix.code) };
  return { ...finding, severity: 'error', seen: evidenceOf(code, seen) };
}

const KEPT_AWAY = 'Take the name out of the hosts file, or off the list of the name server or ad blocker that keeps it away.';

async function proxyNotUsed(url: string, { because }: Surroundings): Promise<string> {
  const own = await systemProxy(url);
  if (own !== null) return own.rule;
  const others = await proxyForOthers(url);
  return `${others?.rule ?? 'it names one for others'}; but for this host: ${because.at(-1) ?? 'there is an exception'}`;
}

/** Not every server takes a user name and a password. */
function lineForAuth({ head }: Seen, byName: string | null): string | null {
  const offered = (head?.headers.all('WWW-Authenticate') ?? []).join(', ');
  if (/(?:^|,\s*)(?:basic|digest|ntlm|negotiate)\b/i.test(offered)) return byName;
  return offered === '' || /(?:^|,\s*)(?:bearer|dpop|token)\b/i.test(offered) ? TOKEN_LINE : null;
}

function worded(code: FindingCode, known: Known, tried: boolean): Pick<Finding, 'code' | 'what'> & { fix: Fix } {
  const advice = adviceFor(code, known['limitName']);
  const spoken = Object.fromEntries(Object.entries(known).map(([name, text]) => [name, clipped(text)]));
  return {
    code,
    what: fillIn(advice.what, spoken),
    fix: { words: fillIn(advice.fix, spoken), code: lineOf(advice.code, known), option: lineOf(advice.option, known), tried },
  };
}

type Known = Readonly<Record<string, string>>;

/** A server may say more than anybody wants to read. */
function clipped(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

const MOST_TEXT = 300;

function told(url: Url, seen: Seen, around: Surroundings, findings: readonly Finding[]): Diagnosis {
  const { head, secure, stops, host, addresses, attempts, proxy, timings } = seen;
  return {
    url: shown(url),
    works: !findings.some(({ severity }) => severity === 'error'),
    findings,
    trips: stops.map((stop) => ({ url: shown(stop.url), status: stop.head?.status ?? 0 })),
    address:
      host === ''
        ? null
        : {
            host,
            found: addresses,
            attempts: attempts.map(({ address, outcome, milliseconds }) => ({
              address,
              family: address.includes('/') ? '' : address.includes(':') ? 'IPv6' : 'IPv4',
              outcome,
              milliseconds: rounded(milliseconds),
            })),
          },
    proxy: { way: proxy === '' ? 'directly' : proxy, because: around.because },
    tls:
      secure === null
        ? null
        : {
            protocol: secure.protocol,
            cipher: secure.cipher,
            alpn: secure.alpn,
            verified: !secure.doubted,
            chain: chainOf(secure),
          },
    protocol: head === null ? '' : head.version === '2' ? 'HTTP/2' : `HTTP/${head.version}`,
    timings: Object.fromEntries(
      Object.entries(phasesOf(timings)).flatMap(([phase, ms]) =>
        typeof ms === 'number' && ms >= 0 ? [[phase, rounded(ms)]] : [],
      ),
    ),
    cache: around.cache,
    hsts: around.hsts,
    cookies: around.cookies,
  };
}

/** What cannot be asked for. */
function unfit(text: string, url: Url, code: FindingCode, plan: Plan): Diagnosis {
  const known = { detail: url.error || 'it has no scheme', scheme: url.scheme };
  const finding = worded(code, known, false);
  const meant = meantBy(text, url);
  const carried = (plan.manager ?? new QNetworkAccessManager()).supportedSchemes().includes(url.scheme);
  if (meant !== '') finding.fix = { ...finding.fix, words: `Write it whole: ${shown(Url.parse(meant))}` };
  else if (carried && code === 'url-scheme') finding.fix = { ...finding.fix, words: OTHERWISE };
  return {
    // it could not be read, so everything before an @ may be a password
    url: hideInText(text.replace(/^([^@]*?\/\/)?.*@/s, '$1***@')),
    works: false,
    findings: [{ ...finding, severity: 'error', seen: [] }],
    trips: [],
    address: null,
    proxy: { way: 'directly', because: [] },
    tls: null,
    protocol: '',
    timings: {},
    cache: { used: false, stored: false, why: '' },
    hsts: { known: false, why: '' },
    cookies: [],
  };
}

const OTHERWISE = 'Make the request: a manager carries this scheme, and its error says what is wrong.';

/** People leave the scheme out; what stands before a port looks like one then. */
function meantBy(text: string, { scheme, error }: Url): string {
  const start = /^[a-z0-9.-]+:\d{1,5}(?:[/?#]|$)/i.test(text) ? 'http' : error === '' && scheme === '' ? 'https' : '';
  const whole = `${start}://${text}`;
  const meant = Url.parse(whole);
  return start !== '' && meant.error === '' && (meant.host ?? '') !== '' ? whole : '';
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
