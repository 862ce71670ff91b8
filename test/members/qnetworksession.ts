import { expect } from 'vitest';
import type { QNetworkConfiguration, QNetworkSession } from '../../src/index.ts';
import { down, type FakeLinks, link, playMachine } from '../support/links.ts';
import { heard, type Package } from './support.ts';
import type { MemberTests } from './types.ts';

const SECOND = link('b', { defaultMetric: 200 });

interface Scene {
  readonly links: FakeLinks;
  readonly any: QNetworkConfiguration;
  readonly session: QNetworkSession;
}

/** A session of the service network of two links. */
function made(q: Package): Scene {
  const { links } = playMachine(link('a'), SECOND);
  const any = new q.QNetworkConfigurationManager().defaultConfiguration();
  return { links, any, session: new q.QNetworkSession(any) };
}

/** The same, on its second link, and the first proposed. */
function proposed(q: Package): Scene & { readonly told: unknown[][] } {
  const scene = made(q);
  scene.links.set(down('a'), SECOND);
  const told = heard(scene.session.preferredConfigurationChanged);
  scene.session.open();
  scene.links.set(link('a'), SECOND);
  return { ...scene, told };
}

export const qnetworksession: MemberTests = {
  'QNetworkSession.constructor': (q) => {
    const { any } = made(q);
    const parent = new q.QObject();
    const session = new q.QNetworkSession(any, parent);
    expect([session.parent(), session.configuration().equals(any)]).toEqual([parent, true]);
    expect(() => new q.QNetworkSession({} as never)).toThrow(TypeError);
  },
  'QNetworkSession.isOpen': (q) => {
    const { session } = made(q);
    const before = session.isOpen();
    session.open();
    expect([before, session.isOpen()]).toEqual([false, true]);
  },
  'QNetworkSession.configuration': (q) => expect(made(q).session.configuration().identifier()).toBe('qnetwork-any'),
  'QNetworkSession.interface': (q) => expect(made(q).session.interface().name()).toBe('a'),
  'QNetworkSession.state': (q) => expect(made(q).session.state()).toBe(3),
  'QNetworkSession.error': (q) => {
    playMachine();
    const session = new q.QNetworkSession(new q.QNetworkConfiguration());
    const told = heard(session.error);
    session.open();
    expect([session.error(), told]).toEqual([4, [[4]]]);
  },
  'QNetworkSession.errorString': (q) => {
    playMachine();
    expect(new q.QNetworkSession(new q.QNetworkConfiguration()).errorString()).toBe('Invalid configuration.');
  },
  'QNetworkSession.sessionProperty': (q) => {
    const { session } = made(q);
    const value = (key: string) => session.sessionProperty(key);
    expect(['ActiveConfiguration', 'UserChoiceConfiguration', 'ConnectInBackground', 'mine'].map(value)).toEqual([
      ...['', '', false, undefined],
    ]);
    session.open();
    expect([value('ActiveConfiguration'), value('AutoCloseSessionTimeout')]).toEqual(['a', -1]);
  },
  'QNetworkSession.setSessionProperty': (q) => {
    const { session } = made(q);
    session.setSessionProperty('ConnectInBackground', true);
    session.setSessionProperty('ActiveConfiguration', 'b');
    expect(['ConnectInBackground', 'ActiveConfiguration'].map((key) => session.sessionProperty(key))).toEqual([true, '']);
    expect(() => session.setSessionProperty('ConnectInBackground', 1)).toThrow(TypeError);
  },
  'QNetworkSession.bytesWritten': (q) => {
    const { session, links } = made(q);
    links.counted.set('a', { received: 5, sent: 10 });
    session.open();
    links.counted.set('a', { received: 5, sent: 17 });
    expect(session.bytesWritten()).toBe(7);
  },
  'QNetworkSession.bytesReceived': (q) => {
    const { session, links } = made(q);
    links.counted.set('a', { received: 5, sent: 10 });
    session.open();
    links.counted.set('a', { received: 9, sent: 10 });
    expect(session.bytesReceived()).toBe(4);
  },
  'QNetworkSession.activeTime': (q) => {
    const { clock } = playMachine(link('a'));
    const session = new q.QNetworkSession(new q.QNetworkConfigurationManager().defaultConfiguration());
    session.open();
    clock.advance(3_500);
    expect(session.activeTime()).toBe(3);
  },
  'QNetworkSession.waitForOpened': (q) => {
    const { session } = made(q);
    const before = session.waitForOpened();
    session.open();
    expect([before, session.waitForOpened(10)]).toEqual([false, true]);
  },
  'QNetworkSession.open': (q) => {
    const { session } = made(q);
    session.open();
    expect(session.isOpen()).toBe(true);
  },
  'QNetworkSession.close': (q) => {
    const { session } = made(q);
    session.open();
    session.close();
    expect(session.isOpen()).toBe(false);
  },
  'QNetworkSession.stop': (q) => {
    const { session, any } = made(q);
    session.open();
    new q.QNetworkSession(any).stop();
    expect([session.isOpen(), session.state(), session.error()]).toEqual([false, 5, 1]);
  },
  'QNetworkSession.migrate': (q) => {
    const { session } = proposed(q);
    session.migrate();
    expect([session.state(), session.sessionProperty('ActiveConfiguration')]).toEqual([6, 'a']);
  },
  'QNetworkSession.ignore': (q) => {
    const { session } = proposed(q);
    session.ignore();
    session.migrate();
    expect([session.state(), session.sessionProperty('ActiveConfiguration')]).toEqual([3, 'b']);
  },
  'QNetworkSession.accept': (q) => {
    const { session } = proposed(q);
    session.migrate();
    session.accept();
    expect([session.state(), session.sessionProperty('ActiveConfiguration')]).toEqual([3, 'a']);
  },
  'QNetworkSession.reject': (q) => {
    const { session } = proposed(q);
    session.migrate();
    session.reject();
    expect([session.state(), session.sessionProperty('ActiveConfiguration')]).toEqual([3, 'b']);
  },
  'QNetworkSession.stateChanged': (q) => {
    const { session, links } = made(q);
    const told = heard(session.stateChanged);
    links.set(down('a'), down('b'));
    links.set(link('a'));
    expect(told).toEqual([[1], [3]]);
  },
  'QNetworkSession.opened': (q) => {
    const { session } = made(q);
    const told = heard(session.opened);
    session.open();
    expect(told).toEqual([[]]);
  },
  'QNetworkSession.closed': (q) => {
    const { session } = made(q);
    const told = heard(session.closed);
    session.open();
    session.close();
    expect(told).toEqual([[]]);
  },
  'QNetworkSession.preferredConfigurationChanged': (q) => {
    const [[config, seamless] = []] = proposed(q).told;
    expect([(config as QNetworkConfiguration).name(), seamless]).toEqual(['a', false]);
  },
  'QNetworkSession.newConfigurationActivated': (q) => {
    const { session, links } = made(q);
    const told = heard(session.newConfigurationActivated);
    session.open();
    links.set(down('a'), SECOND);
    expect([told, session.interface().name()]).toEqual([[[]], 'b']);
  },
  'QNetworkSession.connectNotify': (q) => {
    const names: string[] = [];
    class Noticing extends q.QNetworkSession {
      protected override connectNotify(signal: string): void {
        names.push(signal);
        super.connectNotify(signal);
      }
    }
    const { any, links } = made(q);
    const session = new Noticing(any);
    const told = heard(session.preferredConfigurationChanged);
    expect(names).toEqual(['preferredConfigurationChanged']);
    session.open();
    links.set(down('a'), SECOND);
    // it asks, and does not move by itself
    expect([told.length, session.state()]).toEqual([1, 6]);
  },
  'QNetworkSession.disconnectNotify': (q) => {
    const names: string[] = [];
    let asks = true;
    class Noticing extends q.QNetworkSession {
      protected override connectNotify(signal: string): void {
        if (asks) super.connectNotify(signal);
      }
      protected override disconnectNotify(signal: string): void {
        names.push(signal);
        super.disconnectNotify(signal);
      }
    }
    const { any, links } = made(q);
    const session = new Noticing(any);
    session.preferredConfigurationChanged.connect(() => {});
    session.preferredConfigurationChanged.disconnect();
    expect(names).toEqual(['preferredConfigurationChanged']);
    asks = false;
    session.preferredConfigurationChanged.connect(() => {});
    session.open();
    links.set(down('a'), SECOND);
    // it does not ask any more, and moves by itself
    expect(session.sessionProperty('ActiveConfiguration')).toBe('b');
  },
  'QNetworkSession.usagePolicies': (q) => {
    const { session, any } = made(q);
    session.setUsagePolicies(1);
    expect(new q.QNetworkSession(any).usagePolicies()).toBe(1);
  },
  'QNetworkSession.usagePoliciesChanged': (q) => {
    const { session } = made(q);
    const told = heard(session.usagePoliciesChanged);
    session.setUsagePolicies(q.QNetworkSession.NoBackgroundTrafficPolicy);
    session.setUsagePolicies(q.QNetworkSession.NoBackgroundTrafficPolicy);
    expect(told).toEqual([[1]]);
    expect(() => session.setUsagePolicies(2)).toThrow(TypeError);
  },
  'QNetworkSession.State': (q) => expect(q.QNetworkSession.State[6]).toBe('Roaming'),
  'QNetworkSession.SessionError': (q) => expect(q.QNetworkSession.SessionError[2]).toBe('RoamingError'),
  'QNetworkSession.UsagePolicy': (q) => expect(q.QNetworkSession.UsagePolicy[1]).toBe('NoBackgroundTrafficPolicy'),
};
