import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { negotiateMessage, readChallenge } from '../../../src/rules/auth/ntlm-messages.ts';
import { type AvPair, readAvPairs, serverTime, withClientPairs, writeAvPairs } from '../../../src/rules/auth/ntlm-target-info.ts';
import { fileTime, type NtlmAnswer, ntlmAccount, ntlmAnswer, ntlmv2Response, ntowfv2 } from '../../../src/rules/auth/ntlmv2.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const text = (value: string): Buffer => Buffer.from(value, 'utf16le');

// MS-NLMP 4.2.1
const SERVER_NONCE = bytes('0123456789abcdef');
const CLIENT_NONCE = Buffer.alloc(8, 0xaa);
const ACCOUNT = { user: 'User', domain: 'Domain' };
const KEY = '0c868a403bfd7a93a3001ef22ef02e3f';
// 2017-05-23, 20:13:07 UTC
const NOW = 1_495_570_387_000;
const TIME = bytes('800bc8fd00d4d201');
const BINDING = Buffer.concat([
  Buffer.from('tls-server-end-point:'),
  bytes('ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95'),
]);
const BINDING_DIGEST = bytes('6586e99d81c2fc984e47172fd4dd0310');

const DOMAIN: AvPair = { id: 2, value: text('Domain') };
const SERVER: AvPair = { id: 1, value: text('Server') };
const SAID_TIME: AvPair = { id: 7, value: TIME };
const MIC: AvPair = { id: 6, value: bytes('02000000') };
const BOUND: AvPair = { id: 10, value: BINDING_DIGEST };
const UNBOUND: AvPair = { id: 10, value: Buffer.alloc(16) };
const SERVICE: AvPair = { id: 9, value: text('HTTP/Server') };

/** A challenge of a server with these pairs; null = with no target info at all. */
function challengeOf(pairs: readonly AvPair[] | null): Buffer {
  const name = text('Server');
  const info = pairs === null ? Buffer.alloc(0) : writeAvPairs(pairs);
  const head = bytes(`4e544c4d5353500002000000${'00'.repeat(44)}`);
  for (const [at, length, offset] of [[12, name.length, 56] as const, [40, info.length, 56 + name.length] as const]) {
    head.writeUInt16LE(length, at);
    head.writeUInt16LE(length, at + 2);
    head.writeUInt32LE(offset, at + 4);
  }
  head.writeUInt32LE(pairs === null ? 0xe20a8233 : 0xe28a8233, 20);
  head.set(SERVER_NONCE, 24);
  head.set(bytes('060070170000000f'), 48);
  return Buffer.concat([head, name, info]);
}

function answer(pairs: readonly AvPair[] | null, other: Partial<NtlmAnswer> = {}): Buffer {
  return ntlmAnswer({
    negotiate: negotiateMessage(),
    challenge: readChallenge(challengeOf(pairs))!,
    account: ACCOUNT,
    password: 'Password',
    workstation: 'COMPUTER',
    service: 'HTTP/Server',
    binding: BINDING,
    clientNonce: CLIENT_NONCE,
    now: NOW,
    ...other,
  });
}

function part(message: Buffer, at: number): Buffer {
  const offset = message.readUInt32LE(at + 4);
  return message.subarray(offset, offset + message.readUInt16LE(at));
}

const hmac = (key: Buffer, ...parts: Buffer[]): Buffer => createHmac('md5', key).update(Buffer.concat(parts)).digest();

/** Looks at an answer as a server does that knows the key of the account; the pairs it was handed back. */
function verified(message: Buffer, challenge: Buffer): { pairs: AvPair[]; time: string; coded: boolean } {
  const nt = part(message, 20);
  const proof = hmac(bytes(KEY), SERVER_NONCE, nt.subarray(16));
  expect(nt.subarray(0, 16)).toEqual(proof);
  const pairs = readAvPairs(nt.subarray(16 + 28))!;
  const coded = pairs.some(({ id, value }) => id === 6 && (value[0]! & 2) !== 0);
  if (coded) {
    const bare = Buffer.from(message).fill(0, 72, 88);
    expect(message.subarray(72, 88)).toEqual(hmac(hmac(bytes(KEY), proof), negotiateMessage(), challenge, bare));
  }
  return { pairs, time: nt.subarray(24, 32).toString('hex'), coded };
}

