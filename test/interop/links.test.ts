// Real interfaces, and the real `ip`, in networks of our own.
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Link } from '../../src/contract/links.ts';
import { until, within } from '../support/once.ts';
import { FromSource } from './from-source.ts';
import { inNamespaces, noNamespaces, TwoLinks } from './namespaces.ts';
import { program } from './programs.ts';

/** Says the list at first and after each change, as a line; hears `leave`, and ends with its input. */
const WATCHER = `
import { linksOf, thisLinkMachine } from './src/system/links/machine.js';
const { clock } = thisLinkMachine;
// without looks each second, where the kernel's word has to do
const kernel = { ...clock, after: (ms, f, keep) => (ms < 1000 ? clock.after(ms, f, keep) : { cancel() {} }) };
const links = linksOf({ ...thisLinkMachine, clock: process.env.ONLY_KERNEL === 'yes' ? kernel : clock });
const say = () => console.log(JSON.stringify(links.list()));
if (process.env.HASTY === 'yes') for (let i = 0; i < 20; i++) links.watch(() => {})();
const leave = links.watch(say);
say();
if (process.env.SHORT !== 'yes') process.stdin.on('data', leave);
`;

/** A watching process, in a network of its own. */
class Watching {
  readonly process: ChildProcess;
  private readonly side: string;
  private links: readonly Link[] = [];
  private hear: () => void = () => {};
  private trouble = '';

  constructor(network: TwoLinks, env: NodeJS.ProcessEnv) {
    this.side = network.of('client');
    this.process = network.node('client', source.program, env);
    this.process.stderr!.on('data', (chunk: Buffer) => {
      this.trouble += chunk.toString();
    });
    createInterface(this.process.stdout!).on('line', (line) => {
      this.links = JSON.parse(line) as Link[];
      this.hear();
    });
  }

  link(name: string): Link | undefined {
    return this.links.find((link) => link.name === name);
  }

  /** Does something and waits until it is known. */
  async after(act: () => void, known: () => boolean, what: string, limit = 2000): Promise<void> {
    act();
    const heard = new Promise<void>((resolve) => {
      this.hear = () => known() && resolve();
      this.hear();
    });
    await within(heard, what, limit);
  }

  /** Waits for the first list. */
  async begun(): Promise<this> {
    await until(() => this.links.length > 0 || this.trouble !== '', 'the first list', 20_000);
    expect(this.trouble).toBe('');
    return this;
  }

  /** Numbers of the processes in the network that are called so. */
  running(name: string): number[] {
    const { stdout } = spawnSync(program('ip')!, ['netns', 'pids', this.side], { encoding: 'utf8' });
    const named = (pid: string): boolean => {
      const { stdout: called } = spawnSync('cat', [`/proc/${pid}/comm`], { encoding: 'utf8' });
      return called.trim() === name;
    };
    return stdout
      .split('\n')
      .filter((pid) => pid !== '' && named(pid))
      .map(Number);
  }

  /** Waits until that many of them are called so. */
  whenRunning(name: string, count: number): Promise<void> {
    return until(() => this.running(name).length === count, `${count} processes called ${name}`, 20_000);
  }

  /** Waits until the kernel tells the monitor of this process. */
  async stood(): Promise<this> {
    await this.begun();
    await this.whenRunning('ip', 1);
    const [ip] = this.running('ip');
    const hears = (): boolean => {
      const { stdout } = spawnSync('cat', [`/proc/${ip}/net/netlink`], { encoding: 'utf8' });
      return stdout.split('\n').some((line) => new RegExp(`^\\S+ 0 +${ip} +0*[1-9a-f]`).test(line));
    };
    await until(hears, 'the subscription of ip');
    return this;
  }
}

let source: FromSource;
const skip = noNamespaces() !== null;

function network(): TwoLinks {
  source ??= new FromSource(WATCHER);
  const made = new TwoLinks();
  onTestFinished(() => made[Symbol.asyncDispose]());
  return made;
}

/** In a network at rest: news would end who has nobody left to tell them to. */
async function unheard(env: NodeJS.ProcessEnv): Promise<Watching> {
  const links = network();
  await until(() => !links.look('client', 'address').includes('tentative'), 'a network at rest', 20_000);
  return new Watching(links, env);
}

function watching(env: NodeJS.ProcessEnv = {}): { network: TwoLinks; watcher: Watching } {
  const links = network();
  return { network: links, watcher: new Watching(links, env) };
}

