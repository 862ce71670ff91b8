import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { DOOR } from '../../../src/contract/door.ts';
import { parseHar } from '../../../src/har.ts';
import { QNetworkAccessManager } from '../../../src/index.ts';
import { sendHar } from '../../../src/tools/inspector/har-file.ts';
import { Watch } from '../../../src/tools/inspector/watch.ts';
import { serve } from '../../support/server.ts';

const MiB = 1_048_576;

/** Takes everything at once, piece by piece. */
class Taker extends EventEmitter {
  readonly destroyed = false;
  readonly pieces: string[] = [];
  writeHead(): void {}
  write(text: string): boolean {
    this.pieces.push(text);
    return true;
  }
  end(text: string): void {
    this.write(text);
    this.emit('finish');
  }
}

it('comes in pieces that are no longer than the longest body, whatever was packed', async () => {
  const headers = { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' };
  await using server = await serve({ routes: { '*': { body: gzipSync(Buffer.alloc(2 * MiB, 'x')), headers } } });
  const manager = new QNetworkAccessManager();
  const watch = new Watch({ mostRows: 100, bodyLimit: MiB, bodyMemory: MiB });
  const leave = manager[DOOR]().record(watch);
  onTestFinished(async () => {
    leave();
    await manager.close();
  });
  for (let i = 0; i < 8; i++) await manager.get(server.url('/')).whenFinished();
  const taker = new Taker();
  const finished = new Promise((resolve) => taker.once('finish', resolve));
  sendHar(taker as unknown as ServerResponse, watch, { secrets: false, secretNames: [], wallAhead: 0 });
  await finished;
  expect(Math.max(...taker.pieces.map(({ length }) => length))).toBeLessThan(2.1 * MiB);
  expect(parseHar(taker.pieces.join('')).log.entries.map(({ response }) => response.content.size)).toEqual(
    new Array(8).fill(2 * MiB),
  );
});
