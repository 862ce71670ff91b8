import { describe, expect, it } from 'vitest';
import {
  mayGoOn,
  portableTicket,
  readPortableTicket,
  sessionFacts,
  sessionLifetime,
  withoutPeer,
} from '../../src/rules/tls-session.ts';
import { number, octets, sequence, tagged } from '../support/der.ts';

const CERTIFICATE = sequence(octets(Buffer.alloc(300, 1)));
const AUTHORITY = sequence(octets(Buffer.alloc(20, 2)));
const MADE = 1_790_000_000;

/** A session as OpenSSL writes it. */
function session({
  version = 0x0304,
  hint = 7200 as number | null,
  peer = CERTIFICATE as Buffer | null,
  ticket = true,
} = {}): Buffer {
  const parts = [number(1), number(version), octets(Buffer.alloc(2)), octets(Buffer.alloc(32)), octets(Buffer.alloc(48))];
  parts.push(tagged(0xa1, number(MADE)), tagged(0xa2, number(300)));
  if (peer !== null) parts.push(tagged(0xa3, peer));
  parts.push(tagged(0xa4, octets(Buffer.alloc(0))));
  if (hint !== null) parts.push(tagged(0xa9, number(hint)));
  if (ticket) parts.push(tagged(0xaa, octets(Buffer.alloc(100))));
  return sequence(...parts);
}

describe('the facts of a session', () => {
  it('are read', () => {
    const facts = sessionFacts(session())!;
    expect(facts).toMatchObject({ version: 0x0304, made: MADE * 1000, timeout: 300, hint: 7200 });
    expect(Buffer.compare(facts.peer!, CERTIFICATE)).toBe(0);
  });

  it('say that there is no ticket, or no certificate', () => {
    expect(sessionFacts(session({ ticket: false, hint: null, peer: null }))).toMatchObject({ hint: -1, peer: null });
    expect(sessionFacts(session({ hint: null }))).toMatchObject({ hint: 0 });
  });

  it('are those of large numbers, too', () => {
    expect(sessionFacts(session({ hint: 0xffff_ffff }))!.hint).toBe(0xffff_ffff);
  });

  const nothing: [what: string, bytes: Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('no session at all')],
    ['a certificate', CERTIFICATE],
    ['an empty sequence', sequence()],
    ['something behind it', Buffer.concat([session(), Buffer.alloc(1)])],
    ['numbers in the wrong places', sequence(number(1), number(2), number(3), number(4), number(5))],
  ];
  for (const [what, bytes] of nothing) it(`are not found in ${what}`, () => expect(sessionFacts(bytes)).toBeNull());

  it('are not found in any beginning of a session', () => {
    const whole = session();
    for (let length = 0; length < whole.length; length++) expect(sessionFacts(whole.subarray(0, length))).toBeNull();
  });
});

describe('the lifetime of a session', () => {
  const rows: [what: string, version: number, hint: number, timeout: number, seconds: number][] = [
    ['TLS 1.3 is what the server says', 0x0304, 60, 300, 60],
    ['TLS 1.3 of 0 is none', 0x0304, 0, 300, 0],
    ['TLS 1.3 is a week at most', 0x0304, 9_000_000, 300, 604_800],
    ['TLS 1.3 without a ticket is none', 0x0304, -1, 300, 0],
    ['TLS 1.2 is what the server says', 0x0303, 60, 300, 60],
    ['TLS 1.2 is that of OpenSSL where the server says nothing', 0x0303, 0, 300, 300],
    ['TLS 1.2 without a ticket is that of OpenSSL', 0x0303, -1, 300, 300],
  ];
  for (const [what, version, hint, timeout, seconds] of rows)
    it(`of ${what}`, () => expect(sessionLifetime({ version, hint, timeout, made: 0, peer: null })).toBe(seconds * 1000));
});

describe('a session', () => {
  const times = { since: 1000, lifetime: 500, from: 900, to: 1400 };
  const rows: [what: string, change: Partial<typeof times>, now: number, goesOn: boolean][] = [
    ['goes on when it is new', {}, 1000, true],
    ['goes on until its lifetime is over', { to: 9000 }, 1499, true],
    ['ends with its lifetime', { to: 9000 }, 1500, false],
    ['goes on while its certificates are valid', {}, 1400, true],
    ['ends with its certificates', {}, 1401, false],
    ['waits for its certificates', { from: 1100 }, 1050, false],
    ['ends when the clock was turned back before it', {}, 999, false],
    ['ends when nobody knows the dates of its certificates', { to: Number.NaN }, 1000, false],
  ];
  for (const [what, change, now, goesOn] of rows) it(what, () => expect(mayGoOn({ ...times, ...change }, now)).toBe(goesOn));

  it('loses nothing but its certificate', () => {
    expect(Buffer.compare(withoutPeer(session()), session({ peer: null }))).toBe(0);
    expect(Buffer.compare(withoutPeer(session({ peer: null })), session({ peer: null }))).toBe(0);
    expect(withoutPeer(Buffer.from('text')).toString()).toBe('text');
  });
});

describe('a portable ticket', () => {
  it('holds session and chain', () => {
    const read = readPortableTicket(portableTicket(session(), [CERTIFICATE, AUTHORITY]))!;
    expect(Buffer.compare(read.session, session())).toBe(0);
    expect(read.chain.map((der) => Buffer.from(der))).toEqual([CERTIFICATE, AUTHORITY]);
    expect(read.facts.version).toBe(0x0304);
  });

  it('does without the certificate in the session from TLS 1.3 on, and not before', () => {
    const ticket = (version: number) => portableTicket(session({ version, peer: null }), [CERTIFICATE]);
    expect(readPortableTicket(ticket(0x0304))).not.toBeNull();
    expect(readPortableTicket(ticket(0x0303))).toBeNull();
  });

  const refused: [what: string, bytes: Uint8Array][] = [
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('a ticket to nowhere')],
    ['a session alone', session()],
    ['no chain', portableTicket(session(), [])],
    ['the chain of somebody else', portableTicket(session(), [AUTHORITY, CERTIFICATE])],
    ['something behind it', Buffer.concat([portableTicket(session(), [CERTIFICATE]), Buffer.alloc(1)])],
    ['a chain without a session', portableTicket(CERTIFICATE, [CERTIFICATE])],
  ];
  for (const [what, bytes] of refused) it(`is not ${what}`, () => expect(readPortableTicket(bytes)).toBeNull());

  it('is not any beginning of one', () => {
    const whole = portableTicket(session(), [CERTIFICATE]);
    for (let length = 0; length < whole.length; length++) expect(readPortableTicket(whole.subarray(0, length))).toBeNull();
  });
});
