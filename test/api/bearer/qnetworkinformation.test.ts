import { afterEach, expect, test } from 'vitest';
import { informationOf } from '../../../src/api/bearer/qnetworkinformation.ts';
import { interfaceFrom } from '../../../src/api/bearer/qnetworkinterface.ts';
import { QNetworkInformation, QNetworkInterface } from '../../../src/index.ts';
import { ManualClock } from '../../support/clock.ts';
import { FakeLinks, link } from '../../support/links.ts';

const { setCaptivePortalProbe } = QNetworkInformation;

afterEach(() => {
  setCaptivePortalProbe(null);
  QNetworkInformation.instance()?._destroy();
});

test('is made by loading a backend only', () => {
  expect(() => Reflect.construct(QNetworkInformation, [])).toThrow(/loadDefaultBackend\(\), then instance\(\)/);
  expect(QNetworkInformation.instance()).toBeNull();
});

test('CaptivePortal is a feature while there is a probe', () => {
  const { CaptivePortal, Reachability } = QNetworkInformation.Feature;
  expect(QNetworkInformation.loadBackendByFeatures(CaptivePortal | Reachability)).toBe(false);
  setCaptivePortalProbe('http://probe.invalid/204');
  expect(QNetworkInformation.loadBackendByFeatures(CaptivePortal | Reachability)).toBe(true);
  expect(QNetworkInformation.instance()?.supportedFeatures()).toBe(15);
  setCaptivePortalProbe(null);
  expect(QNetworkInformation.instance()?.supports(CaptivePortal)).toBe(false);
});

test.each(['', 'probe.test', 'ftp://probe.test/', 'http:///204'])('no probe: %o', (url) => {
  expect(() => setCaptivePortalProbe(url)).toThrow(
    /^QNetworkInformation\.setCaptivePortalProbe expects a URL with http or https/,
  );
});

test('secrets of a probe that is none are not told', () => {
  for (const url of ['ftp://ada:secret@probe.test/', 'http://ada:secret@probe.test:port/'])
    expect(() => setCaptivePortalProbe(url)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
});

test.each([1.5, -1, Number.NaN, '1', null])('features are flags: %o', (features) => {
  expect(() => QNetworkInformation.loadBackendByFeatures(features as number)).toThrow(
    /expects flags of QNetworkInformation\.Feature/,
  );
});

test('a slot that changes the facts again: every signal tells what is true then', () => {
  const links = new FakeLinks(link('eth0'));
  const information = informationOf({ links, routed: true, clock: new ManualClock(), ask: () => () => {} }, null);
  const told: unknown[] = [];
  information.reachabilityChanged.connect((now) => {
    told.push(now);
    if (now === 1) links.set(link('wwan0', { medium: 'cellular' }));
  });
  information.transportMediumChanged.connect((now) => told.push(now));
  information.isMeteredChanged.connect((now) => told.push(now));
  links.set();
  expect(told).toEqual([1, 4, 2, true]);
});

test('deleted it watches no more, and can be loaded again', () => {
  const links = new FakeLinks(link('eth0'));
  const information = informationOf({ links, routed: true, clock: new ManualClock(), ask: () => () => {} }, null);
  expect(links.watched).toBe(1);
  information._destroy();
  expect(links.watched).toBe(0);
  QNetworkInformation.loadDefaultBackend();
  const first = QNetworkInformation.instance();
  first?._destroy();
  QNetworkInformation.loadDefaultBackend();
  expect(QNetworkInformation.instance()).not.toBe(first);
});

test('QNetworkInterface: found by its name, and copied', () => {
  const [one] = QNetworkInterface.allInterfaces();
  expect(QNetworkInterface.interfaceFromName(one!.name()).isValid()).toBe(true);
  const copy = new QNetworkInterface(interfaceFrom(link('eth7')));
  expect([copy.name(), copy.humanReadableName(), copy.hardwareAddress(), copy.isValid()]).toEqual([
    ...['eth7', 'eth7', '02:00:00:00:00:01'],
    true,
  ]);
  expect(QNetworkInterface.interfaceFromName('nobody').isValid()).toBe(false);
  expect([interfaceFrom(null).name(), interfaceFrom(null).isValid()]).toEqual(['', false]);
  expect(() => new QNetworkInterface('eth0' as never)).toThrow(/interfaceFromName\(\) finds one/);
});
