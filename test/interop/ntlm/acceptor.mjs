// @ts-check
// The server's side of NTLMv2 (MS-NLMP 3.2.5), which is as strict as the document lets it be. Plain JavaScript, because squid starts it as well.
import { createHash, createHmac, randomBytes } from 'node:crypto';

/** The MD4 of the password `secret` in UTF-16LE, which is what a domain controller keeps of it. */
export const SECRET = '878d8014606cda29677a44efa1353fc7';

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
const UNICODE = 0x0000_0001;
const NTLM = 0x0000_0200;
const EXTENDED_SESSION_SECURITY = 0x0008_0000;
const VERSION = 0x0200_0000;
/** What it agrees to, beside being a domain that says what it is. */
const FLAGS = UNICODE | NTLM | EXTENDED_SESSION_SECURITY | VERSION | 0x0000_8000 | 0x0000_0004;
const DOMAIN_WITH_INFO = 0x0001_0000 | 0x0080_0000;
const OUR_VERSION = Buffer.from([10, 0, 0x61, 0x4a, 0, 0, 0, 15]);

/** @param {string} text */
const utf16 = (text) => Buffer.from(text, 'utf16le');

/** @param {Buffer} key @param {Buffer[]} parts */
const hmac = (key, ...parts) => createHmac('md5', key).update(Buffer.concat(parts)).digest();

/** @param {number} id @param {Buffer} value */
function pair(id, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}

/** @param {unknown} holds @param {string} what */
function insist(holds, what) {
  if (!holds) throw new Error(what);
}

/** The octets that a field of a message points at. @param {Buffer} message @param {number} at @param {number} head */
function field(message, at, head) {
  const [length, room, from] = [message.readUInt16LE(at), message.readUInt16LE(at + 2), message.readUInt32LE(at + 4)];
  insist(room >= length, `the field at ${at} has less room than octets`);
  insist(length === 0 || (from >= head && from + length <= message.length), `the field at ${at} points outside of the message`);
  return message.subarray(from, from + length);
}