describe('the account of a user name', () => {
  const table: [name: string, domain: string, target: string, user: string, its: string][] = [
    ['User', '', 'TARGET', 'User', 'TARGET'],
    ['User', 'GIVEN', 'TARGET', 'User', 'GIVEN'],
    ['DOMAIN\\User', '', 'TARGET', 'User', 'DOMAIN'],
    ['DOMAIN\\User', 'GIVEN', 'TARGET', 'User', 'DOMAIN'],
    ['DOMAIN\\a\\b', '', 'TARGET', 'a\\b', 'DOMAIN'],
    ['DOMAIN\\me@site.test', '', 'TARGET', 'me@site.test', 'DOMAIN'],
    ['\\User', '', 'TARGET', 'User', ''],
    ['user@site.test', '', 'TARGET', 'user@site.test', ''],
    ['user@site.test', 'GIVEN', 'TARGET', 'user@site.test', 'GIVEN'],
    ['', '', '', '', ''],
  ];
  for (const [name, domain, target, user, its] of table) {
    it(`${JSON.stringify(name)} with ${JSON.stringify(domain)} at ${JSON.stringify(target)}`, () =>
      expect(ntlmAccount(name, domain, target)).toEqual({ user, domain: its }));
  }
});

describe('the key of an account', () => {
  const table: [user: string, domain: string, password: string, key: string][] = [
    // MS-NLMP 4.2.4.1.1
    ['User', 'Domain', 'Password', KEY],
    ['uSER', 'Domain', 'Password', KEY],
    // computed by another implementation
    ['jürgen', 'DOMAIN', 'pä ss', '74837447fe4f113f5630d7e2aaff3a7a'],
    ['straße', '', 'x', 'db19b6c886e4f9e4991d6f4e8d88b653'],
    ['😀', 'd', '', 'cb9d6d47f4e3ce793d095787b3d078b4'],
  ];
  for (const [user, domain, password, key] of table) {
    it(`${user} of ${JSON.stringify(domain)}`, () => expect(ntowfv2({ user, domain }, password).toString('hex')).toBe(key));
  }

  it('does depend on the case of domain and password', () => {
    expect(ntowfv2({ user: 'User', domain: 'DOMAIN' }, 'Password').toString('hex')).not.toBe(KEY);
    expect(ntowfv2(ACCOUNT, 'password').toString('hex')).not.toBe(KEY);
  });
});

describe('a time', () => {
  const table: [ms: number, ticks: bigint][] = [
    [0, 116_444_736_000_000_000n],
    [NOW, 131_400_439_870_000_000n],
    [NOW + 0.75, 131_400_439_870_000_000n],
    [-11_644_473_600_000, 0n],
  ];
  for (const [ms, ticks] of table) it(`${ms} is ${ticks} ticks`, () => expect(fileTime(ms).readBigUInt64LE()).toBe(ticks));
});

