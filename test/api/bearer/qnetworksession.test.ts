import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { QNetworkConfiguration, QNetworkConfigurationManager, QNetworkSession } from '../../../src/index.ts';
import { down, link, playMachine } from '../../support/links.ts';

const { State, SessionError } = QNetworkSession;

const any = (): QNetworkConfiguration => new QNetworkConfigurationManager().defaultConfiguration();
const point = (name: string): QNetworkConfiguration => new QNetworkConfigurationManager().configurationFromIdentifier(name);

/** All its signals but preferredConfigurationChanged, in order. */
function told(session: QNetworkSession): string[] {
  const all: string[] = [];
  session.stateChanged.connect((state) => {
    expect(session.state()).toBe(state);
    all.push(State[state]);
  });
  session.opened.connect(() => all.push('opened'));
  session.closed.connect(() => all.push('closed'));
  session.error.connect((error) => all.push(SessionError[error]));
  session.newConfigurationActivated.connect(() => all.push(`on ${session.interface().name()}`));
  return all;
}

const spoken = (all: string[]): string => all.splice(0).join(' ');

it('is connected before it is open, and opens at once', () => {
  playMachine(link('a'));
  const session = new QNetworkSession(any());
  expect([session.state(), session.isOpen(), session.waitForOpened()]).toEqual([State.Connected, false, false]);
  const all = told(session);
  session.open();
  expect([session.isOpen(), session.waitForOpened(1), session.sessionProperty('ActiveConfiguration')]).toEqual([true, true, 'a']);
  expect(spoken(all)).toBe('opened');
  session.close();
  expect([session.isOpen(), session.state(), spoken(all)]).toEqual([false, State.Connected, 'closed']);
});

it('moves to another interface when its own goes, and stays there when that comes back', () => {
  const { links } = playMachine(link('a'), link('b', { defaultMetric: 200 }));
  const session = new QNetworkSession(any());
  const all = told(session);
  session.open();
  links.set(down('a'), link('b', { defaultMetric: 200 }));
  expect(spoken(all)).toBe('opened Roaming on b Connected');
  links.set(link('a'), link('b', { defaultMetric: 200 }));
  expect([spoken(all), session.interface().name()]).toEqual(['', 'b']);
});

it('waits ten seconds for its interface, then it ends', () => {
  const { links, clock } = playMachine(link('a'));
  const session = new QNetworkSession(any());
  const all = told(session);
  session.open();
  links.set(down('a'));
  clock.advance(9_999);
  links.set(link('a'));
  expect(spoken(all)).toBe('opened Roaming Connected');
  links.set(down('a'));
  clock.advance(9_999);
  expect([spoken(all), session.isOpen()]).toEqual(['Roaming', true]);
  clock.advance(1);
  expect([spoken(all), session.isOpen()]).toEqual(['Disconnected closed RoamingError', false]);
  expect([session.error(), session.errorString()]).toEqual([2, 'Roaming was aborted or is not possible.']);
  expect(clock.running).toBe(0);
  links.set(link('a'));
  session.open();
  expect(spoken(all)).toBe('Connected opened');
});

it('a pinned one takes no other interface', () => {
  const { links, clock } = playMachine(link('a'), link('b'));
  const session = new QNetworkSession(point('b'));
  const all = told(session);
  session.open();
  links.set(link('a'), down('b'));
  clock.advance(10_000);
  expect(spoken(all)).toBe('opened Roaming Disconnected closed SessionAbortedError');
  links.set(link('a'));
  expect(spoken(all)).toBe('Invalid');
});

it('asks before it moves when somebody is connected, and moves when told so', async () => {
  const { links } = playMachine(link('b', { defaultMetric: 200 }));
  const session = new QNetworkSession(any());
  const all = told(session);
  session.preferredConfigurationChanged.connect((config, seamless) => all.push(`prefers ${config.name()} ${seamless}`));
  session.open();
  links.set(link('a'), link('b', { defaultMetric: 200 }));
  expect(spoken(all)).toBe('opened prefers a false');
  session.migrate();
  expect([spoken(all), session._links().map(({ name }) => name)]).toEqual(['Roaming on a', ['a', 'b']]);
  session.reject();
  expect([spoken(all), session.interface().name()]).toEqual(['Connected', 'b']);
  links.set(link('b', { defaultMetric: 200 }));
  links.set(link('a'), link('b', { defaultMetric: 200 }));
  session.migrate();
  session.accept();
  expect([spoken(all), session.interface().name()]).toEqual(['prefers a false Roaming on a Connected', 'a']);
  links.set(down('a'), link('b', { defaultMetric: 200 }));
  expect([spoken(all), session.state()]).toEqual(['Roaming prefers b false', State.Roaming]);
  session.preferredConfigurationChanged.disconnect();
  await new Promise(setImmediate);
  expect(spoken(all)).toBe('on b Connected');
});

