import { systemClock } from '../../base/clock.ts';
import type { LinkMedium } from '../../contract/links.ts';
import type { NetworkFacts, Reach } from '../../rules/links/reachability.ts';
import { machineLinks } from '../../system/links/machine.ts';
import { askPortal } from '../bridge/portal-probe.ts';
import type { EnumValue } from '../core/enums.ts';
import { isDestroyed, peekSignal, QOBJECT_SIGNALS, QObject } from '../core/qobject.ts';
import { toUrl, type UrlLike } from '../core/qurl.ts';
import type { Signal } from '../core/signal.ts';
import {
  Feature,
  Reachability,
  type Reachability as ReachabilityNumber,
  TransportMedium,
  type TransportMedium as TransportMediumNumber,
} from './information-enums.ts';
import { type InformationParts, LinkInformation, type PortalProbe } from './link-information.ts';

/** The only backend there is. */
const BACKEND = 'qnetwork';

const REACHABILITIES: Readonly<Record<Reach, ReachabilityNumber>> = {
  disconnected: Reachability.Disconnected,
  local: Reachability.Local,
  site: Reachability.Site,
  online: Reachability.Online,
};

/** Those that Qt has a number for. */
const MEDIA: Readonly<Partial<Record<LinkMedium, TransportMediumNumber>>> = {
  ethernet: TransportMedium.Ethernet,
  cellular: TransportMedium.Cellular,
  wifi: TransportMedium.WiFi,
  bluetooth: TransportMedium.Bluetooth,
};

const reachability = ({ reach }: NetworkFacts): ReachabilityNumber => REACHABILITIES[reach];
const transportMedium = ({ medium }: NetworkFacts): TransportMediumNumber => MEDIA[medium] ?? TransportMedium.Unknown;

/** What the signals tell, in their order. */
const VALUES: readonly ((facts: NetworkFacts) => unknown)[] = [
  reachability,
  ({ portal }) => portal,
  transportMedium,
  ({ metered }) => metered,
];

const MACHINE: InformationParts = {
  links: machineLinks,
  routed: process.platform === 'linux',
  clock: systemClock,
  ask: askPortal,
};

let loaded: QNetworkInformation | null = null;
let probe: PortalProbe | null = null;

/** One of its own, that knows what `parts` tell. */
export let informationOf: (parts: InformationParts, probe: PortalProbe | null) => QNetworkInformation;

/**
 * What the network is like: how far it reaches, what carries it, whether it costs (Qt: QNetworkInformation, 6.1). There is one for the
 * whole process, from when a backend is loaded. It looks on and changes nothing: requests are made whatever it says.
 *
 *     QNetworkInformation.loadDefaultBackend();
 *     QNetworkInformation.instance()?.reachabilityChanged.connect((now) => {
 *       if (now === QNetworkInformation.Reachability.Online) synchronize();
 *     });
 *
 * From then on changes of the network interfaces are watched, which keeps no process alive; `deleteLater()` ends it.
 */
export class QNetworkInformation extends QObject {
  static readonly Reachability: typeof Reachability = Reachability;
  static readonly TransportMedium: typeof TransportMedium = TransportMedium;
  static readonly Feature: typeof Feature = Feature;

  private readonly information: LinkInformation;
  private readonly told: unknown[];

  static {
    informationOf = (parts, probe) => new QNetworkInformation(parts, probe);
  }

  private constructor(parts: InformationParts, probe: PortalProbe | null) {
    if (parts === undefined) {
      throw new TypeError(
        'QNetworkInformation has no public constructor: call QNetworkInformation.loadDefaultBackend(), then instance().',
      );
    }
    super();
    this.information = new LinkInformation(parts, () => this.tell());
    this.told = VALUES.map((read) => read(this.information.facts));
    if (probe !== null) this.information.setProbe(probe);
  }

  /** Emitted when {@link reachability} has changed. */
  get reachabilityChanged(): Signal<[newReachability: QNetworkInformation.Reachability]> {
    return this.sig(QOBJECT_SIGNALS);
  }

  /** Emitted when {@link isBehindCaptivePortal} has changed (Qt 6.2). */
  get isBehindCaptivePortalChanged(): Signal<[state: boolean]> {
    return this.sig(QOBJECT_SIGNALS + 1);
  }

  /** Emitted when {@link transportMedium} has changed (Qt 6.3). */
  get transportMediumChanged(): Signal<[current: QNetworkInformation.TransportMedium]> {
    return this.sig(QOBJECT_SIGNALS + 2);
  }

  /** Emitted when {@link isMetered} has changed (Qt 6.3). */
  get isMeteredChanged(): Signal<[isMetered: boolean]> {
    return this.sig(QOBJECT_SIGNALS + 3);
  }

  /** The information, null until a backend was loaded. */
  static instance(): QNetworkInformation | null {
    return loaded === null || isDestroyed(loaded) ? null : loaded;
  }

  /** The names that {@link loadBackendByName} takes: 'qnetwork'. */
  static availableBackends(): string[] {
    return [BACKEND];
  }

  /** Loads the best backend there is; true when there is an {@link instance} now. Qt 6.3. */
  static loadDefaultBackend(): boolean {
    return load();
  }

