import { expect, it, onTestFinished } from 'vitest';
import {
  type ManagerOptions,
  QNetworkAccessManager,
  QNetworkConfiguration,
  QNetworkConfigurationManager,
  type QNetworkReply,
  QNetworkRequest,
  QNetworkSession,
} from '../../../src/index.ts';
import { link as aLink, down, playMachine } from '../../support/links.ts';
import { serve } from '../../support/server.ts';

const { Accessible, NotAccessible, UnknownAccessibility } = QNetworkAccessManager.NetworkAccessibility;

/** Whom nobody reaches: reserved for documentation (RFC 5737). */
const FAR = 'http://198.51.100.1/';

const any = (): QNetworkConfiguration => new QNetworkConfigurationManager().defaultConfiguration();

function managed(options: ManagerOptions = {}): QNetworkAccessManager {
  const manager = new QNetworkAccessManager(options);
  onTestFinished(() => manager.close());
  return manager;
}

/** Its signals about the session, in order. */
function told(manager: QNetworkAccessManager): string[] {
  const all: string[] = [];
  manager.networkAccessibleChanged.connect((accessible) => {
    expect(manager.networkAccessible()).toBe(accessible);
    all.push(QNetworkAccessManager.NetworkAccessibility[accessible]);
  });
  manager.networkSessionConnected.connect(() => all.push('connected'));
  return all;
}

const ended = async (reply: QNetworkReply): Promise<[number, string]> => {
  await reply.whenFinished();
  return [reply.error(), reply.errorString()];
};
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
};

it('has no session unless one is set', () => {
  const { links } = playMachine(aLink('a'));
  const manager = managed();
  expect(manager.networkAccessible()).toBe(UnknownAccessibility);
  expect([manager.configuration().equals(any()), manager.activeConfiguration().name()]).toEqual([true, 'Any network']);
  expect(links.watched).toBe(0);
});

it('knows by its session whether the network is accessible', async () => {
  const { links, clock } = playMachine(aLink('a'), aLink('b', { defaultMetric: 200 }));
  const manager = managed();
  const all = told(manager);
  manager.setConfiguration(any());
  expect([all.splice(0), manager.activeConfiguration().name(), links.watched]).toEqual([['Accessible'], 'a', 1]);
  manager.get(FAR);
  await turns();
  expect(all.splice(0)).toEqual(['connected']);
  links.set(down('a'), aLink('b', { defaultMetric: 200 }));
  expect([all.splice(0), manager.activeConfiguration().name()]).toEqual([['connected'], 'b']);
  links.set(down('a'), down('b'));
  expect(all.splice(0)).toEqual([]);
  clock.advance(10_000);
  expect(all.splice(0)).toEqual(['NotAccessible']);
  links.set(aLink('a'), down('b'));
  expect(all.splice(0)).toEqual(['Accessible']);
  manager.setConfiguration(new QNetworkConfiguration());
  expect([all.splice(0), manager.networkAccessible()]).toEqual([['UnknownAccessibility'], UnknownAccessibility]);
});

it('requests leave from the addresses of the session', async () => {
  playMachine(aLink('a'));
  const manager = managed();
  manager.setConfiguration(any());
  // an address that this machine has not
  expect(await ended(manager.get(FAR))).toEqual([99, expect.stringContaining('EADDRNOTAVAIL')]);
});

it('requests wait while the session roams, and fail when it ends', async () => {
  const { links, clock } = playMachine(aLink('a'));
  const manager = managed();
  manager.setConfiguration(any());
  await ended(manager.get(FAR));
  links.set(down('a'));
  const reply = manager.get(FAR);
  await turns();
  expect(reply.isRunning()).toBe(true);
  clock.advance(10_000);
  expect(await ended(reply)).toEqual([8, expect.stringMatching(/^Network session error\. .*Any network/)]);
  // the next one finds no way, too, until there is one
  expect((await ended(manager.get(FAR)))[0]).toBe(8);
  links.set(aLink('a'));
  expect((await ended(manager.get(FAR)))[0]).toBe(99);
});

it('this machine itself needs no session', async () => {
  playMachine(down('a'));
  await using origin = await serve({ routes: { '*': { body: 'here' } } });
  const manager = managed();
  manager.setConfiguration(any());
  expect(await manager.get(origin.url('/')).text()).toBe('here');
});

