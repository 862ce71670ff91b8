import { expect, it } from 'vitest';
import { OFFLINE, SessionAccess } from '../../../src/api/bridge/session-access.ts';
import type { Binding, Passage } from '../../../src/contract/access.ts';
import type { LinkAddress } from '../../../src/contract/links.ts';
import { QNetworkConfigurationManager, QNetworkSession } from '../../../src/index.ts';
import { down, link, playMachine } from '../../support/links.ts';

const v4 = (address: string): LinkAddress => ({ address, family: 4, linkLocal: address.startsWith('169.254.') });
const v6 = (address: string): LinkAddress => ({ address, family: 6, linkLocal: address.startsWith('fe80:') });
const at = (name: string, ...addresses: LinkAddress[]) => link(name, { addresses });

/** An access over a machine with these links, and what it says is lost. */
function scene(...links: Parameters<typeof playMachine>) {
  const played = playMachine(...links);
  const config = new QNetworkConfigurationManager().defaultConfiguration();
  const lost: string[] = [];
  const session = new QNetworkSession(config);
  const host = { busy: () => false, lost: (key: string, { kind }: { kind: string }) => void lost.push(`${key}: ${kind}`) };
  const access = new SessionAccess(session, host, played.clock);
  const ask = (background = false): Passage => access.passage('example.org', background);
  return { ...played, session, access, lost, ask, spoken: (): string[] => lost.splice(0) };
}

const kindOf = (passage: Passage): string =>
  typeof passage === 'string' ? passage : 'kind' in passage ? passage.kind : passage.key;

it('gives the addresses of the interface, and not those of the link', () => {
  const { ask } = scene(at('a', v4('169.254.1.1'), v6('fe80::1'), v4('192.0.2.1'), v6('2001:db8::1'), v6('2001:db8::2')));
  expect(ask()).toEqual({ key: 'a 192.0.2.1 2001:db8::1', v4: '192.0.2.1', v6: '2001:db8::1' });
  expect(ask()).toBe(ask());
});

it('is for this machine itself nothing to speak of', () => {
  const { access, session } = scene(down('a'));
  expect(['localhost', '127.0.0.1', '::1'].map((host) => access.passage(host, false))).toEqual(Array(3).fill('unbound'));
  expect(session.isOpen()).toBe(false);
});

it('keeps the addresses as long as they are there', () => {
  const { ask, links, spoken } = scene(at('a', v4('192.0.2.1')));
  const first = ask() as Binding;
  links.set(at('a', v4('192.0.2.9'), v4('192.0.2.1')));
  expect(ask()).toBe(first);
  links.set(at('a', v4('192.0.2.1'), v6('2001:db8::1')));
  expect([kindOf(ask()), spoken()]).toEqual(['a 192.0.2.1 2001:db8::1', []]);
  links.set(at('a', v4('192.0.2.2')));
  expect([kindOf(ask()), spoken()]).toEqual(['a 192.0.2.2', ['a 192.0.2.1: roamed', 'a 192.0.2.1 2001:db8::1: roamed']]);
});

it('says what is lost before it says that something has changed', () => {
  const { ask, access, links, lost } = scene(at('a', v4('192.0.2.1')), link('b', { defaultMetric: 200 }));
  ask();
  const unwatch = access.watch(() => lost.push(kindOf(ask())));
  links.set(down('a'), link('b', { defaultMetric: 200 }));
  expect(lost.slice(0, 2)).toEqual(['a 192.0.2.1: roamed', 'wait']);
  expect(lost.at(-1)).toBe('b 192.0.2.98');
  unwatch();
  const heard = lost.length;
  links.set(link('b', { defaultMetric: 300 }));
  expect(lost.length).toBe(heard);
});

it('waits ten seconds for another way, then fails, and tries again when there is one', () => {
  const { ask, access, links, clock, spoken } = scene(at('a', v4('192.0.2.1')));
  ask();
  links.set(down('a'));
  expect([kindOf(ask()), spoken()]).toEqual(['wait', ['a 192.0.2.1: roamed']]);
  const heard: string[] = [];
  access.watch(() => heard.push(kindOf(ask())));
  clock.advance(10_000);
  expect([heard, ask()]).toEqual([
    ['session'],
    expect.objectContaining({
      kind: 'session',
      message: expect.stringMatching(/^Network session error\. Roaming was aborted or is not possible\. \(Any network; /),
    }),
  ]);
  links.set(at('a', v4('192.0.2.1')));
  expect(heard.at(-1)).toBe('a 192.0.2.1');
});

it('lets nobody wait twice for an interface that might come up', () => {
  const hopeful = link('a', { up: false, addresses: [v6('fe80::1')], defaultMetric: -1 });
  const { ask, access, links, clock } = scene(hopeful);
  const heard: string[] = [];
  expect(kindOf(ask())).toBe('wait');
  access.watch(() => heard.push(kindOf(ask())));
  clock.advance(30_000);
  expect(heard).toEqual(['session']);
  // a request that is made later waits, too
  expect(kindOf(ask())).toBe('wait');
  links.set(at('a', v4('192.0.2.1')));
  expect(kindOf(ask())).toBe('a 192.0.2.1');
  links.set(hopeful);
  expect(kindOf(ask())).toBe('wait');
  clock.advance(10_000);
  expect(heard.at(-1)).toBe('session');
});

it('leaves both ways open while the program tries another', () => {
  const { ask, links, spoken, session } = scene(link('b', { defaultMetric: 200 }));
  session.preferredConfigurationChanged.connect(() => session.migrate());
  ask();
  links.set(link('a'), link('b', { defaultMetric: 200 }));
  expect([kindOf(ask()), spoken()]).toEqual(['a 192.0.2.97', []]);
  session.accept();
  expect([kindOf(ask()), spoken()]).toEqual(['a 192.0.2.97', ['b 192.0.2.98: roamed']]);
});

it('refuses what nobody waits for when the policy says so', () => {
  const { ask, access, session } = scene(link('a'));
  const heard: string[] = [];
  access.watch(() => heard.push(kindOf(ask(true))));
  expect(kindOf(ask(true))).toBe('a 192.0.2.97');
  heard.length = 0;
  // by another session of the configuration
  const other = new QNetworkSession(session.configuration());
  other.setUsagePolicies(QNetworkSession.NoBackgroundTrafficPolicy);
  expect([heard, kindOf(ask()), access.passage('localhost', true)]).toEqual([['background'], 'a 192.0.2.97', 'unbound']);
  other.setUsagePolicies(QNetworkSession.NoPolicy);
  expect(heard).toEqual(['background', 'a 192.0.2.97']);
});

it('is lost when the session is stopped', () => {
  const { ask, session, spoken } = scene(link('a'));
  ask();
  new QNetworkSession(session.configuration()).stop();
  expect(spoken()).toEqual(['a 192.0.2.97: session']);
});

it('is over when it is ended', async () => {
  const { ask, access, session, links } = scene(link('a'));
  ask();
  access.end();
  expect([kindOf(ask()), session.isOpen()]).toEqual(['session', false]);
  await session.destroyed.next();
  expect(links.watched).toBe(0);
});

it('offline is no way at all', () => {
  const passage = OFFLINE.passage('example.org', false);
  expect(passage).toMatchObject({ kind: 'offline', message: 'Network access is disabled.' });
});
