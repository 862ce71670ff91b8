import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { threadId } from 'node:worker_threads';
import { program } from './programs.ts';

/** One of the two ways from the client to the server. */
export type LinkName = 'a' | 'b';

/** How a link goes: its cable is pulled (no carrier, everything else stays), or its interface is switched off (its routes go, too). */
export type Loss = 'pulled' | 'switched off';

export type Side = 'client' | 'server';

/** Reached over both links, as an address of the internet would be. */
export const SERVER = '10.77.9.9';
export const SERVER6 = 'fd77:9::9';

interface Way {
  /** What both sides call the interface. */
  readonly interface: string;
  readonly client: string;
  readonly server: string;
  readonly client6: string;
  readonly server6: string;
  /** Of the client's default route; the lower one is taken by who says nothing. */
  readonly metric: number;
  /** The client's routing table of who leaves from `client`. */
  readonly table: number;
}

export const WAYS: Readonly<Record<LinkName, Way>> = {
  a: {
    interface: 'link-a',
    client: '10.77.1.1',
    server: '10.77.1.2',
    client6: 'fd77:1::1',
    server6: 'fd77:1::2',
    metric: 100,
    table: 101,
  },
  b: {
    interface: 'link-b',
    client: '10.77.2.1',
    server: '10.77.2.2',
    client6: 'fd77:2::1',
    server6: 'fd77:2::2',
    metric: 200,
    table: 102,
  },
};

const PREFIX = 'qnetwork-';

let count = 0;

/** Nobody else has it, in this process or another. */
const newName = (): string => `${PREFIX}${process.pid}-${threadId}-${++count}`;

/** What `ip` says to these arguments. */
function ip(args: readonly string[], input = ''): { readonly said: string; readonly trouble: string } {
  const { stdout, stderr, status, error } = spawnSync(program('ip') ?? 'ip', args, { input, encoding: 'utf8', timeout: 10_000 });
  const trouble = error?.message ?? (status === 0 ? '' : stderr.trim() || `status ${status}`);
  return { said: stdout ?? '', trouble };
}

function must(args: readonly string[], input = ''): void {
  const { trouble } = ip(args, input);
  if (trouble !== '') throw new Error(`ip ${args.join(' ')}: ${trouble}\n${input}`);
}

/** Why there can be no networks of our own here; null = there can. */
export function noNamespaces(): string | null {
  if (process.platform !== 'linux') return 'only Linux has network namespaces';
  if (program('ip') === null) return 'not installed; on Debian: apt-get install iproute2';
  if (process.getuid?.() !== 0) return 'only root may make network namespaces';
  const name = newName();
  const { trouble } = ip(['netns', 'add', name]);
  if (trouble !== '') return `this machine lets nobody make network namespaces: ${trouble}`;
  must(['netns', 'delete', name]);
  return null;
}

/** The title of tests that need networks of their own: says why they are skipped when there can be none. */
export function inNamespaces(title: string): string {
  const reason = noNamespaces();
  return reason === null ? title : `${title} (skipped: ${reason})`;
}

/** Deletes what tests left that were killed. */
export function sweep(): void {
  for (const line of ip(['netns', 'list']).said.split('\n')) {
    const [name = ''] = line.split(' ');
    const made = new RegExp(`^${PREFIX}(\\d+)-`).exec(name);
    if (made !== null && !lives(Number(made[1]))) ip(['netns', 'delete', name]);
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * A client and a server in networks of their own, with two links between them and no way out. Packets of a connection that is bound to the
 * client's address of a link leave by this link.
 */
export class TwoLinks implements AsyncDisposable {
  private readonly name = newName();
  private readonly programs: ChildProcess[] = [];

  constructor() {
    sweep();
    try {
      must(['netns', 'add', this.of('client')]);
      must(['netns', 'add', this.of('server')]);
      const links = Object.values(WAYS).map((way) => way.interface);
      const pair = (link: string): string =>
        `link add ${link} netns ${this.of('client')} type veth peer name ${link} netns ${this.of('server')}\n`;
      must(['-batch', '-'], links.map(pair).join(''));
      this.configure('server', `link set lo up\naddress add ${SERVER}/32 dev lo\naddress add ${SERVER6}/128 dev lo\n`);
      // what was closed while its link was down, and could not say so, is forgotten within seconds on both sides
      this.set('server', 'tcp_retries2', 3);
      this.set('client', 'tcp_orphan_retries', 1);
      this.configure('client', 'link set lo up\n');
      for (const { client, client6, table } of Object.values(WAYS)) {
        this.configure('client', `rule add from ${client} table ${table}\n`);
        this.configure('client', `rule add from ${client6} table ${table}\n`, '-6');
      }
      this.linkUp('a');
      this.linkUp('b');
    } catch (problem) {
      this.delete();
      throw problem;
    }
  }

  /** The namespace of a side. */
  of(side: Side): string {
    return `${this.name}-${side}`;
  }

  /** Lines of `ip -batch`, run on a side. */
  configure(side: Side, lines: string, ...options: string[]): void {
    must(['-n', this.of(side), ...options, '-batch', '-'], lines);
  }

  /** A setting of the system's TCP. */
  private set(side: Side, name: string, value: number): void {
    must(['netns', 'exec', this.of(side), '/bin/sh', '-c', `echo ${value} >/proc/sys/net/ipv4/${name}`]);
  }

  /** What `ip` says on a side. */
  look(side: Side, ...args: string[]): string {
    return ip(['-n', this.of(side), ...args]).said;
  }

  linkDown(link: LinkName, loss: Loss = 'pulled'): void {
    this.configure(loss === 'pulled' ? 'server' : 'client', `link set ${WAYS[link].interface} down\n`);
  }

  /** Whatever had happened to it. */
  linkUp(link: LinkName): void {
    const { interface: name, client, server, client6, server6, metric, table } = WAYS[link];
    const up = (v4: string, v6: string): string =>
      `address replace ${v4}/24 dev ${name}\naddress replace ${v6}/64 dev ${name} nodad\nlink set ${name} up\naddress replace ${v6}/64 dev ${name} nodad\n`;
    const ways = [server, server6].flatMap((to) => [
      `route replace default via ${to} dev ${name} metric ${metric}\n`,
      `route replace default via ${to} dev ${name} table ${table}\n`,
    ]);
    this.configure('server', up(server, server6));
    this.configure('client', up(client, client6) + ways.join(''));
  }

  /** Starts a module of Node.js on a side; it is to end when its input does. */
  node(side: Side, module: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
    const args = ['netns', 'exec', this.of(side), process.execPath, module];
    const child = spawn(program('ip')!, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.programs.push(child);
    return child;
  }

  private delete(): void {
    for (const side of ['client', 'server'] as const) ip(['netns', 'delete', this.of(side)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
    const running = this.programs.filter((child) => !ended(child));
    await Promise.all(
      running.map((child) => {
        const over = new Promise((resolve) => void child.once('exit', resolve));
        child.kill('SIGKILL');
        return over;
      }),
    );
    this.delete();
  }
}
