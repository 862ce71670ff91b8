import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../../src/base/byte-queue.ts';

describe('memory of pieces', () => {
  const pieceOf = (size: number): Buffer => {
    const queue = new ByteQueue();
    queue.copyIn(Buffer.alloc(size, 7), 0, size, 0);
    return queue.take(size);
  };

  it('is shared by those that are neither small nor large', () => {
    const pieces = [1, 2, 3, 4, 5, 6, 7, 8].map(() => pieceOf(40_000));
    const memories = new Set(pieces.map((piece) => piece.buffer));
    expect(memories.size).toBeLessThan(4);
    expect([...memories].every((memory) => memory.byteLength === 262_144)).toBe(true);
    expect(pieces.every((piece) => piece.length === 40_000 && piece.every((octet) => octet === 7))).toBe(true);
  });

  it.each([4097, 32_767, 65_537])('is their own for pieces of %d bytes', (size) => {
    expect(pieceOf(size).buffer.byteLength).toBe(size);
  });

  it('cannot be given away with all that others have in it', () => {
    const piece = pieceOf(65_536);
    try {
      structuredClone(piece, { transfer: [piece.buffer as ArrayBuffer] });
    } catch {
      // newer versions of Node.js say so, older ones pass it over
    }
    expect(piece.length).toBe(65_536);
  });
});
