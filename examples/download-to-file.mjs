// A download that never holds more than 64 KiB in memory: when the disk is slow the server has to wait.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { QNetworkAccessManager } from 'qnetwork';
import { startOrigin } from './demo/origin.mjs';

const origin = await startOrigin();
const folder = await mkdtemp(join(tmpdir(), 'qnetwork-'));
const file = join(folder, 'photo.raw');

const manager = new QNetworkAccessManager();
const reply = manager.get(`${origin.url}/photo.raw`);
reply.setReadBufferSize(64 * 1024);
await pipeline(reply.toReadable(), createWriteStream(file));

const { size } = await stat(file);
console.log(`${size} bytes on disk, Content-Length was ${reply.headers().value('content-length')}`);

await rm(folder, { recursive: true });
await origin.close();
