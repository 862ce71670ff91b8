import type { NetworkInterfaceInfo } from 'node:os';
import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Link, Links } from '../../contract/links.ts';
import { assembleLinks } from '../../rules/links/assemble.ts';
import type { LinkDevice } from '../../rules/links/medium.ts';
import { addressUses, defaultMetrics, linkCounters, wirelessNames } from '../../rules/links/tables.ts';
import { type StartMonitor, startIpMonitor } from './ip-monitor.ts';
import { LinkWatcher } from './watcher.ts';

/** What of the machine tells about its interfaces. */
export interface LinkMachine {
  readonly platform: NodeJS.Platform;
  /** Those that are switched on and have a carrier and an address. */
  running(): NodeJS.Dict<readonly NetworkInterfaceInfo[]>;
  /** The text of a file, '' when it cannot be read. */
  text(path: string): string;
  /** The names in a folder, none when it cannot be read. */
  names(folder: string): readonly string[];
  /** Tells when something changes; whoever gives null is looked at each second. */
  readonly start: StartMonitor;
  readonly clock: Clock;
}

/** Beneath it is what belongs to this process, wherever it was put. */
const NET = '/proc/self/net';
/** Beneath it is what belonged to whoever mounted it, so that it may speak of another machine. */
const CLASS = '/sys/class/net';
/** Characters of a file that are looked at: who has more routes than that is a router. */
const LARGEST = 1_048_576;

/** The interfaces of a machine. Where the system does not say where its default routes lead (it is not Linux), every metric is -1. */
export function linksOf(machine: LinkMachine): Links {
  const watcher = new LinkWatcher(() => read(machine), machine.start, machine.clock);
  return {
    list: () => watcher.list(),
    watch: (changed) => watcher.watch(changed),
    look: () => watcher.look(),
    traffic: (name) => (machine.platform === 'linux' ? (linkCounters(machine.text(`${NET}/dev`)).get(name) ?? null) : null),
  };
}

function read(machine: LinkMachine): Link[] {
  const running = machine.running();
  const linux = machine.platform === 'linux';
  const text = (name: string): string => (linux ? machine.text(`${NET}/${name}`) : '');
  const names = [...linkCounters(text('dev')).keys()];
  const { device, mac } = drivers(machine, names);
  return assembleLinks({
    running,
    names,
    metrics: defaultMetrics(text('route'), text('ipv6_route')),
    wireless: wirelessNames(text('wireless')),
    uses: addressUses(text('if_inet6')),
    device,
    mac,
  });
}

/** What the drivers say; nothing, when those in sight drive other interfaces than ours. */
function drivers(
  machine: LinkMachine,
  names: readonly string[],
): { device(name: string): LinkDevice; mac(name: string): string } {
  let ours: boolean | undefined;
  const said = (name: string, what: string): string => {
    ours ??= sameNames(machine.names(CLASS), names);
    return ours ? machine.text(`${CLASS}/${name}/${what}`).trim() : '';
  };
  return {
    device: (name) => ({
      kind: /^DEVTYPE=(.+)$/m.exec(said(name, 'uevent'))?.[1] ?? '',
      hardware: Number(said(name, 'type') || -1),
    }),
    mac: (name) => said(name, 'address'),
  };
}

function sameNames(these: readonly string[], those: readonly string[]): boolean {
  return these.length === those.length && those.every((name) => these.includes(name));
}

function running(): NodeJS.Dict<readonly NetworkInterfaceInfo[]> {
  try {
    return process.getBuiltinModule('node:os').networkInterfaces();
  } catch {
    // Android forbids it to those whom it does not trust
    return {};
  }
}

function text(path: string): string {
  const fs = process.getBuiltinModule('node:fs');
  let file = -1;
  try {
    file = fs.openSync(path, 'r');
    const memory = Buffer.allocUnsafe(65_536);
    let found = '';
    // they have no size before they are read, and are read by the page
    for (let length = 1; length > 0 && found.length < LARGEST; found += memory.toString('latin1', 0, length)) {
      length = fs.readSync(file, memory, 0, memory.length, null);
    }
    return found;
  } catch {
    return '';
  } finally {
    if (file >= 0) fs.closeSync(file);
  }
}

function names(folder: string): readonly string[] {
  try {
    return process.getBuiltinModule('node:fs').readdirSync(folder);
  } catch {
    return [];
  }
}

const { platform } = process;

/** This one. */
export const thisLinkMachine: LinkMachine = {
  platform,
  running,
  text,
  names,
  start: platform === 'linux' ? startIpMonitor(text) : () => null,
  clock: systemClock,
};

/** Its interfaces: one watch for the whole process. */
export const machineLinks: Links = linksOf(thisLinkMachine);
