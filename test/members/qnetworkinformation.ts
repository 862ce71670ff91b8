import { expect } from 'vitest';
import { informationOf } from '../../src/api/bearer/qnetworkinformation.ts';
import { Url } from '../../src/base/url.ts';
import type { QNetworkInformation } from '../../src/index.ts';
import { ManualClock } from '../support/clock.ts';
import { FakeLinks, link } from '../support/links.ts';
import { heard, type Package } from './support.ts';
import type { MemberTests } from './types.ts';

const RADIO = link('wlan0', { medium: 'wifi' });
const MODEM = link('wwan0', { medium: 'cellular' });

/** Information about links in the hand of the test, with or without a portal before them. */
function over(portal = false): {
  readonly information: QNetworkInformation;
  readonly links: FakeLinks;
  readonly clock: ManualClock;
} {
  const links = new FakeLinks(RADIO);
  const clock = new ManualClock();
  const ask = (_url: Url, done: (answer: { status: number; body: string }) => void): (() => void) => {
    done({ status: portal ? 302 : 204, body: '' });
    return () => {};
  };
  const probe = portal ? { url: Url.parse('http://probe.test/'), expected: null } : null;
  return { information: informationOf({ links, routed: true, clock, ask }, probe), links, clock };
}

/** The one of this process, anew. */
async function loaded(q: Package, load: () => unknown, look: (information: QNetworkInformation) => void): Promise<void> {
  q.QNetworkInformation.instance()?._destroy();
  expect(q.QNetworkInformation.instance()).toBeNull();
  expect(load()).toBe(true);
  const information = q.QNetworkInformation.instance()!;
  try {
    look(information);
  } finally {
    information._destroy();
  }
}

const nothing = (): void => {};

export const qnetworkinformation: MemberTests = {
  'QNetworkInformation.reachability': () => {
    const { information, links } = over();
    expect(information.reachability()).toBe(4);
    links.set(link('br0', { defaultMetric: -1 }));
    expect(information.reachability()).toBe(2);
    links.set();
    expect(information.reachability()).toBe(1);
  },
  'QNetworkInformation.isBehindCaptivePortal': () => {
    const { information, clock } = over(true);
    expect(information.isBehindCaptivePortal()).toBe(false);
    clock.advance(0);
    expect([information.isBehindCaptivePortal(), information.reachability()]).toEqual([true, 3]);
  },
  'QNetworkInformation.transportMedium': () => {
    const { information, links } = over();
    expect(information.transportMedium()).toBe(3);
    links.set(MODEM);
    expect(information.transportMedium()).toBe(2);
    links.set(link('tun0', { medium: 'tunnel' }));
    expect(information.transportMedium()).toBe(0);
  },
  'QNetworkInformation.isMetered': () => {
    const { information, links } = over();
    expect(information.isMetered()).toBe(false);
    links.set(MODEM);
    expect(information.isMetered()).toBe(true);
  },
  'QNetworkInformation.backendName': () => expect(over().information.backendName()).toBe('qnetwork'),
  'QNetworkInformation.supports': () => {
    const { information } = over();
    expect([1, 4, 8, 13, 2, 15, 16].map((features) => information.supports(features))).toEqual([
      ...[true, true, true, true],
      ...[false, false, false],
    ]);
  },
  'QNetworkInformation.supportedFeatures': () => expect(over().information.supportedFeatures()).toBe(13),
  'QNetworkInformation.loadDefaultBackend': (q) => loaded(q, () => q.QNetworkInformation.loadDefaultBackend(), nothing),
  'QNetworkInformation.loadBackendByName': (q) =>
    loaded(
      q,
      () => !q.QNetworkInformation.loadBackendByName('glib') && q.QNetworkInformation.loadBackendByName('QNetwork'),
      // what was loaded first stays
      () => expect(q.QNetworkInformation.loadBackendByName('glib')).toBe(true),
    ),
  'QNetworkInformation.loadBackendByFeatures': (q) =>
    loaded(
      q,
      () =>
        [0, 2].every((no) => !q.QNetworkInformation.loadBackendByFeatures(no)) && q.QNetworkInformation.loadBackendByFeatures(5),
      nothing,
    ),
  'QNetworkInformation.load': async (q) => {
    await loaded(q, () => q.QNetworkInformation.load('qnetwork'), nothing);
    await loaded(q, () => q.QNetworkInformation.load(q.QNetworkInformation.Feature.Metered), nothing);
  },
  'QNetworkInformation.availableBackends': (q) => expect(q.QNetworkInformation.availableBackends()).toEqual(['qnetwork']),
  'QNetworkInformation.instance': (q) =>
    loaded(
      q,
      () => q.QNetworkInformation.loadDefaultBackend(),
      (information) => expect(q.QNetworkInformation.instance()).toBe(information),
    ),
  'QNetworkInformation.reachabilityChanged': () => {
    const { information, links } = over();
    const told = heard(information.reachabilityChanged);
    links.set(MODEM);
    links.set();
    links.set(RADIO);
    expect(told).toEqual([[1], [4]]);
  },
  'QNetworkInformation.isBehindCaptivePortalChanged': () => {
    const { information, links, clock } = over(true);
    const told = heard(information.isBehindCaptivePortalChanged);
    clock.advance(0);
    links.set();
    expect(told).toEqual([[true], [false]]);
  },
  'QNetworkInformation.transportMediumChanged': () => {
    const { information, links } = over();
    const told = heard(information.transportMediumChanged);
    links.set(MODEM);
    links.set(link('wlan1', { medium: 'wifi' }));
    expect(told).toEqual([[2], [3]]);
  },
  'QNetworkInformation.isMeteredChanged': () => {
    const { information, links } = over();
    const told = heard(information.isMeteredChanged);
    links.set(MODEM);
    links.set(RADIO);
    expect(told).toEqual([[true], [false]]);
  },
  'QNetworkInformation.Reachability': (q) => expect(q.QNetworkInformation.Reachability.Online).toBe(4),
  'QNetworkInformation.TransportMedium': (q) => expect(q.QNetworkInformation.TransportMedium.WiFi).toBe(3),
  'QNetworkInformation.Feature': (q) => expect(q.QNetworkInformation.Feature.CaptivePortal).toBe(2),
};
