import { parseArgs } from 'node:util';
import { COMMANDS, type CommandSpec, findCommand } from './commands.ts';
import { findOption, OPTIONS, type OptionName } from './options.ts';
import { type BodyPlan, bodyPlan, type HeaderPlan, headerPlan } from './request-parts.ts';
import { suggest } from './suggest.ts';
import { destinations, type Target } from './targets.ts';
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

export type Parsed =
  | { readonly kind: 'run'; readonly plan: Plan }
  | { readonly kind: 'help'; readonly command: CommandSpec | null }
  | { readonly kind: 'version' };

type Given = Map<OptionName, string[]>;

/** Reads a command line. Throws a UsageError that says what is wrong and what would be right. */
export function parseCommandLine(argv: readonly string[]): Parsed {
  const { given, words } = tokenize(argv);
  if (given.has('version')) return { kind: 'version' };
  if (words[0] === 'help') return { kind: 'help', command: words[1] === undefined ? null : commandNamed(words[1]) };
  if (given.has('help')) return { kind: 'help', command: words[0] === undefined ? null : (findCommand(words[0]) ?? null) };
  const { command, urls } = commandAndUrls(words);
  return { kind: 'run', plan: makePlan(command, urls, given) };
}

function tokenize(argv: readonly string[]): { given: Given; words: string[] } {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const option of OPTIONS) {
    const type = 'takes' in option ? 'string' : 'boolean';
    options[option.name] = 'short' in option ? { type, short: option.short } : { type };
  }
  // Not strict: our own messages say more than the parser's.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const given: Given = new Map();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = findOption(token.name);
    if (option === undefined) throw unknownOption(token.rawName);
    if (option.takes === undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value, but got '${token.value}'`);
    } else if (token.value === undefined || (token.inlineValue === false && isOption(token.value))) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.takes}`);
    }
    const name = option.name as OptionName;
    given.set(name, [...(given.get(name) ?? []), token.value ?? '']);
  }
  return { given, words };
}

/** `--json` behind `-o` is a forgotten value, not a file of that name; `--output=--json` would say so. */
function isOption(text: string): boolean {
  return text.startsWith('--') && findOption(text.slice(2).split('=', 1)[0]!) !== undefined;
}

function unknownOption(rawName: string): UsageError {
  if (!rawName.startsWith('--')) {
    return new UsageError(`unknown option ${rawName}`, `see qnam --help for the options`);
  }
  const near = suggest(
    rawName.slice(2),
    OPTIONS.map((option) => option.name),
  );
  return new UsageError(`unknown option ${rawName}`, near === undefined ? undefined : `did you mean --${near}?`);
}

function commandAndUrls(words: readonly string[]): { command: CommandSpec; urls: string[] } {
  const first = words[0];
  if (first === undefined) throw new UsageError('no command and no URL', 'for example: qnam get http://localhost:8080/');
  if (first.includes('://')) return { command: findCommand('get')!, urls: [...words] };
  const command = commandNamed(first);
  if (words.length === 1) throw new UsageError(`${command.name} needs at least one URL`, `for example: ${command.examples[0]}`);
  return { command, urls: words.slice(1) };
}

function commandNamed(word: string): CommandSpec {
  const command = findCommand(word);
  if (command !== undefined) return command;
  const names = COMMANDS.map((each) => each.name);
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
