import { COMMANDS, type CommandSpec, findCommand } from './commands.ts';
import { type Job, parseJob } from './group-args.ts';
import { findGroup, GROUPS, type GroupSpec } from './groups.ts';
import { OPTIONS, type OptionName } from './options.ts';
import { type BodyPlan, bodyPlan, type HeaderPlan, headerPlan } from './request-parts.ts';
import { suggest } from './suggest.ts';
import { destinations, type Target } from './targets.ts';
import { type Given as GivenOf, tokenize } from './tokens.ts';
import { parseDuration } from './units.ts';
import { UsageError } from './usage-error.ts';

/** A command line that makes sense, ready to run. */
export interface Plan {
  readonly command: CommandSpec;
  readonly method: string;
  readonly targets: readonly Target[];
  readonly headers: readonly HeaderPlan[];
  readonly body: BodyPlan | null;
  readonly priority: 'high' | 'normal' | 'low';
  readonly timeouts: TimeoutPlan;
  /** How many redirects are followed. */
  readonly redirects: number;
  readonly parallel: number;
  readonly stores: StorePlan;
  readonly tls: TlsPlan;
  /** The URL of a proxy; 'none' = directly, 'system' = what the environment or the system says. */
  readonly proxy: { readonly url: string } | 'none' | 'system';
  readonly include: boolean;
  readonly json: boolean;
  readonly fail: boolean;
  readonly saveErrorBody: boolean;
  readonly verbose: boolean;
  readonly showSecrets: boolean;
  readonly progress: boolean;
  readonly silent: boolean;
}

/** Limits in milliseconds; absent = none. */
export interface TimeoutPlan {
  transfer?: number;
  connect?: number;
  firstByte?: number;
  idle?: number;
  total?: number;
}

export const CACHE_MODES = ['default', 'reload', 'no-cache', 'force-cache', 'only-if-cached', 'no-store'] as const;
export type CacheMode = (typeof CACHE_MODES)[number];

/** Where is kept what outlives the run; absent = nowhere. */
export interface StorePlan {
  readonly cache?: string;
  readonly cacheMode?: CacheMode;
  readonly cookieJar?: string;
  readonly hsts?: string;
}

/** Whom to trust beside those that are always trusted, and who may read along. */
export interface TlsPlan {
  readonly caFile?: string;
  readonly systemTrust: boolean;
  readonly keyLog?: string;
}

export type Parsed =
  | { readonly kind: 'run'; readonly plan: Plan }
  | { readonly kind: 'inspect'; readonly job: Job }
  | { readonly kind: 'help'; readonly command: CommandSpec | GroupSpec | null }
  | { readonly kind: 'version' };

type Given = GivenOf<OptionName>;

/** Reads a command line. Throws a UsageError that says what is wrong and what would be right. */
export function parseCommandLine(argv: readonly string[]): Parsed {
  const group = findGroup(argv[0]);
  if (group !== undefined) {
    const job = parseJob(group, argv.slice(1));
    return job === null ? { kind: 'help', command: group } : { kind: 'inspect', job };
  }
  const { given, words } = tokenize(argv, OPTIONS, 'qnam --help');
  if (given.has('version')) return { kind: 'version' };
  if (words[0] === 'help') return { kind: 'help', command: helpWanted(words[1]) };
  if (given.has('help')) return { kind: 'help', command: findGroup(words[0]) ?? findCommand(words[0]) ?? null };
  const { command, urls } = commandAndUrls(words);
  return { kind: 'run', plan: makePlan(command, urls, given) };
}

function commandAndUrls(words: readonly string[]): { command: CommandSpec; urls: string[] } {
  const first = words[0];
  if (first === undefined) throw new UsageError('no command and no URL', 'for example: qnam get http://localhost:8080/');
  if (first.includes('://')) return { command: findCommand('get')!, urls: [...words] };
  const command = commandNamed(first);
  if (words.length === 1) throw new UsageError(`${command.name} needs at least one URL`, `for example: ${command.examples[0]}`);
  return { command, urls: words.slice(1) };
}

function helpWanted(word: string | undefined): CommandSpec | GroupSpec | null {
  return word === undefined ? null : (findGroup(word) ?? commandNamed(word));
}

function commandNamed(word: string): CommandSpec {
  const command = findCommand(word);
  if (command !== undefined) return command;
  const group = findGroup(word);
  if (group !== undefined)
    throw new UsageError(`${word} has to be the first word`, `qnam ${`${word} ${group.actions[0]!.name}`.trimEnd()} …`);
  const names = [...COMMANDS, ...GROUPS].map((each) => each.name);
  const near = suggest(word.toLowerCase(), names);
  throw new UsageError(
    `unknown command '${word}'`,
    near === undefined ? `the commands are ${names.join(', ')}; to fetch a page: qnam get ${word}` : `did you mean qnam ${near}?`,
  );
}

