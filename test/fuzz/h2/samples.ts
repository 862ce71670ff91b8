import {
  continuation,
  data,
  Flag,
  type Frame,
  frame,
  goaway,
  headers,
  octets,
  ping,
  priority,
  pushPromise,
  rst,
  settings,
  settingsAck,
  Type,
  windowUpdate,
} from '../../support/h2-frames.ts';
import { answer, block, type Field, huffmanBits, indexed, literal, packed, tableSize } from '../../support/h2-hpack.ts';
import { Random } from '../random.ts';

/** What a server says to a few requests, and how the octets fall into reads. */
export interface Sample {
  readonly methods: readonly ('GET' | 'HEAD')[];
  readonly pieces: readonly Buffer[];
  /** For people. */
  readonly frames: readonly string[];
}

const FIELDS: readonly (Field | Buffer)[] = [
  ['content-type', 'text/plain'],
  ['x-empty', ''],
  ['set-cookie', 'a=b'],
  ['set-cookie', 'c=d'],
  literal('x-kept', 'kept', true),
  literal('x-other', 'other', true),
  literal(packed(huffmanBits('x-coded')), packed(huffmanBits('coded'))),
  indexed(62),
  indexed(63),
  indexed(20),
  literal(62, 'renamed', true),
];

const ODD_FIELDS: readonly (Field | Buffer)[] = [
  ['X-Upper', 'x'],
  ['connection', 'close'],
  ['te', 'trailers'],
  ['x-value', 'a\0b'],
  ['x-value', ' spaced'],
  ['x name', 'x'],
  ['', 'x'],
  ['content-length', '5'],
  ['content-length', '3, 3'],
  ['content-length', '-1'],
  [':status', '200'],
  [':path', '/'],
  indexed(0),
  indexed(100),
  tableSize(0),
  tableSize(5_000),
  Buffer.of(0x40),
  literal(packed(huffmanBits('x'), '0'), 'x'),
];

class Scribe {
  readonly random: Random;
  constructor(random: Random) {
    this.random = random;
  }

  fields(): (Field | Buffer)[] {
    const { random } = this;
    const some = Array.from({ length: random.below(4) }, () => random.pick(FIELDS.slice(0, 7)));
    if (random.chance(12)) some.push(random.pick(FIELDS));
    if (random.chance(25)) some.splice(random.below(some.length + 1), 0, random.pick(ODD_FIELDS));
    return some;
  }

  /** One or several frames. */
  head(id: number, bytes: Buffer, end: boolean): Frame[] {
    const { random } = this;
    if (!random.chance(6)) return [headers(id, bytes, random.chance(8) ? { end, pad: random.below(9) } : { end })];
    const at = random.below(bytes.length + 1);
    return [headers(id, bytes.subarray(0, at), { end, more: true }), continuation(id, bytes.subarray(at))];
  }

  /** A whole answer as it should be. */
  answer(id: number, method: string): Frame[] {
    const { random } = this;
    const frames: Frame[] = [];
    while (random.chance(6)) frames.push(...this.head(id, answer(random.pick([100, 102, 103]), ...this.fields()), false));
    const body = method === 'HEAD' ? '' : 'x'.repeat(random.pick([0, 1, 5, 300]));
    const fields = this.fields();
    if (random.chance(2)) fields.push(['content-length', String(random.chance(15) ? 7 : body.length)]);
    const status = random.chance(12) ? random.pick([204, 304, 101, 99, 600, 'abc']) : random.pick([200, 404, 503]);
    const trailers = random.chance(5);
    const bare = body === '' && !trailers && random.chance(2);
    frames.push(...this.head(id, answer(status, ...fields), bare));
    if (bare) return frames;
    const cut = random.below(body.length + 1);
    if (random.chance(2)) frames.push(data(id, body.slice(0, cut)), data(id, body.slice(cut), { end: !trailers }));
    else frames.push(data(id, body, random.chance(5) ? { end: !trailers, pad: random.below(20) } : { end: !trailers }));
    if (trailers) frames.push(...this.head(id, block(['x-sum', '1'], ...this.fields()), true));
    return frames;
  }