/** The pairs, up to the one that ends them. @param {Buffer} bytes @returns {Map<number, Buffer>} */
function pairsIn(bytes) {
  const pairs = new Map();
  for (let at = 0; ; ) {
    insist(at + 4 <= bytes.length, 'the pairs have no end');
    const [id, length] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    if (id === 0) return pairs;
    insist(!pairs.has(id), `pair ${id} is there twice`);
    pairs.set(id, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
}

/** What a client binds itself to that sees this certificate (RFC 5929 4, as gss_channel_bindings_struct). @param {Buffer} certificate */
function bindings(certificate) {
  const said = Buffer.concat([Buffer.from('tls-server-end-point:'), createHash('sha256').update(certificate).digest()]);
  const lengths = Buffer.alloc(20);
  lengths.writeUInt32LE(said.length, 16);
  return createHash('md5').update(lengths).update(said).digest();
}

/** One conversation with one client. What it objects to is thrown. */
export class NtlmAcceptor {
  #first = Buffer.alloc(0);
  #challenge = Buffer.alloc(0);
  #nonce = Buffer.alloc(0);
  #time = Buffer.alloc(8);
  #info = Buffer.alloc(0);

  /**
   * `accounts`: the MD4 of the password, in hex, by the name in lower case. `certificate`: its own in DER, null without TLS.
   * @param {Readonly<Record<string, string>>} accounts @param {Buffer | null} certificate
   */
  constructor(accounts, certificate = null) {
    this.accounts = accounts;
    this.certificate = certificate;
  }

  /** The second message, to the first. @param {Buffer} first */
  challenge(first) {
    insist(first.subarray(0, 8).equals(SIGNATURE) && first.readUInt32LE(8) === 1, 'this is no first message');
    insist(first.length >= 40, 'the first message has no version');
    const flags = first.readUInt32LE(12);
    for (const wanted of [UNICODE, NTLM, EXTENDED_SESSION_SECURITY, VERSION])
      insist((flags & wanted) !== 0, `the first message lacks flag ${wanted}`);
    this.#first = Buffer.from(first);
    this.#nonce = randomBytes(8);
    this.#time.writeBigUInt64LE((BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n);
    const names = /** @type {const} */ ([
      [2, 'DOMAIN'],
      [1, 'SERVER'],
      [4, 'domain.test'],
      [3, 'server.domain.test'],
    ]);
    this.#info = Buffer.concat([
      ...names.map(([id, name]) => pair(id, utf16(name))),
      pair(7, this.#time),
      pair(0, Buffer.alloc(0)),
    ]);
    const target = utf16('DOMAIN');
    const head = Buffer.alloc(56);
    head.set(SIGNATURE);
    head.writeUInt32LE(2, 8);
    head.writeUInt16LE(target.length, 12);
    head.writeUInt16LE(target.length, 14);
    head.writeUInt32LE(56, 16);
    head.writeUInt32LE(((flags & FLAGS) | DOMAIN_WITH_INFO) >>> 0, 20);
    head.set(this.#nonce, 24);
    head.writeUInt16LE(this.#info.length, 40);
    head.writeUInt16LE(this.#info.length, 42);
    head.writeUInt32LE(56 + target.length, 44);
    head.set(OUR_VERSION, 48);
    this.#challenge = Buffer.concat([head, target, this.#info]);
    return this.#challenge;
  }

  /** Whose third message this is; null when name or password is wrong. @param {Buffer} third @returns {string | null} */
  accept(third) {
    insist(this.#challenge.length > 0, 'there was no challenge');
    const challenge = this.#challenge;
    this.#challenge = Buffer.alloc(0);
    insist(third.subarray(0, 8).equals(SIGNATURE) && third.readUInt32LE(8) === 3, 'this is no third message');
    insist(third.length >= 88, 'the third message has no integrity code');
    insist((third.readUInt32LE(60) & ~challenge.readUInt32LE(20)) === 0, 'the third message has flags that nobody agreed to');
    const [lm, nt, domain, user] = [12, 20, 28, 36].map((at) => field(third, at, 88));
    if (lm === undefined || nt === undefined || domain === undefined || user === undefined) return null;
    insist(lm.length === 24 && lm.every((octet) => octet === 0), 'the answer of old is not 24 zeros, although there was a time');
    insist(nt.length >= 48, 'this is not NTLMv2');
    const blob = nt.subarray(16);
    insist(blob.readUInt32LE(0) === 0x0101 && blob.readUInt32LE(4) === 0, 'the answer begins with something else');
    insist(blob.subarray(8, 16).equals(this.#time), 'the answer has another time than the challenge');
    const pairs = pairsIn(blob.subarray(28));
    for (const [id, value] of pairsIn(this.#info))
      insist(pairs.get(id)?.equals(value), `the answer lacks pair ${id} of the challenge`);
    insist(((pairs.get(6)?.readUInt32LE(0) ?? 0) & 2) !== 0, 'the answer does not announce an integrity code');
    const bound = pairs.get(10) ?? Buffer.alloc(16);
    insist(
      bound.equals(this.certificate === null ? Buffer.alloc(16) : bindings(this.certificate)),
      'the answer is bound to something else',
    );
    const name = user.toString('utf16le');
    const hash = this.accounts[name.toLowerCase()];
    if (hash === undefined) return null;
    const key = hmac(Buffer.from(hash, 'hex'), utf16(name.toUpperCase()), domain);
    const proof = hmac(key, this.#nonce, blob);
    if (!proof.equals(nt.subarray(0, 16))) return null;
    const without = Buffer.from(third).fill(0, 72, 88);
    insist(hmac(hmac(key, proof), this.#first, challenge, without).equals(third.subarray(72, 88)), 'the integrity code is wrong');
    return name;
  }
}
