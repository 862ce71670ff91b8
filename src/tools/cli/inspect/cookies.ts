import { toAscii } from '../../../base/url-host.ts';
import type { Cookie } from '../../../contract/cookie.ts';
import { bareDomain, domainMatches } from '../../../rules/cookies/domain-match.ts';
import { netscapeText } from '../../../rules/cookies/netscape.ts';
import { storageState } from '../../../rules/cookies/storage-state.ts';
import { EXIT_NOT_FOUND, EXIT_OK } from '../exit-codes.ts';
import { FileSink } from '../sinks.ts';
import { decodeHeader } from '../text.ts';
import { formatMoment, formatSpan, isoTime } from '../units.ts';
import { UsageError } from '../usage-error.ts';
import { changeCookies, cookiesOf } from './cookie-file.ts';
import { cookiesFrom, formatOf } from './foreign-cookies.ts';
import { readWhole } from './read-whole.ts';
import type { Action, Task } from './task.ts';

export const actions: Readonly<Record<string, Action>> = { ls, show, rm, clear, import: add, export: write };

function ls(task: Task): number {
  const withValues = task.has('show-values');
  const found = picked(task);
  if (task.has('json')) documents(task, found, withValues);
  else if (found.length === 0) none(task);
  else list(task, found, withValues);
  return EXIT_OK;
}

function list({ out, now }: Task, found: readonly Cookie[], withValues: boolean): void {
  out.table(
    [
      { head: 'DOMAIN', shrinks: 12 },
      { head: 'PATH', shrinks: 6 },
      { head: 'NAME', shrinks: 10 },
      ...(withValues ? [{ head: 'VALUE', shrinks: 10 }] : []),
      { head: 'ENDS IN', right: true },
      { head: 'FLAGS', shrinks: 8 },
    ],
    found.map((cookie) => [
      cookie.domain,
      textOf(cookie.path),
      textOf(cookie.name),
      ...(withValues ? [textOf(cookie.value)] : []),
      isSession(cookie) ? 'session' : formatSpan(cookie.expires - now),
      flagsOf(cookie).join(' '),
    ]),
  );
  const domains = new Set(found.map(({ domain }) => bareDomain(domain))).size;
  out.aside(`${counted(found.length)} of ${domains} domain${domains === 1 ? '' : 's'}`);
}

function show(task: Task): number {
  const found = picked(task);
  if (task.has('json')) documents(task, found, true);
  else if (found.length === 0) none(task);
  else for (const cookie of found) record(task, cookie);
  return found.length === 0 ? EXIT_NOT_FOUND : EXIT_OK;
}

function record({ out, now }: Task, cookie: Cookie): void {
  const { domain, expires } = cookie;
  out.record(textOf(cookie.name) || '(no name)', [
    ['value', textOf(cookie.value)],
    ['domain', domain.startsWith('.') ? `${bareDomain(domain)} and all below` : `${domain} alone`],
    ['path', textOf(cookie.path)],
    ['expires', isSession(cookie) ? 'with the session' : `${formatMoment(expires)}, in ${formatSpan(expires - now)}`],
    ['flags', flagsOf(cookie).join(' ') || 'none'],
  ]);
}

async function rm(task: Task): Promise<number> {
  const { out, words, clock } = task;
  const [path = '', ...names] = words;
  if (names.length === 0 && !task.has('domain') && !task.has('session'))
    throw new UsageError('cookies rm needs names, --domain or --session', `to remove all: qnam cookies clear ${path}`);
  let removed = 0;
  await changeCookies(path, clock, (cookies) => {
    const kept = cookies.filter((cookie) => !isPicked(task, cookie));
    removed = cookies.length - kept.length;
    return kept;
  });
  out.line(removed === 0 ? `No such cookie in ${path}` : `Removed ${counted(removed)} from ${path}`);
  return removed === 0 ? EXIT_NOT_FOUND : EXIT_OK;
}

async function clear({ out, words, clock }: Task): Promise<number> {
  const path = words[0]!;
  let removed = 0;
  await changeCookies(path, clock, (cookies) => {
    removed = cookies.length;
    return [];
  });
  out.line(`Removed ${counted(removed)} from ${path}`);
  return EXIT_OK;
}

