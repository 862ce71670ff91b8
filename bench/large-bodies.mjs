// A large upload from a file and a large download into a slow reader, each in a process of its own, the server in a third: memory must
// stay flat whatever the size.
//   node bench/large-bodies.mjs [--size 4GiB]
// Prints for each `upload: N MiB in N s, peak resident size N MB (limit 150)`, and ends with code 1 when a process took more, or when
// not every byte came. The file is sparse: reading it costs no disk.
import { fork } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { QFile, QIODevice, QNetworkAccessManager } from '../dist/index.js';
import { startOrigin } from './lib/processes.mjs';

const MB = 1_000_000;
const MIB = 1_048_576;
const LIMIT_MB = 150;

/** The slow reader: how much may wait for it, how much it takes at once, how often and how long it does something else. */
const READ_BUFFER = MIB;
const PIECE = 262_144;
const PAUSE_EVERY = 64 * MIB;
const PAUSE_MS = 20;

const WORK = { upload, download };

async function compare() {
  const { values } = parseArgs({ options: { size: { type: 'string', default: '4GiB' } } });
  const size = bytesOf(values.size);
  const origin = await startOrigin();
  for (const name of Object.keys(WORK)) {
    const { peak, wall, problem } = await inProcess(name, origin.base, size);
    if (problem !== '') console.log(`${name}: ${problem}`);
    else
      console.log(
        `${name}: ${(size / MIB).toFixed(0)} MiB in ${(wall / 1000).toFixed(1)} s, peak resident size ${(peak / MB).toFixed(1)} MB (limit ${LIMIT_MB})`,
      );
    if (problem !== '' || peak > LIMIT_MB * MB) process.exitCode = 1;
  }
  origin.stop();
}

function bytesOf(text) {
  const found = /^([1-9]\d*)(MiB|GiB)$/.exec(text);
  if (found === null) throw new Error(`--size expects a number of MiB or GiB, such as 512MiB or 4GiB; got ${text}`);
  return Number(found[1]) * (found[2] === 'GiB' ? 1024 * MIB : MIB);
}

function inProcess(name, base, size) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), ['client', name, base, String(size)]);
    child.once('message', resolve);
    child.once('exit', (code, signal) => resolve({ peak: 0, wall: 0, problem: `the process ended (${signal ?? code})` }));
  });
}

/** In the process of a client. */
async function work(name, base, size) {
  const manager = new QNetworkAccessManager();
  const begun = performance.now();
  const problem = await WORK[name](manager, base, size);
  const wall = performance.now() - begun;
  await manager.close();
  process.send({ peak: process.resourceUsage().maxRSS * 1024, wall, problem });
  process.disconnect();
}

async function upload(manager, base, size) {
  const folder = mkdtempSync(join(tmpdir(), 'large-bodies-'));
  const path = join(folder, 'sparse');
  const descriptor = openSync(path, 'w');
  ftruncateSync(descriptor, size);
  closeSync(descriptor);
  const file = new QFile(path);
  try {
    if (!file.open(QIODevice.ReadOnly)) return file.errorString();
    const reply = manager.put(`${base}/up`, file);
    await reply.whenFinished();
    if (reply.error() !== 0) return reply.errorString();
    const counted = Number(reply.readAll().toString());
    return counted === size ? '' : `the server counted ${counted} of ${size} bytes`;
  } finally {
    file.close();
    rmSync(folder, { recursive: true });
  }
}

async function download(manager, base, size) {
  const reader = new SlowReader(manager.get(`${base}/big/${size}`));
  const reply = await reader.end();
  if (reply.error() !== 0) return reply.errorString();
  if (reader.most > READ_BUFFER) return `${reader.most} bytes waited for the reader, whose buffer has ${READ_BUFFER}`;
  if (reader.wrong) return 'the bytes are not those of the server';
  return reader.got === size ? '' : `${reader.got} of ${size} bytes came`;
}

class SlowReader {
  got = 0;
  /** Most bytes that waited. */
  most = 0;
  wrong = false;
  #reply;
  #nextPause = PAUSE_EVERY;
  #resting = null;

  constructor(reply) {
    this.#reply = reply;
    reply.setReadBufferSize(READ_BUFFER);
    reply.readyRead.connect(() => this.#read());
  }

  async end() {
    await this.#reply.whenFinished();
    while (this.#reply.bytesAvailable() > 0) {
      await this.#resting;
      this.#read();
    }
    return this.#reply;
  }

  #read() {
    while (this.#resting === null) {
      this.most = Math.max(this.most, this.#reply.bytesAvailable());
      const piece = this.#reply.read(PIECE);
      if (piece.length === 0) return;
      this.#check(piece);
      this.got += piece.length;
      if (this.got >= this.#nextPause) this.#rest();
    }
  }

  #rest() {
    this.#nextPause += PAUSE_EVERY;
    this.#resting = new Promise((done) => {
      setTimeout(() => {
        this.#resting = null;
        done();
        this.#read();
      }, PAUSE_MS);
    });
  }

  /** The server repeats a pattern of 32 letters and digits. */
  #check(piece) {
    const letter = (at) => 'abcdefghijklmnopqrstuvwxyz012345'.charCodeAt(at % 32);
    const last = piece.length - 1;
    if (piece[0] !== letter(this.got) || piece[last] !== letter(this.got + last)) this.wrong = true;
  }
}

if (process.argv[2] === 'client') await work(process.argv[3], process.argv[4], Number(process.argv[5]));
else await compare();
