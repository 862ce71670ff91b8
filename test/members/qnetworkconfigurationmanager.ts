import { expect } from 'vitest';
import type { QNetworkConfiguration, QNetworkConfigurationManager } from '../../src/index.ts';
import { down, type FakeLinks, link, playMachine } from '../support/links.ts';
import { heard, type Package } from './support.ts';
import type { MemberTests } from './types.ts';

/** A manager on a machine with one link that is up and one that is not. */
function made(q: Package): { manager: QNetworkConfigurationManager; links: FakeLinks } {
  const { links } = playMachine(link('a'), down('b'));
  return { manager: new q.QNetworkConfigurationManager(), links };
}

const names = (all: readonly unknown[][]): string[] => all.map(([config]) => (config as QNetworkConfiguration).name());

export const qnetworkconfigurationmanager: MemberTests = {
  'QNetworkConfigurationManager.constructor': (q) => {
    const parent = new q.QObject();
    expect(new q.QNetworkConfigurationManager(parent).parent()).toBe(parent);
  },
  'QNetworkConfigurationManager.capabilities': (q) => expect(made(q).manager.capabilities()).toBe(58),
  'QNetworkConfigurationManager.defaultConfiguration': (q) => {
    expect(made(q).manager.defaultConfiguration().identifier()).toBe('qnetwork-any');
  },
  'QNetworkConfigurationManager.allConfigurations': (q) => {
    const { manager } = made(q);
    const all = (flags?: number) => manager.allConfigurations(flags).map((one) => one.name());
    expect(all()).toEqual(['Any network', 'a', 'b']);
    expect(all(q.QNetworkConfiguration.Discovered)).toEqual(['Any network', 'a']);
    expect(() => manager.allConfigurations('x' as never)).toThrow(TypeError);
  },
  'QNetworkConfigurationManager.configurationFromIdentifier': (q) => {
    const { manager } = made(q);
    expect(['b', 'c'].map((id) => manager.configurationFromIdentifier(id).isValid())).toEqual([true, false]);
  },
  'QNetworkConfigurationManager.isOnline': (q) => {
    const { manager, links } = made(q);
    expect(manager.isOnline()).toBe(true);
    links.set(down('a'));
    expect(manager.isOnline()).toBe(false);
  },
  'QNetworkConfigurationManager.updateConfigurations': async (q) => {
    const { manager } = made(q);
    const told = heard(manager.updateCompleted);
    manager.updateConfigurations();
    expect(told).toEqual([]);
    await new Promise(setImmediate);
    expect(told).toEqual([[]]);
  },
  'QNetworkConfigurationManager.updateCompleted': async (q) => {
    const { manager } = made(q);
    const told = heard(manager.updateCompleted);
    manager.updateConfigurations();
    await new Promise(setImmediate);
    expect(told).toEqual([[]]);
  },
  'QNetworkConfigurationManager.configurationAdded': (q) => {
    const { manager, links } = made(q);
    const told = heard(manager.configurationAdded);
    expect(links.watched).toBe(1);
    links.set(link('a'), down('b'), link('c'));
    expect(names(told)).toEqual(['c']);
    manager.configurationAdded.disconnect();
    expect(links.watched).toBe(0);
  },
  'QNetworkConfigurationManager.configurationRemoved': (q) => {
    const { manager, links } = made(q);
    const told = heard(manager.configurationRemoved);
    links.set(link('a'));
    expect(names(told)).toEqual(['b']);
  },
  'QNetworkConfigurationManager.configurationChanged': (q) => {
    const { manager, links } = made(q);
    const told = heard(manager.configurationChanged);
    links.set(down('a'), down('b'));
    links.set(down('b'), down('a'));
    expect(names(told)).toEqual(['Any network', 'a']);
  },
  'QNetworkConfigurationManager.onlineStateChanged': (q) => {
    const { manager, links } = made(q);
    const told = heard(manager.onlineStateChanged);
    links.set(link('a', { defaultMetric: 7 }), link('b'));
    links.set(down('a'), down('b'));
    links.set(link('a'));
    expect(told).toEqual([[false], [true]]);
  },
  'QNetworkConfigurationManager.Capability': (q) => {
    expect(q.QNetworkConfigurationManager.Capability[16]).toBe('ForcedRoaming');
  },
};
