import { describe, expect, it } from 'vitest';
import {
  authenticateMessage,
  type NtlmAuthenticate,
  negotiateMessage,
  readChallenge,
} from '../../../src/rules/auth/ntlm-messages.ts';
import { readAvPairs, writeAvPairs } from '../../../src/rules/auth/ntlm-target-info.ts';

// MS-NLMP 4.2.4.3
const CHALLENGE =
  '4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000060070170000000f' +
  '53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000';
/** Where its target info begins, and where that ends. */
const INFO = 0x44;
const INFO_END = INFO + 0x24;

/** The challenge with some octets changed. */
function changed(at: number, hex: string): Buffer {
  const message = Buffer.from(CHALLENGE, 'hex');
  message.set(Buffer.from(hex, 'hex'), at);
  return message;
}

describe('the first message of NTLM', () => {
  it('is the same forty octets each time', () => {
    const message = negotiateMessage();
    // UNICODE, REQUEST_TARGET, NTLM, ALWAYS_SIGN, EXTENDED_SESSIONSECURITY, VERSION
    const expected = `4e544c4d53535000${'01000000'}${'05820802'}${'00'.repeat(16)}000000000000000f`;
    expect(message.toString('hex')).toBe(expected);
    message.fill(0);
    expect(negotiateMessage().toString('hex')).toBe(expected);
  });
});

describe('a challenge of NTLM', () => {
  it('is read as published', () => {
    const challenge = readChallenge(Buffer.from(CHALLENGE, 'hex'))!;
    expect(challenge.flags).toBe(0xe28a8233);
    expect(Buffer.from(challenge.nonce).toString('hex')).toBe('0123456789abcdef');
    expect(challenge.target).toBe('Server');
    expect(challenge.pairs!.map(({ id, value }) => [id, Buffer.from(value).toString('utf16le')])).toEqual([
      [2, 'Domain'],
      [1, 'Server'],
    ]);
    expect(Buffer.from(challenge.message).toString('hex')).toBe(CHALLENGE);
  });

  it('is kept as it was, whatever becomes of the bytes it was read from', () => {
    const bytes = Buffer.from(CHALLENGE, 'hex');
    const challenge = readChallenge(bytes)!;
    bytes.fill(0);
    expect(Buffer.from(challenge.nonce).toString('hex')).toBe('0123456789abcdef');
  });

  it('may be an old one that ends after its nonce', () => {
    const old = readChallenge(Buffer.from('4e544c4d53535000020000000000000000000000058208000123456789abcdef', 'hex'));
    expect(old).toMatchObject({ target: '', pairs: null });
  });

  const odd: [what: string, message: Buffer, expected: { target?: string; pairs?: unknown }][] = [
    ['empty target, whose offset means nothing', changed(12, '00000000ffffffff'), { target: '' }],
    ['empty target info', changed(40, '00000000ffffffff'), { pairs: null }],
    ['no flag for its target info', changed(20, '33820ae2'), { pairs: null }],
    ['padding behind its last pair', changed(40, '28002800'), {}],
    ['an end in front of all pairs', changed(INFO, '00000000'), { pairs: [] }],
  ];
  for (const [what, message, expected] of odd) {
    it(`may have ${what}`, () => expect(readChallenge(Buffer.concat([message, Buffer.alloc(4)]))).toMatchObject(expected));
  }

  const refused: [what: string, message: Buffer][] = [
    ['is nothing', Buffer.alloc(0)],
    ['has another signature', changed(7, '01')],
    ['is a first message', changed(8, '01')],
    ['is our own first message', negotiateMessage()],
    ['does not know Unicode', changed(20, '32828ae2')],
    ['has a target that ends outside', changed(12, 'ff00ff00')],
    ['has a target that begins outside', changed(16, '00ff0000')],
    ['has a target as far away as can be', changed(16, 'ffffffff')],
    ['has half a character', changed(12, '0b000b00')],
    ['has target info that ends outside', changed(40, '25002500')],
    ['has target info that begins outside', changed(44, 'ffffffff')],
    ['has target info as long as can be', changed(40, 'ffffffff')],
    ['has pairs that never end', changed(INFO_END - 4, '04000000')],
    ['has pairs whose end was cut off', changed(40, '20002000')],
    ['has a pair longer than the rest', changed(INFO + 2, '2000')],
    ['has a pair as long as can be', changed(INFO + 2, 'ffff')],
    ['has an end with a length', changed(INFO_END - 2, '0100')],
    ['has a time of twelve octets', changed(INFO, '0700')],
    ['has flags of twelve octets', changed(INFO, '0600')],
    ['is longer than any real one', Buffer.concat([Buffer.from(CHALLENGE, 'hex'), Buffer.alloc(16_384)])],
  ];
  for (const [what, message] of refused) it(`is none if it ${what}`, () => expect(readChallenge(message)).toBeNull());

  it('is none when any of its end is missing', () => {
    const whole = Buffer.from(CHALLENGE, 'hex');
    for (let length = 0; length < whole.length; length++) expect(readChallenge(whole.subarray(0, length))).toBeNull();
  });

  it('never makes trouble, with any octet at any place', () => {
    for (let at = 0; at < CHALLENGE.length / 2; at++) {
      for (const octet of ['00', '01', '7f', '80', 'ff']) {
        const read = readChallenge(changed(at, octet));
        if (read !== null) expect(read.nonce.length).toBe(8);
      }
    }
  });
});