it('who connects hears, after the call, of what is better already', async () => {
  const { links } = playMachine(link('b', { defaultMetric: 200 }));
  const session = new QNetworkSession(any());
  session.open();
  links.set(link('a'), link('b', { defaultMetric: 200 }));
  const [config] = await session.preferredConfigurationChanged.next();
  expect(config.name()).toBe('a');
});

it('stop ends all sessions of the configuration, until one is opened again', () => {
  playMachine(link('a'), link('b'));
  const [one, two, other] = [new QNetworkSession(any()), new QNetworkSession(any()), new QNetworkSession(point('a'))];
  const [first, second, third] = [told(one), told(two), told(other)];
  for (const session of [one, two, other]) session.open();
  one.stop();
  expect(spoken(first)).toBe('opened Closing Disconnected closed');
  expect(spoken(second)).toBe('opened Closing Disconnected closed SessionAbortedError');
  expect([spoken(third), other.isOpen()]).toEqual(['opened', true]);
  expect(new QNetworkSession(any()).state()).toBe(State.Disconnected);
  two.open();
  expect(spoken(second)).toBe('Connecting Connected opened');
  expect([spoken(first), one.isOpen()]).toEqual(['Connected', false]);
});

it('waits for an interface that has no address yet, as long as its configuration says', async () => {
  const waiting = link('a', { up: false, addresses: [{ address: 'fe80::1', family: 6, linkLocal: true }] });
  const { links, clock } = playMachine(waiting);
  const config = any();
  expect(config.setConnectTimeout(500)).toBe(true);
  const session = new QNetworkSession(config);
  const all = told(session);
  session.open();
  const opened = session.whenOpened();
  links.set(link('a'));
  expect([spoken(all), (await opened) === session]).toEqual(['Connecting Connected opened', true]);
  session.close();
  links.set(waiting);
  session.open();
  const failed = session.whenOpened();
  clock.advance(500);
  await expect(failed).rejects.toThrow(/Any network: Unknown session error/);
  expect(spoken(all)).toBe('closed Disconnected Connecting Disconnected UnknownSessionError');
});

it('cannot be opened without a way', async () => {
  playMachine(down('a'));
  const session = new QNetworkSession(any());
  const all = told(session);
  session.open();
  expect([spoken(all), session.state()]).toEqual(['InvalidConfigurationError', State.NotAvailable]);
  await expect(session.whenOpened()).rejects.toMatchObject({ code: 'InvalidConfigurationError' });
});

it('of an invalid configuration is invalid', () => {
  playMachine(link('a'));
  const session = new QNetworkSession(new QNetworkConfiguration());
  expect([session.state(), session.error(), session.errorString()]).toEqual([0, 4, 'Invalid configuration.']);
  const all = told(session);
  session.open();
  session.stop();
  session.close();
  expect(spoken(all)).toBe('InvalidConfigurationError');
});

it('counts the bytes of the interfaces that it was on, and its seconds', () => {
  const { links, clock } = playMachine(link('a'), link('b', { defaultMetric: 200 }));
  const count = (name: string, received: number, sent: number) => links.counted.set(name, { received, sent });
  count('a', 1000, 100);
  count('b', 50, 5);
  const session = new QNetworkSession(any());
  expect([session.bytesReceived(), session.activeTime()]).toEqual([0, 0]);
  session.open();
  count('a', 1500, 130);
  clock.advance(2_999);
  expect([session.bytesReceived(), session.bytesWritten(), session.activeTime()]).toEqual([500, 30, 2]);
  links.set(down('a'), link('b', { defaultMetric: 200 }));
  count('a', 9000, 9000);
  count('b', 51, 7);
  expect([session.bytesReceived(), session.bytesWritten()]).toEqual([501, 32]);
  session.close();
  session.open();
  expect([session.bytesReceived(), session.activeTime()]).toEqual([0, 0]);
});

it('closes by itself after AutoCloseSessionTimeout', () => {
  const { clock } = playMachine(link('a'));
  using session = new QNetworkSession(any());
  session.open();
  expect(session.sessionProperty('AutoCloseSessionTimeout')).toBe(-1);
  session.setSessionProperty('AutoCloseSessionTimeout', 100);
  clock.advance(99);
  expect(session.isOpen()).toBe(true);
  clock.advance(1);
  expect([session.isOpen(), clock.running]).toEqual([false, 0]);
  expect(() => session.setSessionProperty('AutoCloseSessionTimeout', 'soon')).toThrow(TypeError);
});

