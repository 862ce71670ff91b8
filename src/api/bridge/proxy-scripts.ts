// What proxy scripts and the settings of desktops need of this machine; loaded when somebody asks them.
import { systemClock } from '../../base/clock.ts';
import { nodeNetwork } from '../../engine/assembly.ts';
import { publicSuffixes } from '../../stores/cookies/public-suffixes.ts';
import type { PacLimits } from '../../system/pac/calls.ts';
import { ownAddresses } from '../../system/pac/place.ts';
import { PacSource } from '../../system/pac/source.ts';
import type { Desktop } from '../../system/proxy-settings/desktop.ts';
import { DesktopProxies, type DesktopSeams, wpadSource } from '../../system/proxy-settings/desktop-proxies.ts';
import { thisMachine } from '../../system/proxy-settings/machine.ts';
import { fetchScript } from './script-fetch.ts';

function seams(): DesktopSeams {
  return { clock: systemClock, machine: thisMachine(), suffixes: publicSuffixes, fetchScript, lookup, own: ownAddresses };
}

function lookup(name: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    nodeNetwork.lookup(name, (problem, addresses) => {
      if (problem === null) resolve(addresses.map(({ address }) => address));
      else reject(new Error(problem.message));
    });
  });
}

/** What the settings of a desktop say. */
export function desktopProxies(desktop: Desktop, autoDetect: boolean): DesktopProxies {
  return new DesktopProxies(desktop, seams(), autoDetect);
}

/** The script at a URL; null = the one that the network offers. */
export function pacSource(url: string | null, limits: PacLimits): PacSource {
  return url === null ? wpadSource(seams(), limits) : new PacSource(() => [url], seams(), limits);
}
