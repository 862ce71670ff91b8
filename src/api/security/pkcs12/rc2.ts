// RC2 in CBC mode (RFC 2268), which OpenSSL does no longer bring along and half of all old key stores are encrypted with.

/** The digits of pi, stirred. */
const PI = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
);
const SIZE = 8;
const SHIFTS = [1, 2, 3, 5] as const;

/** Decrypts and takes off the padding; the key has as many bits as it is long. Throws when there is no whole number of blocks. */
export function decryptRc2(key: Buffer, vector: Buffer, bytes: Buffer): Buffer {
  if (bytes.length === 0 || bytes.length % SIZE !== 0) throw new RangeError('RC2: a block is not whole');
  const words = expanded(key);
  const out = Buffer.alloc(bytes.length);
  for (let at = 0; at < bytes.length; at += SIZE) {
    const block = blockOf(words, bytes.subarray(at, at + SIZE));
    const before = at === 0 ? vector : bytes.subarray(at - SIZE, at);
    for (let i = 0; i < SIZE; i++) out[at + i] = block[i]! ^ before[i]!;
  }
  const padding = out.at(-1)!;
  if (padding < 1 || padding > SIZE) throw new RangeError('RC2: the padding is wrong');
  return out.subarray(0, out.length - padding);
}

/** RFC 2268 2. */
function expanded(key: Buffer): Uint16Array {
  const { length } = key;
  const long = Buffer.alloc(128);
  key.copy(long);
  for (let i = length; i < 128; i++) long[i] = PI[(long[i - 1]! + long[i - length]!) & 0xff]!;
  long[128 - length] = PI[long[128 - length]!]!;
  for (let i = 127 - length; i >= 0; i--) long[i] = PI[long[i + 1]! ^ long[i + length]!]!;
  return Uint16Array.from({ length: 64 }, (_, i) => long.readUInt16LE(2 * i));
}

/** RFC 2268 4: 5, 6 and 5 rounds of mixing with one of mashing between them, from the end. */
function blockOf(words: Uint16Array, bytes: Buffer): Buffer {
  const r = [0, 2, 4, 6].map((at) => bytes.readUInt16LE(at));
  const word = (i: number): number => r[(i + 4) & 3]!;
  let j = 63;
  for (let round = 15; round >= 0; round--) {
    for (let i = 3; i >= 0; i--) {
      const turned = (word(i) >> SHIFTS[i]!) | (word(i) << (16 - SHIFTS[i]!));
      r[i] = (turned - words[j]! - (word(i - 1) & word(i - 2)) - (~word(i - 1) & word(i - 3))) & 0xffff;
      j--;
    }
    if (round !== 11 && round !== 5) continue;
    for (let i = 3; i >= 0; i--) r[i] = (word(i) - words[word(i - 1) & 63]!) & 0xffff;
  }
  const out = Buffer.alloc(SIZE);
  r.forEach((value, i) => void out.writeUInt16LE(value, 2 * i));
  return out;
}
