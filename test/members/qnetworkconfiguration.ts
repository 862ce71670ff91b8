import { expect } from 'vitest';
import type { QNetworkConfiguration } from '../../src/index.ts';
import { down, link, playMachine } from '../support/links.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

/** The configuration with an identifier, on a machine with one link that is up and one that is not. */
function called(q: Package, id: string): QNetworkConfiguration {
  playMachine(link('wlan0', { medium: 'wifi' }), down('eth0'));
  return new q.QNetworkConfigurationManager().configurationFromIdentifier(id);
}

export const qnetworkconfiguration: MemberTests = {
  'QNetworkConfiguration.constructor': (q) => {
    expect(new q.QNetworkConfiguration(called(q, 'wlan0')).name()).toBe('wlan0');
  },
  'QNetworkConfiguration.equals': (q) => {
    expect([called(q, 'wlan0').equals(called(q, 'wlan0')), called(q, 'wlan0').equals(called(q, 'eth0'))]).toEqual([true, false]);
  },
  'QNetworkConfiguration.state': (q) => {
    expect([called(q, 'wlan0').state(), called(q, 'eth0').state(), called(q, 'x').state()]).toEqual([14, 2, 1]);
  },
  'QNetworkConfiguration.type': (q) => {
    expect(['wlan0', 'qnetwork-any', 'x'].map((id) => called(q, id).type())).toEqual([0, 1, 3]);
  },
  'QNetworkConfiguration.purpose': (q) => expect(called(q, 'wlan0').purpose()).toBe(0),
  'QNetworkConfiguration.bearerName': (q) => expect(called(q, 'wlan0').bearerName()).toBe('WLAN'),
  'QNetworkConfiguration.bearerType': (q) => expect(called(q, 'wlan0').bearerType()).toBe(2),
  'QNetworkConfiguration.bearerTypeName': (q) => {
    expect(['eth0', 'qnetwork-any', 'x'].map((id) => called(q, id).bearerTypeName())).toEqual(['Ethernet', '', '']);
  },
  'QNetworkConfiguration.bearerTypeFamily': (q) => expect(called(q, 'eth0').bearerTypeFamily()).toBe(1),
  'QNetworkConfiguration.identifier': (q) => expect(called(q, 'qnetwork-any').identifier()).toBe('qnetwork-any'),
  'QNetworkConfiguration.isRoamingAvailable': (q) => {
    expect(['qnetwork-any', 'wlan0'].map((id) => called(q, id).isRoamingAvailable())).toEqual([true, false]);
  },
  'QNetworkConfiguration.children': (q) => {
    const names = called(q, 'qnetwork-any')
      .children()
      .map((one) => one.name());
    expect([names, called(q, 'wlan0').children()]).toEqual([['wlan0', 'eth0'], []]);
  },
  'QNetworkConfiguration.name': (q) => expect(called(q, 'qnetwork-any').name()).toBe('Any network'),
  'QNetworkConfiguration.isValid': (q) => {
    const { links } = playMachine(link('a'));
    const config = new q.QNetworkConfigurationManager().configurationFromIdentifier('a');
    expect([config.isValid(), new q.QNetworkConfiguration().isValid()]).toEqual([true, false]);
    links.set();
    expect([config.isValid(), config.name(), config.state()]).toEqual([false, 'a', 1]);
  },
  'QNetworkConfiguration.connectTimeout': (q) => expect(called(q, 'wlan0').connectTimeout()).toBe(30_000),
  'QNetworkConfiguration.setConnectTimeout': (q) => {
    const config = called(q, 'wlan0');
    expect([config.setConnectTimeout(500), new q.QNetworkConfiguration(config).connectTimeout()]).toEqual([true, 500]);
    expect(new q.QNetworkConfiguration().setConnectTimeout(500)).toBe(false);
    expect(() => config.setConnectTimeout(-1)).toThrow(RangeError);
  },
  'QNetworkConfiguration.Type': (q) => expect(q.QNetworkConfiguration.Type[1]).toBe('ServiceNetwork'),
  'QNetworkConfiguration.Purpose': (q) => expect(q.QNetworkConfiguration.Purpose[3]).toBe('ServiceSpecificPurpose'),
  'QNetworkConfiguration.StateFlag': (q) => expect(q.QNetworkConfiguration.StateFlag[6]).toBe('Discovered'),
  'QNetworkConfiguration.BearerType': (q) => expect(q.QNetworkConfiguration.BearerType[10]).toBe('BearerLTE'),
};
