import type { Url } from '../../base/url.ts';
import type { PublicSuffixes } from '../../contract/cookie.ts';
import { wpadUrls } from '../../rules/proxy/wpad.ts';
import type { PacLimits } from '../pac/calls.ts';
import { ownDomains } from '../pac/place.ts';
import { PacSource, type SourcedDecision, type SourceSeams, shownUrl } from '../pac/source.ts';
import type { ProxyDecision } from './decision.ts';
import type { Desktop } from './desktop.ts';
import type { SettingsMachine } from './machine.ts';
import { readSettings } from './read-settings.ts';
import { type ProxySettings, proxyBySettings } from './settings.ts';

/** What asking a desktop takes of the world. */
export interface DesktopSeams extends SourceSeams {
  readonly machine: SettingsMachine;
  readonly suffixes: Pick<PublicSuffixes, 'registrableDomain'>;
}

/** Milliseconds that settings are kept. */
const KEPT = 30_000;

/** What the settings of a desktop say about proxies, the scripts they name included. */
export class DesktopProxies {
  private readonly desktop: Desktop;
  private readonly seams: DesktopSeams;
  /** Whether the network may be asked for a script where the settings say so. */
  private readonly autoDetect: boolean;
  private settings: ProxySettings | null = null;
  private until = 0;
  private reading: Promise<ProxySettings> | null = null;
  private script: { readonly url: string; readonly source: PacSource } | null = null;
  private detected: PacSource | null = null;

  constructor(desktop: Desktop, seams: DesktopSeams, autoDetect: boolean) {
    this.desktop = desktop;
    this.seams = seams;
    this.autoDetect = autoDetect;
  }

  /** At once while the settings are fresh and name no script that would have to be asked. */
  decide(url: Url): ProxyDecision | Promise<ProxyDecision> {
    if (this.settings !== null && this.seams.clock.now() < this.until) return this.by(this.settings, url);
    this.reading ??= this.read();
    return this.reading.then((settings) => this.by(settings, url));
  }

  private async read(): Promise<ProxySettings> {
    try {
      const settings = await readSettings(this.desktop, this.seams.machine);
      this.settings = settings;
      this.until = this.seams.clock.now() + KEPT;
      return settings;
    } finally {
      this.reading = null;
    }
  }

  private by(settings: ProxySettings, url: Url): ProxyDecision | Promise<ProxyDecision> {
    const of = `the settings of ${this.desktop}`;
    if (settings.autoDetect && this.autoDetect) {
      this.detected ??= wpadSource(this.seams);
      return this.byDetection(this.detected, settings, url, [`${of} ask for automatic detection (WPAD)`]);
    }
    const off = `${of} ask for automatic detection (WPAD), which is off`;
    return this.byRest(settings, url, settings.autoDetect ? [off] : []);
  }

  /** Without a script in the network the rest of the settings counts. */
  private async byDetection(source: PacSource, settings: ProxySettings, url: Url, steps: string[]): Promise<ProxyDecision> {
    try {
      return scripted(await source.decide(url), steps);
    } catch (problem) {
      return this.byRest(settings, url, [...steps, (problem as Error).message]);
    }
  }

  private byRest(settings: ProxySettings, url: Url, steps: string[]): ProxyDecision | Promise<ProxyDecision> {
    const of = `the settings of ${this.desktop}`;
    if (settings.script !== '') {
      const named = [...steps, `${of} name the proxy script ${shownUrl(settings.script)}`];
      return byScript(this.sourceOf(settings.script), url, named);
    }
    const { proxy, because } = proxyBySettings(url, settings);
    return { ways: [proxy], steps: [...steps, `${of}: ${because}`], problem: '' };
  }

  private sourceOf(url: string): PacSource {
    if (this.script?.url !== url) {
      this.script?.source.close();
      this.script = { url, source: new PacSource(() => [url], this.seams) };
    }
    return this.script.source;
  }
}

/** The script that the network offers by DNS. */
export function wpadSource(seams: DesktopSeams, limits?: PacLimits): PacSource {
  return new PacSource(async () => wpadUrls(await ownDomains(seams.machine), seams.suffixes), seams, limits);
}

/** What a script decides; its failure is the problem of the decision. */
export function byScript(source: PacSource, url: Url, steps: readonly string[]): ProxyDecision | Promise<ProxyDecision> {
  const failed = (problem: unknown): ProxyDecision => ({ ways: [], steps, problem: (problem as Error).message });
  try {
    const decision = source.decide(url);
    return 'then' in decision ? decision.then((late) => scripted(late, steps), failed) : scripted(decision, steps);
  } catch (problem) {
    return failed(problem);
  }
}

function scripted({ ways, text, from, alerts }: SourcedDecision, steps: readonly string[]): ProxyDecision {
  const said = alerts.map((alert) => `the script ${from} says: ${alert}`);
  // there should be no password in it
  const returned = text.trim().replace(/[^\s;]*@/g, '…@');
  return { ways, steps: [...steps, ...said, `the script ${from} returned: ${returned}`], problem: '' };
}
