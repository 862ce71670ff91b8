import { describe, expect, test } from 'vitest';
import { ZstdFrames } from '../../src/rules/zstd-frames.ts';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** Single segment, one byte of size, one raw block "hello". */
const RAW = [...MAGIC, 0x20, 5, (5 << 3) | 1, 0, 0, 0x68, 0x65, 0x6c, 0x6c, 0x6f];
/** Window descriptor and checksum; a run-length block, then an empty last block. */
const RUN = [...MAGIC, 0x04, 0x58, ((200 << 3) & 255) | 2, (200 >> 5) & 255, 0, 0x61, 1, 0, 0, 1, 2, 3, 4];
const SKIPPABLE = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7, 7, 7];
const LONG_HEADER = [...MAGIC, 0xc3, 0x58, 1, 2, 3, 4, 1, 0, 0, 0, 0, 0, 0, 0, (1 << 3) | 1, 0, 0, 9];

describe('frames', () => {
  const all = Uint8Array.from([...RAW, ...RUN, ...SKIPPABLE, ...LONG_HEADER, ...RAW]);
  const ends: number[] = [];
  for (const frame of [RAW, RUN, SKIPPABLE, LONG_HEADER, RAW]) ends.push((ends.at(-1) ?? 0) + frame.length);

  test('are found in one piece', () => {
    const frames = new ZstdFrames();
    const found: number[] = [];
    for (let at = 0; at < all.length; ) {
      at += frames.next(all, at);
      found.push(at);
    }
    expect(found).toEqual(ends);
  });

  test('are found byte by byte', () => {
    const frames = new ZstdFrames();
    const found: number[] = [];
    for (let at = 0; at < all.length; at++) {
      expect(frames.next(all.subarray(at, at + 1), 0)).toBe(1);
      if (frames.atBoundary) found.push(at + 1);
    }
    expect(found).toEqual(ends);
  });

  test('every cut inside a frame is noticed', () => {
    for (let length = 1; length < RUN.length; length++) {
      const frames = new ZstdFrames();
      frames.next(Uint8Array.from(RUN.slice(0, length)), 0);
      expect(frames.atBoundary).toBe(false);
    }
  });

  test('what is not a frame is left to the decoder as a whole', () => {
    const frames = new ZstdFrames();
    expect(frames.next(Buffer.from('certainly no zstd'), 0)).toBe(17);
    expect(frames.atBoundary).toBe(false);
    expect(frames.lost).toBe(true);
  });
});