function makePlan(command: CommandSpec, urls: readonly string[], given: Given): Plan {
  const last = (name: OptionName): string | undefined => given.get(name)?.at(-1);
  const targets = destinations(urls.map(withScheme), given.get('output') ?? [], given.has('remote-name'));
  const silent = given.has('silent');
  return {
    command,
    method: methodOf(command, last('method')),
    targets,
    headers: (given.get('header') ?? []).map(headerPlan),
    body: bodyPlan(command, given.get('data') ?? [], given.get('json-body') ?? []),
    priority: priorityOf(last('priority') ?? 'normal'),
    timeouts: timeoutsOf(last),
    redirects: redirectsOf(last('redirects')),
    parallel: parallelOf(last('parallel')),
    stores: storesOf(last),
    tls: tlsOf(last, given.has('system-trust')),
    proxy: proxyOf(last('proxy'), given.has('no-proxy')),
    include: given.has('include') || command.name === 'head',
    json: given.has('json'),
    fail: given.has('fail'),
    saveErrorBody: given.has('save-error-body'),
    verbose: given.has('verbose'),
    showSecrets: given.has('show-secrets'),
    progress: !silent && !given.has('no-progress'),
    silent,
  };
}

/** What is written without a scheme is meant as http, `localhost:8080/x` too. */
function withScheme(url: string): string {
  if (url === '') throw new UsageError('an empty URL');
  if (url.startsWith('/') || url.startsWith('./')) {
    throw new UsageError(`'${url}' is a path, not a URL`, 'a local file is written file:///absolute/path');
  }
  return url.includes('://') || /^(data|file|qrc):/i.test(url) ? url : `http://${url}`;
}

function methodOf(command: CommandSpec, named: string | undefined): string {
  if (command.method !== null) {
    if (named === undefined) return command.method;
    throw new UsageError(
      `-X goes with the command request, ${command.name} always sends ${command.method}`,
      `qnam request -X ${named} URL`,
    );
  }
  if (named === undefined) throw new UsageError('request needs a method', 'qnam request -X OPTIONS URL');
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(named))
    throw new UsageError(`'${named}' is no method: letters, digits and -_.! only`);
  return named;
}

function priorityOf(text: string): Plan['priority'] {
  if (text === 'high' || text === 'normal' || text === 'low') return text;
  throw new UsageError(`--priority is high, normal or low, not '${text}'`);
}

function parallelOf(text: string | undefined): number {
  if (text === undefined) return 6;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new UsageError(`--parallel is a number from 1 to 9999, not '${text}'`);
  return count;
}

function redirectsOf(text: string | undefined): number {
  if (text === undefined) return 50;
  if (!/^\d{1,3}$/.test(text)) throw new UsageError(`--redirects is a number from 0 to 999, not '${text}'`);
  return Number(text);
}

function storesOf(last: (name: OptionName) => string | undefined): StorePlan {
  const plan: { -readonly [K in keyof StorePlan]: StorePlan[K] } = {};
  const [cache, mode, cookieJar, hsts] = [last('cache'), last('cache-mode'), last('cookie-jar'), last('hsts')];
  if (cache === '') throw new UsageError('--cache needs a directory');
  if (cookieJar === '') throw new UsageError('--cookie-jar needs a file name');
  if (mode !== undefined && cache === undefined) throw new UsageError('--cache-mode goes with --cache DIR');
  if (cache !== undefined) plan.cache = cache;
  if (mode !== undefined) plan.cacheMode = cacheModeOf(mode);
  if (cookieJar !== undefined) plan.cookieJar = cookieJar;
  if (hsts !== undefined) plan.hsts = hsts;
  return plan;
}

function tlsOf(last: (name: OptionName) => string | undefined, systemTrust: boolean): TlsPlan {
  const [caFile, keyLog] = [last('cacert'), last('keylog')];
  if (caFile === '') throw new UsageError('--cacert needs a file name');
  if (keyLog === '') throw new UsageError('--keylog needs a file name');
  return { systemTrust, ...(caFile !== undefined && { caFile }), ...(keyLog !== undefined && { keyLog }) };
}

function proxyOf(url: string | undefined, none: boolean): Plan['proxy'] {
  if (url !== undefined && none) throw new UsageError('--proxy and --no-proxy exclude each other');
  if (url === '') throw new UsageError('--proxy needs a URL', 'to go directly: --no-proxy');
  return url === undefined ? (none ? 'none' : 'system') : { url };
}

function cacheModeOf(text: string): CacheMode {
  const mode = CACHE_MODES.find((each) => each === text);
  if (mode !== undefined) return mode;
  const near = suggest(text, CACHE_MODES);
  throw new UsageError(
    `--cache-mode is ${CACHE_MODES.join(', ')}, not '${text}'`,
    near === undefined ? undefined : `did you mean ${near}?`,
  );
}

const TIMEOUTS = [
  ['timeout', 'transfer'],
  ['connect-timeout', 'connect'],
  ['first-byte-timeout', 'firstByte'],
  ['idle-timeout', 'idle'],
  ['total-timeout', 'total'],
] as const satisfies readonly (readonly [OptionName, keyof TimeoutPlan])[];

function timeoutsOf(last: (name: OptionName) => string | undefined): TimeoutPlan {
  const timeouts: TimeoutPlan = {};
  for (const [option, key] of TIMEOUTS) {
    const text = last(option);
    if (text === undefined) continue;
    const milliseconds = parseDuration(text);
    if (milliseconds === null) throw new UsageError(`--${option} is a time such as 500ms, 5s or 2m, not '${text}'`);
    timeouts[key] = milliseconds;
  }
  return timeouts;
}