describe('pairs of target info', () => {
  it('are written as they were read', () => {
    const bytes = Buffer.from(CHALLENGE, 'hex').subarray(INFO);
    expect(writeAvPairs(readAvPairs(bytes)!)).toEqual(bytes);
  });

  it('are not written when a value does not fit', () => {
    expect(() => writeAvPairs([{ id: 9, value: Buffer.alloc(65_536) }])).toThrow(/value 9 .* has 65536 octets/);
    expect(writeAvPairs([{ id: 9, value: Buffer.alloc(65_535) }]).length).toBe(65_543);
  });
});

describe('the last message of NTLM', () => {
  const PARTS: NtlmAuthenticate = {
    flags: 0xe28a8233,
    domain: 'Domain',
    user: 'Jürgen',
    workstation: 'COMPUTER',
    lm: Buffer.alloc(24, 1),
    nt: Buffer.alloc(50, 2),
    coded: true,
  };
  const text = (message: Buffer, at: number): string => part(message, at).toString('utf16le');
  function part(message: Buffer, at: number): Buffer {
    const length = message.readUInt16LE(at);
    expect(message.readUInt16LE(at + 2)).toBe(length);
    const offset = message.readUInt32LE(at + 4);
    expect(offset + length).toBeLessThanOrEqual(message.length);
    return message.subarray(offset, offset + length);
  }

  for (const coded of [true, false]) {
    it(`has its parts where it says, ${coded ? 'with' : 'without'} room for a code`, () => {
      const message = authenticateMessage({ ...PARTS, coded });
      expect(message.subarray(0, 12).toString('hex')).toBe('4e544c4d5353500003000000');
      expect([text(message, 28), text(message, 36), text(message, 44)]).toEqual(['Domain', 'Jürgen', 'COMPUTER']);
      expect(part(message, 12)).toEqual(Buffer.alloc(24, 1));
      expect(part(message, 20)).toEqual(Buffer.alloc(50, 2));
      expect(part(message, 52).length).toBe(0);
      expect(message.readUInt32LE(32)).toBe(coded ? 88 : 72);
      expect(message.length).toBe((coded ? 88 : 72) + 12 + 12 + 16 + 24 + 50);
      if (coded) expect(message.subarray(72, 88)).toEqual(Buffer.alloc(16));
    });
  }

  const flags: [what: string, theirs: number, ours: number, version: string][] = [
    ['all that was offered, and target info', 0xffffffff, 0x02888205, '000000000000000f'],
    ['what the server of the published example knows', 0xe28a8233, 0x02888201, '000000000000000f'],
    ['no version if the server has none', 0x00088205, 0x00088205, '0000000000000000'],
  ];
  for (const [what, theirs, ours, version] of flags) {
    it(`agrees on ${what}`, () => {
      const message = authenticateMessage({ ...PARTS, flags: theirs });
      expect(message.readUInt32LE(60)).toBe(ours);
      expect(message.subarray(64, 72).toString('hex')).toBe(version);
    });
  }

  it('may leave everything empty', () => {
    const message = authenticateMessage({ ...PARTS, domain: '', user: '', workstation: '' });
    expect([text(message, 28), text(message, 36), text(message, 44)]).toEqual(['', '', '']);
  });

  for (const name of ['domain', 'user', 'workstation'] as const) {
    it(`does not take a ${name} that is too long, and does not repeat it`, () => {
      const make = (length: number) => () => authenticateMessage({ ...PARTS, [name]: 'Q'.repeat(length) });
      expect(make(32_767)).not.toThrow();
      expect(make(32_768)).toThrow(RangeError);
      expect(make(32_768)).not.toThrow(/QQ/);
      expect(make(32_768)).toThrow(new RegExp(`the ${name}.* 65536 octets`));
    });
  }
});
