import { systemClock } from '../../../src/base/clock.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { BodyReader } from '../../../src/contract/body.ts';
import type { CacheKey, CacheStore, StoredHead } from '../../../src/contract/cache.ts';
import type { Clock } from '../../../src/contract/clock.ts';
import type { SharedServer } from '../../../src/stores/cache/shared-client.ts';
import { type SharedSettings, SharedStore } from '../../../src/stores/cache/shared-store.ts';

export const KEY: CacheKey = { url: 'http://example.org/', partition: '', variant: '' };

export function keyOf(url: string, more: Partial<CacheKey> = {}): CacheKey {
  return { ...KEY, url, ...more };
}

export function headOf(more: Partial<StoredHead> = {}): StoredHead {
  return {
    status: 200,
    reason: 'OK',
    headers: new HeaderList(['Content-Type', 'text/plain', 'ETag', '"1"']),
    requestedAt: 1_000,
    receivedAt: 2_000,
    vary: [],
    range: null,
    variants: [],
    expires: -1,
    notes: [],
    ...more,
  };
}

/** Bytes in which no two places look alike. */
export function bodyOf(length: number, seed = 1): Buffer {
  const body = Buffer.allocUnsafe(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    body[i] = state >> 16;
  }
  return body;
}

/** Stores an answer as a transfer does it: in parts, waiting when it is asked to. */
export async function store(
  cache: CacheStore,
  key: CacheKey,
  body: Buffer,
  head = headOf(),
  length = body.length,
): Promise<void> {
  const writer = cache.put(key, head, length);
  if (writer === null) throw new Error('the cache does not want it');
  for (let at = 0; at < body.length; at += 50_000) {
    if (writer.write(body.subarray(at, at + 50_000))) continue;
    await new Promise<void>((resolve) => (writer.drained = resolve));
  }
  await writer.commit();
}

/** The next piece, once it is there. */
export function pulled(reader: BodyReader): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const look = (): void => {
      const piece = reader.pull(look);
      if (piece !== undefined) resolve(piece);
    };
    look();
  });
}

export async function readAll(reader: BodyReader | null): Promise<Buffer> {
  if (reader === null) throw new Error('there is nothing to read');
  const pieces: Buffer[] = [];
  for (let piece = await pulled(reader); piece !== null; piece = await pulled(reader)) pieces.push(Buffer.from(piece));
  if (reader.failure !== null) throw new Error(reader.failure.message);
  return Buffer.concat(pieces);
}

export const SETTINGS: SharedSettings = {
  prefix: 'test',
  partition: '',
  maximumEntrySize: 1 << 30,
  lifetime: 3_600_000,
  timeout: 500,
  lease: 5_000,
  wait: 10_000,
};

/** A store with what it had to complain about. */
export function storeOver(
  server: SharedServer,
  settings: Partial<SharedSettings> = {},
  clock: Clock = systemClock,
): { readonly cache: SharedStore; readonly troubles: string[] } {
  const troubles: string[] = [];
  const cache = new SharedStore(server, { ...SETTINGS, ...settings }, clock, ({ message }) => troubles.push(message));
  return { cache, troubles };
}

/** A server that says what the test wants it to say, or nothing. */
export class ScriptedServer implements SharedServer {
  readonly place = 'example.org:6379';
  readonly asked: string[][] = [];
  hungUp = 0;
  answer: (command: string, args: readonly string[]) => unknown = () => new Promise(() => {});

  prepare(): null {
    return null;
  }

  send(command: string, args: (string | Buffer)[]): Promise<unknown> {
    const words = args.map(String);
    this.asked.push([command, ...words]);
    return new Promise((resolve) => resolve(this.answer(command, words)));
  }

  hangUp(): void {
    this.hungUp++;
  }
}

/** The error of a server that answered. */
export function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError', command: { name: 'auth', args: ['me', 'secret'] } });
}

/** Lets everything happen that waits for no time and no other process. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
}
