import { describe, expect, it } from 'vitest';
import { FrameReader, type FrameTarget } from '../../../src/wire/h2/frame-reader.ts';
import { Random } from '../../fuzz/random.ts';
import {
  continuation,
  data,
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
  Type,
  windowUpdate,
} from '../../support/h2-frames.ts';

/** Notes what it is told; data that comes in pieces is one. */
class Recorder implements FrameTarget {
  readonly calls: string[] = [];
  private gathered = '';
  reader: FrameReader | null = null;

  frame(type: number, flags: number, stream: number, b: Buffer, from: number, to: number): void {
    this.calls.push(`frame ${type} ${flags} ${stream} ${b.toString('latin1', from, to)}`);
    if (type === Type.HEADERS && (flags & 4) === 0) this.reader!.headBegan(stream);
    if (type === Type.CONTINUATION && (flags & 4) !== 0) this.reader!.headBegan(0);
  }
  dataFrame(stream: number, length: number): void {
    this.gathered = '';
    this.calls.push(`begin ${stream} ${length}`);
  }
  data(stream: number, b: Buffer, from: number, to: number): void {
    if (from === to) this.calls.push('nothing');
    if (this.gathered !== '') this.calls.pop();
    this.gathered += b.toString('latin1', from, to);
    this.calls.push(`data ${stream} ${this.gathered}`);
  }
  dataEnd(flags: number, stream: number): void {
    this.calls.push(`end ${flags} ${stream}`);
  }
  fault(code: number, why: string): void {
    this.calls.push(`fault ${code} ${why}`);
  }
}

