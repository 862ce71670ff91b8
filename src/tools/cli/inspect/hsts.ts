import { existsSync } from 'node:fs';
import { toAscii } from '../../../base/url-host.ts';
import type { HstsEntry } from '../../../contract/hsts.ts';
import { expiryOf, hostName, isKnown } from '../../../rules/hsts.ts';
import { StoredHosts } from '../../../stores/hsts/stored-hosts.ts';
import { cacheDirectory } from '../../../system/cache-directory.ts';
import { EXIT_NOT_FOUND, EXIT_OK } from '../exit-codes.ts';
import { LocalFileError } from '../local-file.ts';
import { formatMoment, formatSpan, isoTime } from '../units.ts';
import { UsageError } from '../usage-error.ts';
import type { Action, Task } from './task.ts';

export const actions: Readonly<Record<string, Action>> = { ls, check, add, rm, clear };

function ls(task: Task): number {
  const { out, now } = task;
  const store = openStore(task);
  const entries = store.hosts.entries().sort((a, b) => (a.host < b.host ? -1 : 1));
  if (task.has('json')) for (const entry of entries) out.json(documentOf(entry));
  else if (entries.length === 0) out.line(`No known hosts in ${store.directory}`);
  else {
    out.table(
      [{ head: 'HOST', shrinks: 16 }, { head: 'SUBDOMAINS' }, { head: 'ENDS IN', right: true }],
      entries.map(({ host, includeSubDomains, expires }) => [host, includeSubDomains ? 'yes' : 'no', formatSpan(expires - now)]),
    );
    out.aside(`${counted(entries.length)} in ${store.directory}`);
  }
  return EXIT_OK;
}

function check(task: Task): number {
  const { out, words, now } = task;
  const host = hostOf(words[0]!);
  const { hosts } = openStore(task);
  const because = reasonFor(host, hosts);
  const exit = because === undefined ? EXIT_NOT_FOUND : EXIT_OK;
  if (task.has('json')) out.json({ host, known: because !== undefined, because: because ? documentOf(because) : null });
  else if (because === undefined) out.line(`${host} is not known: http stays http`);
  else {
    const why = because.host === host ? '' : `, because of ${because.host} and all names below it`;
    out.line(
      `${host} goes by https${why}, until ${formatMoment(because.expires)}, for another ${formatSpan(because.expires - now)}`,
    );
  }
  return exit;
}

async function add(task: Task): Promise<number> {
  const { out, words, now } = task;
  const expires = expiryOf(secondsOf(task.value('max-age')), now);
  const includeSubDomains = task.has('include-subdomains');
  const names = words.map(hostOf);
  const store = openStore(task, true);
  for (const host of names) store.hosts.note({ host, expires, includeSubDomains });
  await store.save();
  out.line(`${counted(names.length)} known until ${formatMoment(expires)}, in ${store.directory}`);
  return EXIT_OK;
}

async function rm(task: Task): Promise<number> {
  const { out, words } = task;
  const names = words.map(hostOf);
  const store = openStore(task);
  const known = names.filter((host) => store.hosts.find(host) !== undefined);
  forget(store.hosts, known);
  await store.save();
  for (const host of names) {
    const above = reasonFor(host, store.hosts);
    const still = above === undefined ? '' : `; it goes by https all the same, because of ${above.host} and all names below it`;
    out.line(`${known.includes(host) ? `Forgot ${host}` : `${host} was not known`}${still}`);
  }
  return known.length === names.length ? EXIT_OK : EXIT_NOT_FOUND;
}

async function clear(task: Task): Promise<number> {
  const store = openStore(task);
  const names = store.hosts.entries().map(({ host }) => host);
  forget(store.hosts, names);
  await store.save();
  task.out.line(`Forgot ${counted(names.length)} in ${store.directory}`);
  return EXIT_OK;
}

/** An open store. `save` waits until all is written and throws a LocalFileError when it cannot be. */
interface Open {
  readonly hosts: StoredHosts;
  readonly directory: string;
  save(): Promise<void>;
}

function openStore(task: Task, makes = false): Open {
  const named = task.value('dir');
  if (named === '')
    throw new UsageError('--dir needs a directory', 'without --dir it is the one that programs of this user share');
  const directory = named ?? cacheDirectory();
  // the user's own directory comes with the first host; one that was named and is not there is a mistake
  if (named !== undefined && !makes && !existsSync(named)) {
    const way = 'name the directory given to enableStrictTransportSecurityStore() or qnam get --hsts';
    throw new LocalFileError('read', named, { code: 'ENOENT' }, way);
  }
  let trouble: unknown = null;
  const check = (action: string): void => {
    if (trouble !== null) throw new LocalFileError(action, directory, trouble);
  };
  const hosts = new StoredHosts(directory, task.clock, (problem) => {
    trouble ??= problem;
  });
  check('read');
  const save = async (): Promise<void> => {
    await hosts.flush();
    check('write');
  };
  return { hosts, directory, save };
}

function forget(hosts: StoredHosts, names: readonly string[]): void {
  for (const host of names) hosts.note({ host, expires: 0, includeSubDomains: false });
}

/** The entry that makes requests to a host secure: its own, or that of the nearest name above it that includes those below. */
function reasonFor(host: string, hosts: StoredHosts): HstsEntry | undefined {
  let last: HstsEntry | undefined;
  const known = isKnown(host, (name) => {
    last = hosts.find(name);
    return last;
  });
  return known ? last : undefined;
}

/** The name under which a host is known. Throws a UsageError for what cannot be known. */
function hostOf(word: string): string {
  if (word.includes('://')) throw new UsageError(`'${word}' is a URL`, 'the name of its host is enough: www.example.org');
  const name = hostName(toAscii(word).host);
  if (name === null || name === '')
    throw new UsageError(`'${word}' is no name of a host`, 'addresses cannot be known (RFC 6797 8.1.1)');
  return name;
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return YEAR;
  if (/^\d{1,15}$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--max-age is a number of seconds from 1, not '${text}'`, 'to forget a host: qnam hsts rm HOST');
}

/** In seconds. */
const YEAR = 31_536_000;

function documentOf({ host, expires, includeSubDomains }: HstsEntry): Record<string, unknown> {
  return { host, expires: isoTime(expires), includeSubDomains };
}

function counted(n: number): string {
  return `${n} host${n === 1 ? '' : 's'}`;
}
