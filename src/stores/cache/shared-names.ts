import type { CacheKey } from '../../contract/cache.ts';
import { keyText } from './keys.ts';

/** Part of all names: what is written another way is never read. */
const FORMAT = '1';

/**
 * Names of what is kept on the server. Addresses do not appear there, as they may hold secrets. What is in braces decides where a cluster
 * keeps it: the entry beside its lease, all pieces of a body together.
 */
export class SharedNames {
  private readonly start: string;
  private readonly partition: string;

  constructor(prefix: string, partition: string) {
    this.start = `${prefix}:${FORMAT}:`;
    this.partition = partition;
  }

  entry(key: CacheKey): string {
    const text = JSON.stringify([this.partition, keyText(key)]);
    return `${this.start}{${process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64url')}}`;
  }

  lease(entry: string): string {
    return `${entry}:lease`;
  }

  piece(token: string, index: number): string {
    return `${this.start}{${token}}:${index}`;
  }

  pieces({ token, count }: BodyTag): string[] {
    return Array.from({ length: count }, (_, index) => this.piece(token, index));
  }
}

/** Which body an entry has: where its pieces are, and how many; none for a body in the entry itself. */
export interface BodyTag {
  readonly token: string;
  readonly count: number;
}

/** No body is in more pieces. */
const MOST_PIECES = 1 << 20;

export function tagText({ token, count }: BodyTag): string {
  return `${token}:${count}`;
}

/** null for what is none of ours. */
export function tagIn(text: string): BodyTag | null {
  const [, token, count] = /^([0-9a-f]{32}):(\d{1,7})$/.exec(text) ?? [];
  return token === undefined || Number(count) > MOST_PIECES ? null : { token, count: Number(count) };
}

/** Bytes of a checksum. */
export const SUM_BYTES = 16;

export function sumOf(bytes: Uint8Array): Buffer {
  return process.getBuiltinModule('node:crypto').hash('sha256', bytes, 'buffer').subarray(0, SUM_BYTES);
}
