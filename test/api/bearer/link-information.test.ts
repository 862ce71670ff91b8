import { expect, test } from 'vitest';
import { LinkInformation } from '../../../src/api/bearer/link-information.ts';
import type { ProbeAnswer } from '../../../src/api/bridge/portal-probe.ts';
import { Url } from '../../../src/base/url.ts';
import type { Link } from '../../../src/contract/links.ts';
import { ManualClock } from '../../support/clock.ts';
import { FakeLinks, link } from '../../support/links.ts';

const PROBE = { url: Url.parse('http://probe.test/204'), expected: null };
const FREE = { status: 204, body: '' };
const PORTAL = { status: 302, body: '' };
const CABLE = link('eth0');
const RADIO = link('wlan0', { medium: 'wifi', defaultMetric: 600 });

/** Information about links, a portal and a time in the hand of the test. */
class Scene {
  readonly clock = new ManualClock();
  readonly links: FakeLinks;
  changes = 0;
  asked = 0;
  /** Questions under way: answers wanted. */
  readonly open: ((answer: ProbeAnswer | null) => void)[] = [];
  readonly information: LinkInformation;

  constructor(...links: readonly Link[]) {
    this.links = new FakeLinks(...links);
    const ask = (_url: Url, done: (answer: ProbeAnswer | null) => void): (() => void) => {
      this.asked++;
      this.open.push(done);
      return () => void this.open.splice(this.open.indexOf(done), 1);
    };
    this.information = new LinkInformation({ links: this.links, routed: true, clock: this.clock, ask }, () => this.changes++);
  }

  answer(answer: ProbeAnswer | null): void {
    expect(this.open.length).toBe(1);
    this.open.pop()!(answer);
  }

  get portal(): boolean {
    return this.information.facts.portal;
  }
}

test('follows the links, and tells only what is new', () => {
  const scene = new Scene(CABLE);
  expect(scene.information.facts).toEqual({ reach: 'online', portal: false, medium: 'ethernet', metered: false });
  scene.links.set(CABLE, RADIO);
  expect(scene.changes).toBe(0);
  scene.links.set(RADIO);
  expect([scene.changes, scene.information.facts.medium]).toEqual([1, 'wifi']);
  scene.links.set();
  expect([scene.changes, scene.information.facts.reach]).toEqual([2, 'disconnected']);
  scene.information.close();
  expect(scene.links.watched).toBe(0);
});

test('without a probe nobody is asked', () => {
  const scene = new Scene(CABLE);
  scene.links.set(RADIO);
  scene.clock.advance(120_000);
  expect([scene.asked, scene.clock.running]).toEqual([0, 0]);
});

test('a portal is found, asked for again until it lets us through, and then no more', () => {
  const scene = new Scene(CABLE);
  scene.information.setProbe(PROBE);
  scene.clock.advance(0);
  scene.answer(PORTAL);
  expect(scene.information.facts).toEqual({ reach: 'site', portal: true, medium: 'ethernet', metered: false });
  expect(scene.changes).toBe(1);
  scene.clock.advance(29_999);
  expect(scene.asked).toBe(1);
  scene.clock.advance(1);
  scene.answer(FREE);
  expect([scene.portal, scene.changes, scene.clock.running]).toEqual([false, 2, 0]);
});

test('nobody answers: that is no portal, and asked for again', () => {
  const scene = new Scene(CABLE);
  scene.information.setProbe(PROBE);
  scene.clock.advance(0);
  scene.answer(null);
  expect([scene.information.facts.reach, scene.changes]).toEqual(['online', 0]);
  scene.clock.advance(30_000);
  expect(scene.asked).toBe(2);
});

test('another way out is asked about anew, once it has settled; the question about the old one is given up', () => {
  const scene = new Scene(CABLE);
  scene.information.setProbe(PROBE);
  scene.clock.advance(0);
  expect(scene.open.length).toBe(1);
  scene.links.set(RADIO);
  expect(scene.open.length).toBe(0);
  scene.clock.advance(499);
  expect(scene.asked).toBe(1);
  scene.clock.advance(1);
  expect(scene.asked).toBe(2);
  scene.answer(FREE);
  // what is no way out is of no interest
  scene.links.set(RADIO, link('veth0', { defaultMetric: -1 }));
  scene.clock.advance(60_000);
  expect(scene.asked).toBe(2);
});

test('a network that is never at rest is asked about twice a second at most, and never twice at a time', () => {
  const scene = new Scene(CABLE);
  scene.information.setProbe(PROBE);
  scene.clock.advance(0);
  for (let ms = 0; ms < 5000; ms += 10) {
    scene.links.set(link('eth0', { defaultMetric: ms }));
    scene.clock.advance(10);
    expect(scene.open.length).toBeLessThanOrEqual(1);
  }
  expect(scene.asked).toBeGreaterThan(8);
  expect(scene.asked).toBeLessThanOrEqual(11);
});

test('without a way out nobody is asked, and there is no portal', () => {
  const scene = new Scene(CABLE);
  scene.information.setProbe(PROBE);
  scene.clock.advance(0);
  scene.answer(PORTAL);
  scene.links.set();
  expect([scene.portal, scene.information.facts.reach]).toEqual([false, 'disconnected']);
  scene.clock.advance(60_000);
  expect(scene.asked).toBe(1);
  scene.links.set(CABLE);
  scene.clock.advance(500);
  expect(scene.asked).toBe(2);
});

test('the probe is taken away, or another one set', () => {
  const scene = new Scene(CABLE);
  scene.information.setProbe(PROBE);
  scene.clock.advance(0);
  scene.answer(PORTAL);
  scene.information.setProbe({ ...PROBE, expected: 'success' });
  scene.clock.advance(0);
  expect([scene.asked, scene.portal]).toEqual([2, true]);
  scene.information.setProbe(null);
  expect([scene.portal, scene.open.length, scene.clock.running, scene.changes]).toEqual([false, 0, 0, 2]);
  scene.information.setProbe(PROBE);
  scene.information.close();
  expect([scene.clock.running, scene.links.watched]).toEqual([0, 0]);
});
