import { describe, expect, it } from 'vitest';
import type { SessionFacts } from '../../../src/rules/tls-session.ts';
import { type KeptSession, Sessions } from '../../../src/wire/dial/sessions.ts';
import { ManualClock } from '../../support/clock.ts';

const clock = new ManualClock();
const peer = { name: 'a.test', chain: [], from: 0, to: clock.wall() + 3_600_000 };
const NEW: SessionFacts = { version: 0x0304, made: 0, timeout: 300, hint: 600, peer: null };
const OLD: SessionFacts = { ...NEW, version: 0x0303 };

function session(name: string, facts: SessionFacts = NEW, since = clock.wall()): KeptSession {
  return { der: Buffer.from(name), facts, peer, since };
}
const name = (kept: KeptSession | null): string | null => (kept === null ? null : Buffer.from(kept.der).toString());

function filled(...sessions: KeptSession[]): Sessions {
  const store = new Sessions(clock);
  for (const one of sessions) store.keep('route', one);
  return store;
}

describe('sessions', () => {
  it('of TLS 1.3 are given out once, the newest first', () => {
    const store = filled(session('1'), session('2'));
    expect([0, 1, 2].map(() => name(store.take('route')))).toEqual(['2', '1', null]);
  });

  it('come back when they were not used, unless all were forgotten meanwhile', () => {
    const store = filled(session('1'));
    const taken = store.take('route')!;
    store.putBack('route', taken);
    expect(name(store.take('route'))).toBe('1');
    store.clear();
    store.putBack('route', taken);
    expect(store.take('route')).toBeNull();
  });

  it('of earlier versions serve all, and the newest takes the place of the others', () => {
    const store = filled(session('1', OLD), session('2', OLD));
    expect([0, 1, 2].map(() => name(store.take('route')))).toEqual(['2', '2', '2']);
  });

  it('belong to their route', () => {
    const store = filled(session('1'));
    expect(store.take('another')).toBeNull();
    expect(name(store.take('route'))).toBe('1');
  });

  it('are not given out when their time is over, and not kept either', () => {
    const store = filled(session('old', NEW, clock.wall() - 600_000), session('older', NEW, clock.wall() - 700_000));
    expect(store.take('route')).toBeNull();
    const mixed = filled(session('still good'), session('old', NEW, clock.wall() - 600_000));
    expect(name(mixed.take('route'))).toBe('still good');
  });

  it('are not given out when a certificate has expired meanwhile', () => {
    const time = new ManualClock();
    const store = new Sessions(time);
    store.keep('route', session('1', { ...NEW, hint: 604_800 }));
    time.advance(3_600_001);
    expect(store.take('route')).toBeNull();
  });

  it('are few: the oldest go', () => {
    const store = filled(...Array.from({ length: 9 }, (_, i) => session(String(i))));
    const all = Array.from({ length: 9 }, () => name(store.take('route')));
    expect(all).toEqual(['8', '7', '6', '5', '4', '3', null, null, null]);
  });

  it('are those of few routes: the one used longest ago goes', () => {
    const store = new Sessions(clock);
    for (let i = 0; i < 128; i++) store.keep(`r${i}`, session(String(i)));
    store.keep('r0', session('again'));
    store.keep('one more', session('x'));
    expect(store.take('r1')).toBeNull();
    expect(name(store.take('r0'))).toBe('again');
    expect(name(store.take('r2'))).toBe('2');
  });

  it('can be dropped, which leaves the peer, or cleared', () => {
    const store = filled(session('1'));
    store.met('route', peer);
    store.drop('route');
    store.drop('unknown');
    expect([store.take('route'), store.peer('route')]).toEqual([null, peer]);
    store.clear();
    expect(store.peer('route')).toBeNull();
  });
});