async function add(task: Task): Promise<number> {
  const { out, words, now, clock, stdin } = task;
  const [path = '', from = ''] = words;
  const bytes = await readWhole(from, stdin);
  const cookies = cookiesFrom(bytes, from === '-' ? 'standard input' : from, formatOf(task.value('format')));
  const living = cookies.filter(({ expires }) => expires > now);
  await changeCookies(path, clock, (known) => [...known, ...living], true);
  const expired = cookies.length - living.length;
  out.line(`Added ${counted(living.length)} to ${path}${expired > 0 ? `; ${expired} had expired` : ''}`);
  return EXIT_OK;
}

async function write(task: Task): Promise<number> {
  const { out } = task;
  const format = formatOf(task.value('format')) ?? 'netscape';
  const cookies = picked(task);
  const text = format === 'netscape' ? netscapeText(cookies) : `${JSON.stringify(storageState(cookies), null, 2)}\n`;
  const bytes = Buffer.from(text, format === 'netscape' ? 'latin1' : 'utf8');
  const path = task.value('output');
  if (path === undefined || path === '-') {
    await out.raw(bytes);
    return EXIT_OK;
  }
  // its error is thrown by `commit`
  const sink = new FileSink(path, () => {}, 0o600);
  sink.write(bytes);
  await sink.commit();
  out.line(`Wrote ${counted(cookies.length)} to ${path}`);
  return EXIT_OK;
}

/** The cookies that names and options ask for, by domain, path and name. */
function picked(task: Task): Cookie[] {
  const path = task.words[0]!;
  return cookiesOf(path, task.clock)
    .filter((cookie) => isPicked(task, cookie))
    .sort((a, b) => compare(bareDomain(a.domain), bareDomain(b.domain)) || compare(a.path, b.path) || compare(a.name, b.name));
}

function isPicked(task: Task, cookie: Cookie): boolean {
  const names = task.words.slice(1);
  const domains = task.values('domain').map((name) => {
    const bare = bareDomain(name.toLowerCase());
    return toAscii(bare).host || bare;
  });
  const host = bareDomain(cookie.domain);
  return (
    (names.length === 0 || names.includes(textOf(cookie.name))) &&
    (domains.length === 0 || domains.some((domain) => domainMatches(host, domain))) &&
    (!task.has('session') || isSession(cookie))
  );
}

function none({ out, words, clock }: Task): void {
  const path = words[0]!;
  const all = cookiesOf(path, clock).length;
  out.line(all === 0 ? `No cookies in ${path}` : `None of the ${counted(all)} in ${path} is meant`);
}

function documents({ out }: Task, cookies: readonly Cookie[], withValues: boolean): void {
  for (const cookie of cookies) {
    const { domain, secure, httpOnly, sameSite, partitioned } = cookie;
    out.json({
      name: textOf(cookie.name),
      ...(withValues ? { value: textOf(cookie.value) } : {}),
      domain: bareDomain(domain),
      hostOnly: !domain.startsWith('.'),
      path: textOf(cookie.path),
      expires: isSession(cookie) ? null : isoTime(cookie.expires),
      secure,
      httpOnly,
      sameSite: sameSite === 'default' ? null : sameSite,
      partitioned,
    });
  }
}

function flagsOf({ secure, httpOnly, sameSite, partitioned }: Cookie): string[] {
  return [
    ...(secure ? ['Secure'] : []),
    ...(httpOnly ? ['HttpOnly'] : []),
    ...(sameSite === 'default' ? [] : [`SameSite=${sameSite[0]!.toUpperCase()}${sameSite.slice(1)}`]),
    ...(partitioned ? ['Partitioned'] : []),
  ];
}

function isSession({ expires }: Cookie): boolean {
  return expires === Number.POSITIVE_INFINITY;
}

/** Octets as a reader sees them. */
function textOf(octets: string): string {
  return decodeHeader(Buffer.from(octets, 'latin1'));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function counted(n: number): string {
  return `${n} cookie${n === 1 ? '' : 's'}`;
}