  /** What may come between. */
  other(ids: readonly number[]): Frame {
    const { random } = this;
    const id = random.pick([...ids, 0, 9]);
    const kinds: (() => Frame)[] = [
      () => ping(),
      () => settings([random.pick([1, 2, 3, 4, 5, 6, 0xfa]), random.pick([0, 1, 100, 16_384, 65_535, 0x7fff_ffff, 0x8000_0000])]),
      () => windowUpdate(id, random.pick([0, 1, 65_535, 0x7fff_ffff])),
      () => rst(id, random.below(15)),
      () => goaway(random.pick([...ids, 0, 0x7fff_ffff]), random.below(15), 'why'),
      () => priority(id, random.pick(ids)),
      () => pushPromise(id, 2, answer(200)),
      () => frame(0xfa, random.below(256), id, 'not known'),
      () => data(id, random.chance(2) ? '' : 'more', { end: random.chance(3) }),
      () => headers(id, answer(200), { end: random.chance(3) }),
      () => continuation(id, answer(200)),
    ];
    return random.pick(kinds)();
  }

  mutate(frames: Frame[], ids: readonly number[]): void {
    const { random } = this;
    const at = random.below(frames.length);
    const victim = frames[at]!;
    const kinds: (() => void)[] = [
      () => frames.splice(at, 0, this.other(ids)),
      () => frames.splice(at, 0, this.other(ids)),
      () => frames.splice(at, 1),
      () => frames.splice(at, 0, victim),
      () => frames.splice(at, 2, ...frames.slice(at, at + 2).reverse()),
      () => frames.splice(at, 1, { ...victim, flags: victim.flags ^ (1 << random.below(8)) }),
      () => frames.splice(at, 1, { ...victim, type: random.below(10) }),
      () => frames.splice(at, 1, { ...victim, stream: random.pick([0, 1, 2, 3, 5, 99, 0x7fff_ffff]) }),
      () => frames.splice(at, 1, { ...victim, length: Math.max(0, victim.payload.length + random.below(5) - 2) }),
      () => frames.splice(at, 1, { ...victim, payload: flipped(victim.payload, random) }),
      () => frames.splice(at, 1, { ...victim, payload: victim.payload.subarray(0, random.below(victim.payload.length + 1)) }),
    ];
    random.pick(kinds)();
  }
}

function flipped(payload: Buffer, random: Random): Buffer {
  const copy = Buffer.from(payload);
  if (copy.length > 0) copy[random.below(copy.length)]! ^= 1 << random.below(8);
  return copy;
}

export function sample(seed: number, index: number): Sample {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const scribe = new Scribe(random);
  const methods = Array.from({ length: 1 + random.below(3) }, (): 'GET' | 'HEAD' => (random.chance(5) ? 'HEAD' : 'GET'));
  const ids = methods.map((_, i) => 2 * i + 1);
  const lines = ids.map((id, i) => scribe.answer(id, methods[i]!));
  const frames: Frame[] = [settings([3, 100]), settingsAck()];
  // a head in pieces stays in one piece, or most samples would be broken
  while (lines.some((line) => line.length > 0)) {
    const line = random.pick(lines.filter(({ length }) => length > 0));
    do frames.push(line.shift()!);
    while (line[0]?.type === Type.CONTINUATION && (frames.at(-1)!.flags & Flag.END_HEADERS) === 0);
  }
  if (random.chance(3)) frames.splice(2 + random.below(frames.length - 1), 0, scribe.other(ids));
  for (let n = random.below(3); n > 0; n--) if (frames.length > 0) scribe.mutate(frames, ids);
  const bytes = Buffer.concat(frames.map(octets));
  const cuts = Array.from({ length: random.below(4) }, () => random.below(bytes.length + 1)).sort((a, b) => a - b);
  const at = [0, ...cuts, bytes.length];
  return {
    methods,
    pieces: at.slice(1).map((end, i) => bytes.subarray(at[i], end)),
    frames: [...frames.map(shown), ...(isCut(bytes) ? ['cut off inside a frame'] : []), ...lengthsBefore(frames)],
  };
}

function shown({ type, flags, stream, payload, length }: Frame): string {
  const lie = length === undefined ? '' : `, said to have ${length}`;
  return `${type} ${flags} ${stream} ${JSON.stringify(payload.toString('latin1'))}${lie}`;
}

/** The last frame says that more will come. */
function isCut(bytes: Buffer): boolean {
  let at = 0;
  while (at + 9 <= bytes.length) at += 9 + bytes.readUIntBE(at, 3);
  return at !== bytes.length;
}

/** Interim answers that say how long they are, in however many frames. */
function lengthsBefore(frames: readonly Frame[]): string[] {
  const is = ({ type, payload }: Frame, i: number): boolean => {
    const next = frames[i + 1]?.type === Type.CONTINUATION ? frames[i + 1]!.payload : Buffer.of();
    return (
      type === Type.HEADERS && /:status\x031\d\d[\s\S]*content-length/.test(Buffer.concat([payload, next]).toString('latin1'))
    );
  };
  return frames.some(is) ? ['interim answers with a length'] : [];
}
