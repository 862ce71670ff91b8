/** One thing that is said about the server, or to it (MS-NLMP 2.2.2.1). */
export interface AvPair {
  readonly id: number;
  readonly value: Uint8Array;
}

/** What the client adds to the pairs of the server. */
export interface ClientPairs {
  /** There will be a message integrity code. */
  readonly coded: boolean;
  /** The digest of the channel binding, 16 octets; null = the channel has none. */
  readonly binding: Uint8Array | null;
  /** The service that is meant, `HTTP/server.example`. */
  readonly service: string;
}

const END = 0;
const FLAGS = 6;
const TIMESTAMP = 7;
const TARGET_NAME = 9;
const CHANNEL_BINDINGS = 10;

/** Of the flags: there is a message integrity code. */
const CODED = 2;

/** Zeros say that there is no binding. */
const NO_BINDING = Buffer.alloc(16);

/** Lengths that some values must have, or somebody would read behind them. */
const LENGTHS: Readonly<Record<number, number>> = { [FLAGS]: 4, [TIMESTAMP]: 8 };

/** Reads a list of pairs; null when it does not end where it should, or a value has a wrong length. */
export function readAvPairs(bytes: Buffer): AvPair[] | null {
  const pairs: AvPair[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const id = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    const end = at + 4 + length;
    // what stands behind the last pair is padding
    if (id === END) return length === 0 ? pairs : null;
    if ((LENGTHS[id] ?? length) !== length) return null;
    pairs.push({ id, value: bytes.subarray(at + 4, end) });
    at = end;
  }
  // the end was never seen: cut off, or a value is longer than all that is left
  return null;
}

/** Writes a list of pairs, with its end. Throws a RangeError when a value is too long for it. */
export function writeAvPairs(pairs: readonly AvPair[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const { id, value } of pairs) {
    if (value.length > 0xffff)
      throw new RangeError(`NTLM: value ${id} of the target info has ${value.length} octets, at most 65535`);
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    parts.push(head, value);
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

/** The time of the server, as it stands in the message; null when it has said none. */
export function serverTime(pairs: readonly AvPair[]): Uint8Array | null {
  return pairs.find(({ id }) => id === TIMESTAMP)?.value ?? null;
}

/** The pairs of the server as the client hands them back (MS-NLMP 3.1.5.1.2). */
export function withClientPairs(pairs: readonly AvPair[], { coded, binding, service }: ClientPairs): AvPair[] {
  const flags = Buffer.alloc(4);
  flags.set(pairs.find(({ id }) => id === FLAGS)?.value ?? []);
  flags[0]! |= coded ? CODED : 0;
  // these three are the client's to say, whatever the server has sent in their place
  const kept = pairs.filter(({ id }) => id !== FLAGS && id !== CHANNEL_BINDINGS && id !== TARGET_NAME);
  if (flags.some((octet) => octet !== 0)) kept.push({ id: FLAGS, value: flags });
  kept.push({ id: CHANNEL_BINDINGS, value: binding ?? NO_BINDING });
  kept.push({ id: TARGET_NAME, value: Buffer.from(service, 'utf16le') });
  return kept;
}
