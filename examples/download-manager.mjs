// A queue of downloads, one after the other or several at a time, with a line of progress on the terminal. Files get names that are
// still free: news.json, news.json.0, news.json.1 …
//
//     node examples/download-manager.mjs [-j 3] URL…
//
// Without URLs it starts a server of its own and puts what it fetches into a folder that goes with it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { QFile, QIODevice, QNetworkAccessManager, QNetworkReply, QNetworkRequest, QObject, QUrl, Signal } from 'qnetwork';
import { closedPort, startOrigin } from './demo/origin.mjs';

/** A line that is written over again and again; where there is no terminal nothing is shown. */
class ProgressLine {
  show(text) {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text.slice(0, (process.stdout.columns || 80) - 1)}`);
  }

  /** A line that stays. */
  say(text) {
    this.show('');
    console.log(text);
  }
}

/** One file on its way. */
class Download {
  constructor(reply, file) {
    this.reply = reply;
    this.file = file;
    this.started = performance.now();
    this.received = 0;
    this.total = -1;
    this.problem = '';
  }

  speed() {
    let speed = this.received / ((performance.now() - this.started) / 1000);
    for (const unit of ['bytes/s', 'kB/s']) {
      if (speed < 1000) return `${speed.toFixed(0)} ${unit}`;
      speed /= 1000;
    }
    return `${speed.toFixed(1)} MB/s`;
  }

  toString() {
    const percent = this.total > 0 ? `${Math.floor((this.received / this.total) * 100)} %` : `${this.received} bytes`;
    return `${basename(this.file.fileName())} ${percent} ${this.speed()}`;
  }
}

export class DownloadManager extends QObject {
  /** The queue is empty and nothing runs. */
  finished = new Signal(this);

  constructor(folder = '.', atATime = 1) {
    super();
    if (!(atATime >= 1)) throw new RangeError(`-j expects how many downloads may run at a time; got ${atATime}`);
    this.folder = folder;
    this.atATime = atATime;
    this.manager = new QNetworkAccessManager(this);
    this.line = new ProgressLine();
    this.queue = [];
    this.running = new Map();
    this.asked = 0;
    this.downloaded = 0;
    this.bytes = 0;
  }

  append(...urls) {
    this.queue.push(...urls.map((url) => new QUrl(url)));
    this.asked += urls.length;
    // Not at once: whoever appends may want to connect to `finished` first.
    setImmediate(() => this.startNext());
  }

  saveFileName(url) {
    const name = basename(url.path()) || 'download';
    let free = join(this.folder, name);
    for (let i = 0; QFile.exists(free); i++) free = join(this.folder, `${name}.${i}`);
    return free;
  }

  startNext() {
    while (this.running.size < this.atATime && this.queue.length > 0) this.start(this.queue.shift());
    if (this.running.size === 0) this.finished.emit();
  }

  start(url) {
    const file = new QFile(this.saveFileName(url));
    if (!file.open(QIODevice.WriteOnly)) {
      this.line.say(`${url.toDisplayString()}: ${file.fileName()} cannot be written: ${file.errorString()}`);
      return;
    }
    const request = new QNetworkRequest(url);
    request.setTransferTimeout(30_000);
    const reply = this.manager.get(request);
    this.running.set(reply, new Download(reply, file));
    reply.redirected.connect(this, this.downloadRedirected);
    reply.readyRead.connect(this, this.downloadReadyRead);
    reply.downloadProgress.connect(this, this.downloadProgress);
    reply.finished.connect(this, this.downloadFinished);
  }

  /** The manager follows; we only tell. */
  downloadRedirected(url) {
    this.line.say(`${this.sender().request().url().toDisplayString()} leads to ${url.toDisplayString()}`);
  }

  downloadReadyRead() {
    const download = this.running.get(this.sender());
    const { reply, file } = download;
    if (reply.status() >= 400) return; // a page that says what is wrong
    if (file.write(reply.readAll()) >= 0) return;
    download.problem = file.errorString();
    reply.abort();
  }

  downloadProgress(received, total) {
    const download = this.running.get(this.sender());
    download.received = received;
    download.total = total;
    this.line.show([...this.running.values()].join(' | '));
  }

  downloadFinished() {
    const reply = this.sender();
    const download = this.running.get(reply);
    this.running.delete(reply);
    download.file.close();
    const name = basename(download.file.fileName());
    if (reply.error() === QNetworkReply.NoError) {
      this.downloaded++;
      this.bytes += download.file.size();
      this.line.say(`${name}: ${download.file.size()} bytes, ${download.speed()}`);
    } else {
      download.file.remove();
      this.line.say(`${reply.request().url().toDisplayString()} failed: ${download.problem || reply.errorString()}`);
    }
    reply.deleteLater();
    this.startNext();
  }
}

/** What there is to try on the server of the demo: the same name twice, a redirect, and three that cannot succeed. */
async function demonstration() {
  const origin = await startOrigin();
  const folder = mkdtempSync(join(tmpdir(), 'qnetwork-'));
  const urls = ['/news.json', '/news.json', '/latest', '/photo.raw', '/missing', '/cut.bin'].map((path) => origin.url + path);
  urls.push(`http://127.0.0.1:${await closedPort()}/nobody.txt`);
  const close = () => {
    rmSync(folder, { recursive: true });
    return origin.close();
  };
  return { folder, urls, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: { jobs: { type: 'string', short: 'j', default: '1' } },
    allowPositionals: true,
  });
  const demo = positionals.length === 0 ? await demonstration() : null;
  const downloads = new DownloadManager(demo?.folder ?? '.', Number(values.jobs));
  downloads.append(...(demo?.urls ?? positionals));
  await downloads.finished.next();
  console.log(`${downloads.downloaded} of ${downloads.asked} files, ${downloads.bytes} bytes`);
  if (demo === null && downloads.downloaded < downloads.asked) process.exitCode = 1;
  await demo?.close();
}