it('has the machine watched while it is open or heard, and not when it is deleted', async () => {
  const { links, clock } = playMachine(link('a'));
  const session = new QNetworkSession(any());
  expect(links.watched).toBe(0);
  session.open();
  expect(links.watched).toBe(1);
  session.close();
  expect(links.watched).toBe(0);
  const connection = session.stateChanged.connect(() => {});
  expect(links.watched).toBe(1);
  connection.disconnect();
  expect(links.watched).toBe(0);
  const next = session.opened.next();
  expect(links.watched).toBe(1);
  session.open();
  await next;
  links.set(down('a'));
  expect([links.watched, clock.running]).toEqual([1, 1]);
  const opened = new QNetworkSession(any()).whenOpened();
  session.deleteLater();
  await session.destroyed.next();
  expect([links.watched, clock.running]).toEqual([1, 0]);
  void opened.catch(() => {});
});

it('a forgotten one is not held, and watches no more', async () => {
  const { links } = playMachine(link('a'));
  const forget = (): WeakRef<QNetworkSession> => {
    const session = new QNetworkSession(any());
    session.stateChanged.connect(() => {});
    session.open();
    return new WeakRef(session);
  };
  const forgotten = forget();
  expect(links.watched).toBe(1);
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < 50 && links.watched > 0; i++) {
    await new Promise(setImmediate);
    gc();
  }
  expect([forgotten.deref(), links.watched]).toEqual([undefined, 0]);
});

it('a slot may end it in the middle', () => {
  const { links } = playMachine(link('a'), link('b', { defaultMetric: 200 }));
  const session = new QNetworkSession(any());
  const all: string[] = [];
  session.stateChanged.connect((state) => {
    all.push(State[state]);
    if (state === State.Roaming) session.close();
  });
  session.closed.connect(() => all.push('closed'));
  session.open();
  links.set(down('a'), link('b', { defaultMetric: 200 }));
  expect(all).toEqual(['Roaming', 'Connected', 'closed']);
  expect(session.isOpen()).toBe(false);
});

it('sessions of one configuration go along with the one that was asked', () => {
  const { links } = playMachine(link('b', { defaultMetric: 200 }));
  const asked = new QNetworkSession(any());
  const along = new QNetworkSession(any());
  const all = told(along);
  asked.preferredConfigurationChanged.connect(() => asked.migrate());
  asked.newConfigurationActivated.connect(() => asked.accept());
  asked.open();
  along.open();
  links.set(link('a'), link('b', { defaultMetric: 200 }));
  expect([asked.interface().name(), spoken(all)]).toEqual(['a', 'opened Roaming on a Connected']);
  links.set(link('b', { defaultMetric: 200 }));
  expect([asked.interface().name(), along.interface().name()]).toEqual(['b', 'b']);
  asked.preferredConfigurationChanged.disconnect();
  links.set(link('a'), link('b', { defaultMetric: 200 }));
  const later = new QNetworkSession(any());
  later.open();
  expect(later.interface().name()).toBe('b');
});

it('tells what a slot brings about behind what is being told', () => {
  const { links, clock } = playMachine(link('a', { up: false, addresses: [{ address: 'fe80::1', family: 6, linkLocal: true }] }));
  const session = new QNetworkSession(any());
  const all: string[] = [];
  session.stateChanged.connect((state) => {
    all.push(State[state]);
    if (state === State.Connected) session.close();
    if (state === State.Disconnected) session.open();
  });
  session.opened.connect(() => all.push('opened'));
  session.closed.connect(() => all.push('closed'));
  session.error.connect((error) => all.push(SessionError[error]));
  session.open();
  links.set(link('a'));
  expect([spoken(all), session.isOpen()]).toEqual(['Connecting Connected opened closed', false]);
  session.open();
  links.set(down('a'));
  clock.advance(10_000);
  expect(spoken(all)).toBe('opened Roaming Disconnected closed RoamingError InvalidConfigurationError');
});

it('is told in order when what is lost with a way has it closed', () => {
  const { links } = playMachine(link('a'));
  const session = new QNetworkSession(any());
  const all = told(session);
  session._accompany({
    moved() {
      if (session.state() === State.Roaming) session.close();
    },
    told() {},
  });
  session.stateChanged.disconnect();
  session.stateChanged.connect((state) => all.push(State[state]));
  session.open();
  links.set(down('a'));
  expect([spoken(all), session.isOpen()]).toEqual(['opened Roaming Disconnected closed', false]);
});