it('not accessible: requests end, but not those that need no network', async () => {
  await using origin = await serve({ routes: { '*': { body: 'here' } } });
  const manager = managed();
  const all = told(manager);
  manager.setNetworkAccessible(NotAccessible);
  manager.setNetworkAccessible(NotAccessible);
  expect(all.splice(0)).toEqual(['NotAccessible']);
  const finished: number[] = [];
  manager.finished.connect((reply) => finished.push(reply.error()));
  expect(await ended(manager.get(origin.url('/')))).toEqual([99, expect.stringContaining('Network access is disabled.')]);
  expect(await manager.get('data:,x').text()).toBe('x');
  const only = new QNetworkRequest(origin.url('/'));
  only.setAttribute(QNetworkRequest.CacheLoadControlAttribute, QNetworkRequest.AlwaysCache);
  expect((await ended(manager.get(only)))[0]).toBe(203);
  manager.connectToHost('127.0.0.1', origin.port);
  await turns();
  expect([origin.connections, finished.sort()]).toEqual([[], [0, 203, 99, 99]]);
  manager.setNetworkAccessible(Accessible);
  expect(all.splice(0)).toEqual(['UnknownAccessibility']);
  expect(await manager.get(origin.url('/')).text()).toBe('here');
});

it('as Qt 5 has it, being not accessible is a note', async () => {
  const { links } = playMachine(aLink('a'));
  await using origin = await serve({ routes: { '*': { body: 'here' } } });
  const manager = managed({ offlinePolicy: 'qt5' });
  const all = told(manager);
  expect(manager.networkAccessible()).toBe(Accessible);
  manager.setNetworkAccessible(NotAccessible);
  expect(await manager.get(origin.url('/')).text()).toBe('here');
  manager.setNetworkAccessible(UnknownAccessibility);
  manager.setNetworkAccessible(Accessible);
  expect(all).toEqual(['NotAccessible', 'UnknownAccessibility', 'Accessible']);
  links.set(down('a'));
  const other = managed({ offlinePolicy: 'qt5' });
  expect(other.networkAccessible()).toBe(NotAccessible);
  other.setConfiguration(new QNetworkConfiguration());
  expect(other.networkAccessible()).toBe(UnknownAccessibility);
});

it('a request may be aborted by who hears that the session is open', async () => {
  playMachine(aLink('a'));
  const manager = managed();
  manager.setConfiguration(any());
  const reply = manager.get(FAR);
  manager.networkSessionConnected.connect(() => reply.abort());
  expect((await ended(reply))[0]).toBe(5);
});

it('is closed with the manager, when nobody has used it for long, and by stop', async () => {
  const { links, clock } = playMachine(aLink('a'));
  const manager = managed();
  const all = told(manager);
  manager.setConfiguration(any());
  await ended(manager.get(FAR));
  clock.advance(120_000);
  await ended(manager.get(FAR));
  expect(all.splice(0)).toEqual(['Accessible', 'connected', 'connected']);
  await manager.close();
  await ended(manager.get(FAR));
  expect(all.splice(0)).toEqual(['connected']);
  new QNetworkSession(any()).stop();
  expect(all.splice(0)).toEqual(['NotAccessible']);
  await ended(manager.get(FAR));
  expect(all.splice(0)).toEqual(['Accessible', 'connected']);
  manager.deleteLater();
  await manager.destroyed.next();
  await turns();
  expect([links.watched, clock.running]).toEqual([0, 0]);
});

it('a session that is replaced goes on for those who use it', async () => {
  const { links, clock } = playMachine(down('a'), aLink('b'));
  const manager = managed();
  manager.setConfiguration(any());
  await ended(manager.get(FAR));
  links.set(down('a'), down('b'));
  const waiting = manager.get(FAR);
  await turns();
  manager.setConfiguration(new QNetworkConfiguration());
  expect([waiting.isRunning(), links.watched]).toEqual([true, 1]);
  links.set(down('a'), aLink('b'));
  expect((await ended(waiting))[0]).toBe(99);
  clock.advance(120_000);
  await turns();
  expect([links.watched, clock.running]).toEqual([0, 0]);
});

it.each([
  ['setConfiguration', (manager: QNetworkAccessManager) => manager.setConfiguration(undefined as never)],
  ['setNetworkAccessible', (manager: QNetworkAccessManager) => manager.setNetworkAccessible(7 as never)],
  ['offlinePolicy', () => new QNetworkAccessManager({ offlinePolicy: 'qt6' as never })],
])('%s throws a TypeError for what it cannot use', (_name, act) => {
  expect(() => act(managed())).toThrow(TypeError);
});
