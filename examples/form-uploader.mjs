// A file and some fields as a form, twice: with the classes and signals of Qt, and in the short way.
//
//     node examples/form-uploader.mjs [URL FILE [name=value …]]
//
// Without arguments it starts a server of its own and sends it a file that it makes up.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  QFile,
  QFormDataBuilder,
  QHttpMultiPart,
  QHttpPart,
  QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
  QObject,
  QUrl,
  Signal,
} from 'qnetwork';
import { startForms } from './servers/forms.mjs';

/** As in Qt: parts with headers (quotes in names are the program's affair), a device as body, everything told by signals. */
class FormUploader extends QObject {
  /** It is over: what the server said, and what went wrong or ''. */
  finished = new Signal(this);

  constructor(parent = null) {
    super(parent);
    this.manager = new QNetworkAccessManager(this);
  }

  upload(url, fileName, fields) {
    const file = new QFile(fileName);
    if (!file.open(QIODevice.ReadOnly)) throw new Error(`${fileName} cannot be read: ${file.errorString()}`);

    const form = new QHttpMultiPart(QHttpMultiPart.FormDataType);
    for (const [name, value] of Object.entries(fields)) {
      const part = new QHttpPart();
      part.setHeader(QNetworkRequest.ContentDispositionHeader, `form-data; name="${name}"`);
      part.setBody(value);
      form.append(part);
    }
    const part = new QHttpPart();
    part.setHeader(QNetworkRequest.ContentDispositionHeader, `form-data; name="file"; filename="${basename(fileName)}"`);
    part.setHeader(QNetworkRequest.ContentTypeHeader, 'application/octet-stream');
    part.setBodyDevice(file);
    form.append(part);

    this.reply = this.manager.post(new QNetworkRequest(new QUrl(url)), form);
    // The file goes with the form, the form with the reply.
    file.setParent(form);
    form.setParent(this.reply);
    this.reply.uploadProgress.connect(this, this.uploadProgress);
    this.reply.finished.connect(this, this.uploadFinished);
  }

  uploadProgress(sent, total) {
    // At the end comes (0, 0).
    if (total > 0) showProgress(sent, total);
  }

  uploadFinished() {
    const ok = this.reply.error() === QNetworkReply.NoError;
    this.finished.emit(this.reply.readAll().toString(), ok ? '' : this.reply.errorString());
    this.reply.deleteLater();
  }
}

/** The short way: the builder writes the headers, quotes included, and finds out the type; the reply is a promise. */
async function upload(manager, url, fileName, fields) {
  const file = new QFile(fileName);
  if (!file.open(QIODevice.ReadOnly)) throw new Error(`${fileName} cannot be read: ${file.errorString()}`);
  try {
    const builder = new QFormDataBuilder(fields);
    builder.part('file').setBodyDevice(file, basename(fileName));
    const reply = manager.post(url, builder.buildMultiPart());
    reply.uploadProgress.connect((sent, total) => total > 0 && showProgress(sent, total));
    return await reply.text();
  } finally {
    file.close();
  }
}

function showProgress(sent, total) {
  if (process.stdout.isTTY) process.stdout.write(`\r${Math.round((sent / total) * 100)} %${sent === total ? '\n' : ''}`);
  else if (sent === total) console.log(`${sent} bytes sent`);
}

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-'));
const made = join(folder, 'minutes.txt');
writeFileSync(made, 'It was resolved to go on.\n'.repeat(40_000));
const server = process.argv.length > 2 ? null : await startForms();
const [url, fileName, ...pairs] =
  server === null ? process.argv.slice(2) : [server.url, made, 'title=Minutes', 'author=Ada Lövelace'];
const fields = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s, 2)));

const uploader = new FormUploader();
uploader.upload(url, fileName, fields);
const [answer, problem] = await uploader.finished.next();
if (problem) throw new Error(problem);
console.log(`with QHttpMultiPart: ${answer}`);

console.log(`with QFormDataBuilder: ${await upload(new QNetworkAccessManager(), url, fileName, fields)}`);

rmSync(folder, { recursive: true });
await server?.close();