describe.skipIf(skip)(inNamespaces('interfaces of a network of our own'), { timeout: 120_000 }, () => {
  afterAll(() => source?.[Symbol.dispose]());

  test('the kernel tells what changes, and nobody looks without being told', async () => {
    const { network, watcher } = watching({ ONLY_KERNEL: 'yes' });
    await watcher.stood();
    const a = (): Link | undefined => watcher.link('link-a');
    const has = (address: string): boolean => a()?.addresses.some((one) => one.address === address) ?? false;
    const client = (line: string): void => network.configure('client', `${line}\n`);
    expect([a()?.up, a()?.medium, a()?.defaultMetric, watcher.link('lo')?.medium]).toEqual([true, 'ethernet', 100, 'loopback']);
    expect(a()?.hardware).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/);

    await watcher.after(
      () => network.linkDown('a', 'pulled'),
      () => a()?.up === false,
      'a lost carrier',
    );
    await watcher.after(
      () => network.linkUp('a'),
      () => a()?.up === true,
      'a carrier that is back',
    );
    await watcher.after(
      () => network.linkDown('a', 'switched off'),
      () => a()?.up === false && a()?.defaultMetric === -1,
      'a link that was switched off',
    );
    await watcher.after(
      () => network.linkUp('a'),
      () => a()?.up === true && a()?.defaultMetric === 100,
      'a link that was switched on',
    );
    await watcher.after(
      () => client('address add 10.77.1.9/24 dev link-a'),
      () => has('10.77.1.9'),
      'another address',
    );
    await watcher.after(
      () => client('address delete 10.77.1.9/24 dev link-a'),
      () => !has('10.77.1.9'),
      'an address that was taken away',
    );
    await watcher.after(
      () => client('address add fd77::1/64 dev link-a nodad'),
      () => has('fd77::1'),
      'an IPv6 address',
    );
    await watcher.after(
      () => {
        client('route delete default dev link-a');
        network.configure('client', 'route delete default dev link-a\n', '-6');
      },
      () => a()?.defaultMetric === -1,
      'a lost default route',
    );
    await watcher.after(
      () => client('route add default via 10.77.1.2 dev link-a metric 7'),
      () => a()?.defaultMetric === 7,
      'a new default route',
    );
    await watcher.after(
      () => client('link delete link-b'),
      () => watcher.link('link-b') === undefined,
      'a removed interface',
    );
  });

  test('an IPv6 address is told of when it may be used, and not before', async () => {
    const { network, watcher } = watching();
    await watcher.stood();
    const has = (): boolean => watcher.link('link-a')?.addresses.some(({ address }) => address === 'fd77::7') ?? false;
    // the kernel asks the neighbourhood first whether somebody else has it, and here the other side has
    network.configure('server', 'address add fd77::7/64 dev link-a nodad\n');
    await watcher.after(
      () => network.configure('client', 'address add fd77::7/64 dev link-a\naddress add fd77::8/64 dev link-a\n'),
      () => watcher.link('link-a')?.addresses.some(({ address }) => address === 'fd77::8') ?? false,
      'the address that nobody else has',
      20_000,
    );
    expect(network.look('client', 'address', 'show', 'dev', 'link-a')).toContain('fd77::7');
    expect(has()).toBe(false);
  });

  test('who watches and does nothing else ends, and the monitor with it', async () => {
    const watcher = await unheard({ SHORT: 'yes' });
    const [code] = (await within(once(watcher.process, 'exit'), 'the end of the process', 20_000)) as [number];
    expect(code).toBe(0);
    await watcher.whenRunning('ip', 0);
    await watcher.whenRunning('sh', 0);
  });

  test('the last watcher ends the monitor', async () => {
    const watcher = await unheard({});
    await watcher.stood();
    watcher.process.stdin!.write('leave');
    await watcher.whenRunning('ip', 0);
    await watcher.whenRunning('sh', 0);
    expect(watcher.process.exitCode).toBeNull();
  });

  test('who leaves at once, before the monitor has begun, leaves none behind', async () => {
    const watcher = await unheard({ HASTY: 'yes', SHORT: 'yes' });
    const [code] = (await within(once(watcher.process, 'exit'), 'the end of the process', 20_000)) as [number];
    expect(code).toBe(0);
    await watcher.whenRunning('sh', 0);
    await watcher.whenRunning('ip', 0);
  });

  test('a process that is killed leaves no monitor behind', async () => {
    const watcher = await unheard({});
    await watcher.stood();
    // `ip netns exec` has become the program that it started
    expect(watcher.process.kill('SIGKILL')).toBe(true);
    await watcher.whenRunning('ip', 0);
    await watcher.whenRunning('sh', 0);
  });

  test.each<[string, NodeJS.ProcessEnv]>([
    ['is not on PATH', { PATH: '/nowhere' }],
    ['is killed', {}],
  ])('when ip %s, changes are noticed all the same', async (fate, env) => {
    const { network, watcher } = watching(env);
    if (fate === 'is killed') {
      await watcher.stood();
      const [ip] = watcher.running('ip');
      // 0 would be everybody in our group
      expect(ip).toBeGreaterThan(0);
      process.kill(ip!, 'SIGKILL');
    } else await watcher.begun();
    await watcher.whenRunning('ip', 0);
    await watcher.after(
      () => network.configure('client', 'address flush dev link-b scope global\n'),
      () => watcher.link('link-b')?.up === false,
      'addresses that were taken away',
    );
    await watcher.after(
      () => network.linkDown('a'),
      () => watcher.link('link-a')?.up === false,
      'a lost carrier',
    );
  });
});
