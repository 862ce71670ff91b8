// npm run demo: one manager, a server of its own, sixteen requests, some of which cannot succeed. Everything shown comes from signals,
// from reply.timings() and from the netlog; at the end the figures of both sides are compared.
import { QBuffer, QNetworkAccessManager, QNetworkReply, QNetworkRequest } from 'qnetwork';
import { Bars } from './bars.mjs';
import { closedPort, startOrigin } from './origin.mjs';
import { bytes, columns, paint, print } from './screen.mjs';
import { waterfall } from './waterfall.mjs';

const origin = await startOrigin();
const nobody = `http://127.0.0.1:${await closedPort()}`;
const errorName = (code) => QNetworkReply.NetworkError[code];

print(paint.bold('One manager, one origin with slow and failing answers, at most 6 connections'));
print();

const manager = new QNetworkAccessManager();
const connectionOf = new Map();
const connections = new Set();
const failedAt = new Map();
manager.netlog((event) => {
  if (event.what === 'fail') failedAt.set(event.transfer, event.time);
  if (event.what !== 'lend') return;
  connectionOf.set(event.transfer, event.detail.connection);
  connections.add(event.detail.connection);
});

const bars = new Bars();
const transfers = [];
let sent = 0;

/** Starts a request and has it shown. */
function go(label, reply) {
  const transfer = { label, reply, received: 0, uploaded: 0 };
  reply.requestSent.connect(() => sent++);
  // Bytes are read as they come, as a program would; what is read is not kept.
  reply.readyRead.connect(() => {
    transfer.received += reply.readAll().length;
  });
  reply.uploadProgress.connect((bytesSent) => {
    transfer.uploaded = Math.max(transfer.uploaded, bytesSent);
  });
  bars.follow(label, reply, errorName);
  transfers.push(transfer);
  return reply;
}

const get = (path, options) => go(`GET ${path}`, manager.get(`${origin.url}${path}`, options));

get('/');
get('/big.iso');
get('/news.json');
get('/film.mp4');
get('/stream.log');
get('/slow');

// A device as the body: its size is known, so Content-Length is sent and progress has a total.
const upload = new QBuffer();
upload.setData(Buffer.alloc(6_000_000, 'upload '));
upload.open(QBuffer.OpenModeFlag.ReadOnly);
const post = new QNetworkRequest(`${origin.url}/upload`);
post.setRawHeader('Content-Type', 'application/octet-stream');
go('POST /upload', manager.post(post, upload));

get('/article.html');
get('/photo.raw');
get('/cut.bin');
get('/missing');
get('/broken');
get('/never', { timeout: { firstByte: 900 } });
const tooMuch = get('/big.iso?again');
go('GET (nobody there)', manager.get(`${nobody}/`));
// Asked last, goes first: a high priority overtakes everything that still waits for a connection.
get('/style.css', { priority: 'high' });

// Somebody changes their mind as soon as a good part has come.
tooMuch.downloadProgress.connect((received) => {
  if (received > 4_000_000) tooMuch.abort();
});

await Promise.all(transfers.map(({ reply }) => reply.whenFinished()));
bars.end();

/** What failed has no end of its own; the netlog knows when it was given up. */
function timingsOf(reply) {
  const timings = reply.timings();
  return timings.ended < 0 ? { ...timings, ended: failedAt.get(reply.transferId()) } : timings;
}

print();
waterfall(
  transfers.map(({ label, reply }) => ({
    label,
    timings: timingsOf(reply),
    connection: connectionOf.get(reply.transferId()) ?? null,
    ok: reply.ok(),
    result: reply.ok() ? String(reply.status()) : errorName(reply.error()),
  })),
);

const sum = (key) => transfers.reduce((total, transfer) => total + transfer[key], 0);
const failed = transfers.filter(({ reply }) => !reply.ok());
const { counts } = origin;
print();
print(
  `${paint.bold('manager')}  ${sent} requests sent on ${connections.size} connections, ` +
    `${bytes(sum('received'))} read, ${bytes(sum('uploaded'))} uploaded`,
);
print(
  `${paint.bold('origin')}   ${counts.requests} requests seen on ${counts.connections} connections, ${bytes(counts.bytesReceived)} of uploads taken`,
);
// As many to a line as fit.
let line = `${paint.bold('failed')}   ${failed.length}:`;
let width = `failed   ${failed.length}:`.length;
for (const [i, { label, reply }] of failed.entries()) {
  const name = errorName(reply.error());
  const item = `${label.slice(label.indexOf(' ') + 1)} ${name}${i < failed.length - 1 ? ',' : ''}`;
  if (width + 1 + item.length > columns()) {
    print(line);
    line = ' '.repeat(11);
    width = 11;
  }
  line += ` ${item.replace(name, paint.red(name))}`;
  width += 1 + item.length;
}
print(line);

await origin.close();
