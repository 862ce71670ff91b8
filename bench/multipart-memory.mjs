// One large file as a part of a multipart, sent to a server in another process that drops it: memory must stay flat.
//   node bench/multipart-memory.mjs [--mib 1024]
// Prints the line `N MiB in a part: resident size grew by N MiB (limit 40), N s`, and ends with code 1 when it grew more or not all
// arrived. The growth is the peak during the upload minus the size before it; where there is no /proc it is what the end shows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { QFile, QHttpMultiPart, QHttpPart, QIODevice, QNetworkAccessManager, QNetworkRequest } from '../dist/index.js';
import { startMeter } from './lib/meter.mjs';
import { startOrigin } from './lib/processes.mjs';

const MIB = 1_048_576;
const LIMIT_MIB = 40;

const { values } = parseArgs({ options: { mib: { type: 'string', default: '1024' } } });
const mib = Number(values.mib);
if (!Number.isInteger(mib) || mib < 1) throw new Error(`--mib expects a whole number, got ${values.mib}`);

const folder = mkdtempSync(join(tmpdir(), 'multipart-'));
const file = new QFile(join(folder, 'large'));

/** A file of which only the last byte is there: reading the rest costs no disk. */
function makeSparse(bytes) {
  file.open(QIODevice.WriteOnly);
  file.seek(bytes - 1);
  file.write('.');
  file.close();
}

function formOf(device) {
  const form = new QHttpMultiPart(QHttpMultiPart.FormDataType);
  const text = new QHttpPart();
  text.setHeader(QNetworkRequest.ContentDispositionHeader, 'form-data; name="title"');
  text.setBody('large');
  const large = new QHttpPart();
  large.setHeader(QNetworkRequest.ContentDispositionHeader, 'form-data; name="file"; filename="large"');
  large.setBodyDevice(device);
  form.append(text);
  form.append(large);
  return form;
}

/** How many bytes of body the server counted. */
async function send(bytes) {
  makeSparse(bytes);
  if (!file.open(QIODevice.ReadOnly)) throw new Error(file.errorString());
  const counted = Number(await manager.post(`${origin.base}/up`, formOf(file)).text());
  file.close();
  return counted;
}

const origin = await startOrigin();
const manager = new QNetworkAccessManager();
const stop = startMeter();
const counted = await send(mib * MIB);
const { growth, wall } = stop();
await manager.close();
origin.stop();
rmSync(folder, { recursive: true });

const missing = counted <= mib * MIB;
if (missing) console.log(`the server counted ${counted} bytes, which is less than the file alone`);
process.exitCode = missing || growth > LIMIT_MIB * MIB ? 1 : 0;
console.log(
  `${mib} MiB in a part: resident size grew by ${(growth / MIB).toFixed(1)} MiB (limit ${LIMIT_MIB}), ${(wall / 1e6).toFixed(1)} s`,
);