  /** Loads a backend by its name, in any case of letters; false when there is none. What was loaded first stays, as in Qt. Qt 6.4. */
  static loadBackendByName(backend: string): boolean {
    if (typeof backend !== 'string')
      throw new TypeError(`QNetworkInformation.loadBackendByName expects a name; got ${String(backend)}.`);
    if (backend === '') return false;
    return QNetworkInformation.instance() !== null || (backend.toLowerCase() === BACKEND && load());
  }

  /**
   * Loads a backend that has all of these features, flags of {@link QNetworkInformation.Feature}; false when none has, or none is wanted. What was
   * loaded first stays, as in Qt. Qt 6.4.
   */
  static loadBackendByFeatures(features: QNetworkInformation.Features): boolean {
    checkFeatures(features, 'loadBackendByFeatures');
    if (features === 0) return false;
    return QNetworkInformation.instance() !== null || (hasAll(features) && load());
  }

  /** {@link loadBackendByName} or {@link loadBackendByFeatures}, under the name of Qt 6.1. */
  static load(backend: string | QNetworkInformation.Features): boolean {
    if (typeof backend === 'string') return QNetworkInformation.loadBackendByName(backend);
    return QNetworkInformation.loadBackendByFeatures(backend);
  }

  /**
   * Looks for captive portals from now on, as they stand before the networks of hotels and trains: asks `url` when a backend is loaded and
   * after each change of the network, and every 30 seconds while there is one or nobody answers. Without a portal it answers with status 204, or with
   * 200 and the text `expected` where that is given. Any other answer is a portal; no answer within five seconds is none. null = do not look, which is
   * the default. An addition to Qt.
   *
   * Give a URL with `http:`; behind TLS nobody can stand between unnoticed. Redirects are not followed, proxies not used. A question
   * under way keeps the process alive.
   *
   *     QNetworkInformation.setCaptivePortalProbe('http://detect.example.org/generate_204');
   *     QNetworkInformation.setCaptivePortalProbe('http://detect.example.org/success.txt', 'success');
   *
   * Throws a TypeError for what is no absolute URL with http or https.
   */
  static setCaptivePortalProbe(url: UrlLike | null, expected?: string): void {
    probe = url === null ? null : { url: probeUrl(url), expected: expected ?? null };
    QNetworkInformation.instance()?.information.setProbe(probe);
  }

  /**
   * How far packets get: Disconnected without an interface that is up and has an address, Local when none of them leads on by a default route,
   * Site behind a captive portal, Online otherwise. Where the system does not tell about routes (it is not Linux) an
   * interface that is up is taken to lead on.
   */
  reachability(): QNetworkInformation.Reachability {
    return reachability(this.information.facts);
  }

  /** True when a captive portal answered in place of who was asked; only ever with {@link setCaptivePortalProbe}. Qt 6.2. */
  isBehindCaptivePortal(): boolean {
    return this.information.facts.portal;
  }

  /** What carries the default route, as far as the interface shows it; Unknown for tunnels, too. Qt 6.3. */
  transportMedium(): QNetworkInformation.TransportMedium {
    return transportMedium(this.information.facts);
  }

  /** True when the default route is carried by a mobile network; whether somebody pays for another one nobody tells. Qt 6.3. */
  isMetered(): boolean {
    return this.information.facts.metered;
  }

  /** 'qnetwork'. */
  backendName(): string {
    return BACKEND;
  }

  /** True when it has all of these features, flags of {@link QNetworkInformation.Feature}. */
  supports(features: QNetworkInformation.Features): boolean {
    checkFeatures(features, 'supports');
    return hasAll(features);
  }

  /** Reachability, TransportMedium and Metered; CaptivePortal with {@link setCaptivePortalProbe}. Qt 6.3. */
  supportedFeatures(): QNetworkInformation.Features {
    return supported();
  }

  protected override destructing(): void {
    this.information.close();
    super.destructing();
  }

  /** Slots may change the facts again: each signal tells what is true when it is its turn. */
  private tell(): void {
    for (const [i, read] of VALUES.entries()) {
      const value = read(this.information.facts);
      if (value === this.told[i]) continue;
      this.told[i] = value;
      peekSignal(this, QOBJECT_SIGNALS + i)?.emit(value);
    }
  }
}

/** Types of the class's enums. */
export declare namespace QNetworkInformation {
  type Reachability = EnumValue<typeof Reachability>;
  type TransportMedium = EnumValue<typeof TransportMedium>;
  type Feature = EnumValue<typeof Feature>;
  /** Flags of Feature, bit-or. */
  type Features = number;
}

function load(): boolean {
  if (QNetworkInformation.instance() === null) loaded = informationOf(MACHINE, probe);
  return true;
}

function supported(): number {
  const always = Feature.Reachability | Feature.TransportMedium | Feature.Metered;
  return probe === null ? always : always | Feature.CaptivePortal;
}

function hasAll(features: number): boolean {
  return (supported() & features) === features;
}

function checkFeatures(features: number, method: string): void {
  if (!Number.isInteger(features) || features < 0)
    throw new TypeError(`QNetworkInformation.${method} expects flags of QNetworkInformation.Feature; got ${String(features)}.`);
}

function probeUrl(given: UrlLike): PortalProbe['url'] {
  const url = toUrl(given);
  if (url.valid && (url.scheme === 'http' || url.scheme === 'https') && (url.host ?? '') !== '') return url;
  throw new TypeError(
    `QNetworkInformation.setCaptivePortalProbe expects a URL with http or https, or null; got ${url.error || `'${url.hrefWithoutUserInfo}'`}.`,
  );
}
