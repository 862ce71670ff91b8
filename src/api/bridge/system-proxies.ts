// What this machine says about proxies.
import type { Url } from '../../base/url.ts';
import { isOwnMachine } from '../../rules/proxy/own-machine.ts';
import type { ProxyServer } from '../../rules/proxy/proxy-url.ts';
import { type ProxyDecision, waysOf } from '../../system/proxy-settings/decision.ts';
import { SystemProxies } from '../../system/proxy-settings/system.ts';

type Servers = readonly (ProxyServer | null)[];

/** The proxies for a URL and why; see {@link SystemProxies}. */
export type { ProxyDecision };

function newSystemProxies(autoDetect: boolean): SystemProxies {
  const { platform, env } = process;
  return new SystemProxies({
    platform,
    env,
    desktop: async (which) => (await import('./proxy-scripts.ts')).desktopProxies(which, autoDetect),
  });
}

let system: SystemProxies | null = null;

/**
 * What the system says about a URL, the best first; null = directly. At once when that is known. Throws or rejects with an Error that says
 * in a sentence why it is not known.
 */
export function systemProxies(url: Url): Servers | Promise<Servers> {
  system ??= newSystemProxies(false);
  const decision = system.decide(url);
  return 'then' in decision ? decision.then(waysOf) : waysOf(decision);
}

/**
 * The same with the reasons, for people; `autoDetect` asks the network for a script where the settings want that. As for requests, this
 * machine itself is reached directly.
 */
export async function explainProxies(url: Url, autoDetect = false): Promise<ProxyDecision> {
  if (isOwnMachine(url.host ?? ''))
    return { ways: [null], steps: [`${url.host} is this machine, which is always reached directly`], problem: '' };
  return newSystemProxies(autoDetect).decide(url);
}