describe('the responses of NTLMv2', () => {
  it('are as published', () => {
    // MS-NLMP 4.2.4.1.2, 4.2.4.2.1, 4.2.4.2.2
    const made = ntlmv2Response(bytes(KEY), SERVER_NONCE, CLIENT_NONCE, Buffer.alloc(8), writeAvPairs([DOMAIN, SERVER]));
    expect(made.nt.subarray(0, 16).toString('hex')).toBe('68cd0ab851e51c96aabc927bebef6a1c');
    expect(made.nt.subarray(16).toString('hex')).toBe(
      '01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e0001000c00' +
        '5300650072007600650072000000000000000000',
    );
    expect(made.lm.toString('hex')).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
    expect(made.sessionBaseKey.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
  });

  it('are those of another implementation, with a binding and a service', () => {
    const info = writeAvPairs([DOMAIN, SERVER, MIC, BOUND, SERVICE]);
    const made = ntlmv2Response(bytes(KEY), SERVER_NONCE, CLIENT_NONCE, TIME, info);
    expect(made.nt.subarray(0, 16).toString('hex')).toBe('8c0260dbef690662af9c42d50782d2ed');
    expect(made.sessionBaseKey.toString('hex')).toBe('623dbd071be7a530b6a95c2eb4982470');
  });
});

describe('what the client says of the server', () => {
  const flags = (hex: string): AvPair => ({ id: 6, value: bytes(hex) });
  const table: [what: string, theirs: AvPair[], coded: boolean, binding: Buffer | null, handed: AvPair[]][] = [
    ['a code, a binding and the service', [DOMAIN, SAID_TIME], true, BINDING_DIGEST, [DOMAIN, SAID_TIME, MIC, BOUND, SERVICE]],
    ['no code', [DOMAIN], false, BINDING_DIGEST, [DOMAIN, BOUND, SERVICE]],
    ['no binding, as zeros', [DOMAIN], false, null, [DOMAIN, UNBOUND, SERVICE]],
    ['a code beside other flags', [flags('01000080'), DOMAIN], true, null, [DOMAIN, flags('03000080'), UNBOUND, SERVICE]],
    ['other flags without a code', [flags('01000000')], false, null, [flags('01000000'), UNBOUND, SERVICE]],
    [
      'nothing a server has put in its mouth',
      [UNBOUND, { id: 9, value: text('cifs/x') }],
      false,
      BINDING_DIGEST,
      [BOUND, SERVICE],
    ],
    ['pairs it does not know', [{ id: 77, value: bytes('01') }], false, null, [{ id: 77, value: bytes('01') }, UNBOUND, SERVICE]],
  ];
  for (const [what, theirs, coded, binding, handed] of table) {
    it(`has ${what}`, () => expect(withClientPairs(theirs, { coded, binding, service: 'HTTP/Server' })).toEqual(handed));
  }

  it('has its time, if there is one', () => {
    expect(serverTime([DOMAIN, SAID_TIME])).toBe(TIME);
    expect(serverTime([DOMAIN])).toBeNull();
  });
});

describe('an answer to a challenge', () => {
  it('is, octet by octet, that of another implementation', () => {
    const message = answer([DOMAIN, SERVER, SAID_TIME]);
    expect(part(message, 20).subarray(0, 16).toString('hex')).toBe('a269a44547774b9213bc7063a1250c53');
    expect(message.subarray(72, 88).toString('hex')).toBe('e4c0cbc124a2eaefa5d7d12c450efeb0');
    expect(message.length).toBe(298);
    const digest = createHash('sha256').update(message).digest('hex');
    expect(digest).toBe('d6280f24832c033ceb72f63d99a90ebd171cb95220ae7bab4b65e3b46ece2520');
    expect(answer([DOMAIN, SERVER, SAID_TIME])).toEqual(message);
  });

  it('has a code, the time of the server and no LM response when the server says its time', () => {
    const message = answer([DOMAIN, SAID_TIME], { now: 0 });
    const seen = verified(message, challengeOf([DOMAIN, SAID_TIME]));
    expect(seen).toEqual({ pairs: [DOMAIN, SAID_TIME, MIC, BOUND, SERVICE], time: TIME.toString('hex'), coded: true });
    expect(part(message, 12)).toEqual(Buffer.alloc(24));
  });

  it('has our own time, an LM response and no code when it does not', () => {
    const message = answer([DOMAIN], { binding: null });
    const seen = verified(message, challengeOf([DOMAIN]));
    expect(seen).toEqual({ pairs: [DOMAIN, UNBOUND, SERVICE], time: TIME.toString('hex'), coded: false });
    expect(part(message, 12).toString('hex')).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
    // the first part stands where the code would
    expect(message.readUInt32LE(32)).toBe(72);
    expect(part(message, 28)).toEqual(text('Domain'));
  });

  it('adds nothing for an old server that says nothing of itself', () => {
    const message = answer(null);
    expect(verified(message, challengeOf(null))).toEqual({ pairs: [], time: TIME.toString('hex'), coded: false });
    expect(message.readUInt32LE(60) & 0x0080_0000).toBe(0);
  });

  it('fits even when the server says as much as it may', () => {
    const much = [SAID_TIME, { id: 77, value: Buffer.alloc(16_200) }];
    expect(verified(answer(much), challengeOf(much)).coded).toBe(true);
  });

  it('carries neither the password nor the key', () => {
    const message = answer([SAID_TIME]);
    for (const secret of [Buffer.from('Password'), text('Password'), bytes(KEY)]) expect(message.includes(secret)).toBe(false);
  });

  const refused: [what: string, other: Partial<NtlmAnswer>, error: new () => Error][] = [
    ['a client nonce of seven octets', { clientNonce: Buffer.alloc(7) }, TypeError],
    ['a client nonce of nine octets', { clientNonce: Buffer.alloc(9) }, TypeError],
    ['a user too long', { account: { user: 'Secret'.repeat(6000), domain: '' } }, RangeError],
    ['a service too long', { service: 'Secret'.repeat(6000) }, RangeError],
  ];
  for (const [what, other, error] of refused) {
    it(`is not made with ${what}, and the error tells no secret`, () => {
      expect(() => answer([SAID_TIME], other)).toThrow(error);
      expect(() => answer([SAID_TIME], other)).not.toThrow(/Secret|Password|Domain/);
    });
  }
});