function read(pieces: readonly Buffer[], longest = 16_384): string[] {
  const recorder = new Recorder();
  const reader = new FrameReader(recorder, longest);
  recorder.reader = reader;
  for (const piece of pieces) {
    // the memory is valid during the call only
    const memory = Buffer.from(piece);
    reader.feed(memory, memory.length);
    memory.fill('#');
  }
  return recorder.calls;
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...[...places].sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const CONVERSATION: readonly Frame[] = [
  settings([3, 100], [4, 65_535]),
  headers(1, Buffer.from('a head'), { more: true }),
  continuation(1, Buffer.from('goes on'), { more: true }),
  continuation(1, Buffer.from(' and ends')),
  data(1, 'a body'),
  data(1, 'with padding', { pad: 7 }),
  data(1, '', { pad: 3 }),
  data(1, '', { pad: 0 }),
  data(1, ''),
  headers(3, Buffer.from('padded'), { pad: 5, end: true }),
  headers(3, Buffer.from(''), { pad: 0 }),
  data(1, 'the rest', { end: true }),
  frame(Type.HEADERS, 0x24, 5, 'pppppwith priority'),
  priority(7, 1),
  pushPromise(5, 2, Buffer.from('promised')),
  ping(),
  windowUpdate(0, 5),
  windowUpdate(5, 6),
  rst(5, 8),
  frame(0xfa, 0xff, 9, 'not known'),
  frame(0xfa, 0, 0),
  goaway(5, 0, 'bye'),
];

describe('frames', () => {
  const whole = Buffer.concat(CONVERSATION.map(octets));
  const expected = read([whole]);

  it('are told as they are', () => {
    expect(expected).toEqual([
      'frame 4 0 0 \0\x03\0\0\0\x64\0\x04\0\0\xff\xff',
      'frame 1 0 1 a head',
      'frame 9 0 1 goes on',
      'frame 9 4 1  and ends',
      'begin 1 6',
      'data 1 a body',
      'end 0 1',
      'begin 1 20',
      'data 1 with padding',
      'end 8 1',
      'begin 1 4',
      'end 8 1',
      'begin 1 1',
      'end 8 1',
      'begin 1 0',
      'end 0 1',
      'frame 1 13 3 padded',
      'frame 1 12 3 ',
      'begin 1 8',
      'data 1 the rest',
      'end 1 1',
      'frame 1 36 5 pppppwith priority',
      'frame 2 0 7 \0\0\0\x01\x0f',
      'frame 5 4 5 \0\0\0\x02promised',
      'frame 6 0 0 8 octets',
      'frame 8 0 0 \0\0\0\x05',
      'frame 8 0 5 \0\0\0\x06',
      'frame 3 0 5 \0\0\0\x08',
      'frame 250 255 9 not known',
      'frame 250 0 0 ',
      'frame 7 0 0 \0\0\0\x05\0\0\0\0bye',
    ]);
  });

  it('are the same wherever they are cut', () => {
    for (let at = 1; at < whole.length; at++) expect(read(cut(whole, [at])), `cut at ${at}`).toEqual(expected);
    expect(read(cut(whole, [...whole.keys()].slice(1)))).toEqual(expected);
  });

  it('are the same in random pieces, empty ones among them', () => {
    const random = new Random(7);
    for (let run = 0; run < 500; run++) {
      const places = Array.from({ length: random.below(20) }, () => random.below(whole.length + 1));
      expect(read(cut(whole, places)), `cut at ${places}`).toEqual(expected);
    }
  });

  it('the reserved bit of a stream is not heeded', () => {
    const bytes = octets(data(1, 'x'));
    bytes[5]! |= 0x80;
    expect(read([bytes])).toEqual(['begin 1 1', 'data 1 x', 'end 0 1']);
  });
});

describe('what breaks the rules of framing', () => {
  const rows: readonly [string, readonly Frame[], string, number?][] = [
    ['longer than we allow', [data(1, Buffer.alloc(16_385))], 'fault 6 a frame of 16385 octets'],
    ['the same of another type', [frame(0xfa, 0, 0, Buffer.alloc(16_385))], 'fault 6 a frame of 16385 octets'],
    ['a head as long as a body may be', [headers(1, Buffer.alloc(262_145))], 'fault 6 a frame of 262145 octets', 1_000_000],
    ['a body on no stream', [data(0, 'x')], 'fault 1 a frame of type 0 on stream 0'],
    ['a head on no stream', [headers(0, Buffer.of())], 'fault 1 a frame of type 1 on stream 0'],
    ['a priority on no stream', [priority(0)], 'fault 1 a frame of type 2 on stream 0'],
    ['a reset on no stream', [rst(0, 0)], 'fault 1 a frame of type 3 on stream 0'],
    ['a push on no stream', [pushPromise(0, 2, Buffer.of())], 'fault 1 a frame of type 5 on stream 0'],
    ['settings on a stream', [frame(Type.SETTINGS, 0, 1)], 'fault 1 a frame of type 4 on stream 1'],
    ['a ping on a stream', [frame(Type.PING, 0, 1, '8 octets')], 'fault 1 a frame of type 6 on stream 1'],
    ['a farewell on a stream', [frame(Type.GOAWAY, 0, 1, '8 octets')], 'fault 1 a frame of type 7 on stream 1'],
    ['a head shorter than its padding', [frame(1, 8, 1, Buffer.of(3, 1, 2))], 'fault 1 a frame shorter than its padding'],
    ['a head that is all padding but one octet', [frame(1, 8, 1, Buffer.of(2, 1, 2))], 'frame 1 8 1 '],
    ['a head without its padding', [frame(1, 8, 1)], 'fault 6 a frame without its padding'],
  ];
  it.each(rows)('%s', (_what, frames, last, longest) => {
    const bytes = Buffer.concat(frames.map(octets));
    expect(read([bytes], longest)).toEqual([last]);
    const pieces = bytes.length > 1_000 ? [1, 8, 9, 500] : [...bytes.keys()].slice(1);
    expect(read(cut(bytes, pieces), longest)).toEqual([last]);
  });

  it.each([
    [
      'a body shorter than its padding',
      frame(0, 8, 1, Buffer.of(3, 1, 2)),
      ['begin 1 3', 'fault 1 a frame shorter than its padding'],
    ],
    ['a body without its padding', frame(0, 8, 1), ['begin 1 0', 'fault 6 a frame without its padding']],
    ['a body that is all padding', frame(0, 8, 1, Buffer.of(2, 1, 2)), ['begin 1 3', 'end 8 1']],
  ])('%s', (_what, broken, calls) => {
    const bytes = octets(broken);
    expect(read([bytes])).toEqual(calls);
    expect(read(cut(bytes, [...bytes.keys()].slice(1)))).toEqual(calls);
  });

  it.each([
    ['a body', data(1, 'x')],
    ['another stream’s continuation', continuation(3, Buffer.of())],
    ['a frame that nobody knows', frame(0xfa, 0, 1)],
    ['a ping', ping()],
  ])('%s in the middle of a head', (_what, intruder) => {
    const begun = octets(headers(1, Buffer.from('x'), { more: true }));
    expect(read([begun, octets(intruder)])).toEqual(['frame 1 0 1 x', 'fault 1 a frame in the middle of a head']);
  });

  it('nothing is told behind a fault, nor behind a stop', () => {
    const bytes = Buffer.concat([data(0, 'x'), data(1, 'y'), ping()].map(octets));
    expect(read([bytes, bytes])).toHaveLength(1);
    const recorder = new Recorder();
    const reader = new FrameReader(recorder, 16_384);
    recorder.data = () => reader.stop();
    const good = Buffer.concat([data(1, 'y'), ping()].map(octets));
    reader.feed(good, good.length);
    reader.feed(good, good.length);
    expect(recorder.calls).toEqual(['begin 1 1']);
  });
});
