/** One of the three rounds of MD4 (RFC 1320 3.4). */
interface Round {
  readonly mix: (x: number, y: number, z: number) => number;
  readonly add: number;
  /** Which word of the block each step takes. */
  readonly words: readonly number[];
  readonly turns: readonly [number, number, number, number];
}

const ROUNDS: readonly Round[] = [
  {
    mix: (x, y, z) => (x & y) | (~x & z),
    add: 0,
    words: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    turns: [3, 7, 11, 19],
  },
  {
    mix: (x, y, z) => (x & y) | (x & z) | (y & z),
    add: 0x5a827999,
    words: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    turns: [3, 5, 9, 13],
  },
  {
    mix: (x, y, z) => x ^ y ^ z,
    add: 0x6ed9eba1,
    words: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    turns: [3, 9, 11, 15],
  },
];

const BLOCK = 64;

/**
 * The MD4 digest (RFC 1320), 16 octets. It is broken, and only here because NTLM makes its keys with it (MS-NLMP 3.3.2); OpenSSL 3 has
 * it no more.
 */
export function md4(bytes: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(bytes.length) * 8n, padded.length - 8);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let at = 0; at < padded.length; at += BLOCK) addBlock(state, padded, at);
  const digest = Buffer.alloc(16);
  for (let i = 0; i < 4; i++) digest.writeInt32LE(state[i]!, i * 4);
  return digest;
}

function addBlock(state: Int32Array, bytes: Buffer, at: number): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (const { mix, add, words, turns } of ROUNDS) {
    for (let step = 0; step < 16; step++) {
      const sum = (a + mix(b, c, d) + bytes.readInt32LE(at + words[step]! * 4) + add) | 0;
      const turn = turns[step % 4]!;
      [a, b, c, d] = [d, (sum << turn) | (sum >>> (32 - turn)), b, c];
    }
  }
  // an Int32Array wraps by itself
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
}
