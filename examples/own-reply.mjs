// A scheme of one's own: mem: URLs are answered from memory, by a reply class that uses nothing but protected members. (For many
// programs the ready-made BufferReply is enough: docs/own-replies.md.)
import { fileURLToPath } from 'node:url';
import { QIODevice, QNetworkAccessManager, QNetworkReply, QNetworkRequest } from 'qnetwork';

const PIECE = 16 * 1024;

/** Bytes that arrive piece by piece, as from a network. A reader who bounds the read buffer is waited for. */
export class MemoryReply extends QNetworkReply {
  /** `file` has `type` and `bytes`; undefined when there is none. */
  constructor(operation, request, file) {
    super();
    this.here = []; // what has arrived and can be read
    this.rest = Buffer.alloc(0); // what is still to come
    this.total = 0;
    this.stopped = false;
    this.setOperation(operation);
    this.setRequest(request);
    this.setUrl(request.url());
    this.open(QIODevice.ReadOnly);
    // Nobody can have connected a slot yet: say nothing before the caller has had his turn.
    setImmediate(() => this.begin(file));
  }

  begin(file) {
    if (this.stopped) return;
    if (file === undefined) return this.fail(QNetworkReply.ContentNotFoundError, `Nothing in memory at ${this.url().path()}`);
    this.rest = this.operation() === QNetworkAccessManager.HeadOperation ? Buffer.alloc(0) : file.bytes;
    this.total = file.bytes.length;
    this.setAttribute(QNetworkRequest.HttpStatusCodeAttribute, 200);
    this.setHeader(QNetworkRequest.ContentTypeHeader, file.type);
    this.setHeader(QNetworkRequest.ContentLengthHeader, this.total);
    this.metaDataChanged.emit();
    this.feed();
  }

  /** Lets pieces arrive as long as there is room for them. A slot may stop us at any signal. */
  feed() {
    while (!this.stopped && this.rest.length > 0) {
      if (this.readBufferSize() > 0 && this.bytesAvailable() >= this.readBufferSize()) return;
      this.here.push(this.rest.subarray(0, PIECE));
      this.rest = this.rest.subarray(PIECE);
      this.readyRead.emit();
      this.downloadProgress.emit(this.total - this.rest.length, this.total);
    }
    if (!this.stopped) this.end();
  }

  fail(code, text) {
    this.setError(code, text);
    this.errorOccurred.emit(code);
    if (!this.isFinished()) this.end();
  }

  /** The manager hears this signal too, first, and passes it on as its own `finished`. */
  end() {
    this.stopped = true;
    this.setFinished(true);
    this.finished.emit();
  }

  bytesAvailable() {
    return super.bytesAvailable() + this.here.reduce((sum, piece) => sum + piece.length, 0);
  }

  readData(maxSize) {
    const [first] = this.here;
    if (first === undefined) return null;
    if (first.length > maxSize) this.here[0] = first.subarray(maxSize);
    else this.here.shift();
    // There is room again. Not now: who reads wants to be through with it first.
    if (this.rest.length > 0) setImmediate(() => this.feed());
    return first.subarray(0, maxSize);
  }

  setReadBufferSize(size) {
    super.setReadBufferSize(size);
    if (this.rest.length > 0) setImmediate(() => this.feed());
  }

  abort() {
    if (this.isFinished()) return;
    this.stopped = true;
    this.here = [];
    this.close();
    this.fail(QNetworkReply.OperationCanceledError, 'Operation canceled');
  }

  /** deleteLater(), or the end of the manager. */
  destructing() {
    this.stopped = true;
    super.destructing();
  }
}

/** Knows mem: beside what every manager knows. `files` is a Map of paths to types and bytes. */
export class MemoryManager extends QNetworkAccessManager {
  constructor(files) {
    super();
    this.files = files;
  }

  createRequest(operation, request, device) {
    if (request.url().scheme() !== 'mem') return super.createRequest(operation, request, device);
    return new MemoryReply(operation, request, this.files.get(request.url().path()));
  }

  supportedSchemesImplementation() {
    return [...super.supportedSchemesImplementation(), 'mem'];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = new Map([
    ['/list', { type: 'application/json', bytes: Buffer.from('[1, 2, 3]') }],
    ['/long', { type: 'text/plain', bytes: Buffer.alloc(100_000, 'x') }],
  ]);
  const manager = new MemoryManager(files);
  manager.finished.connect((reply) => console.log(`finished: ${reply.url().toString()}, error ${reply.error()}`));

  console.log('json:', await manager.get('mem:/list').json());

  const head = await manager.head('mem:/long').whenHeaders();
  console.log('length:', head.header(QNetworkRequest.ContentLengthHeader));
  let pieces = 0;
  for await (const piece of manager.get('mem:/long')) pieces += piece.length > 0 ? 1 : 0;
  console.log(pieces > 1 ? 'the long one came in pieces' : 'the long one came at once');

  const error = await manager
    .get('mem:/nothing')
    .text()
    .catch((reason) => reason);
  console.log(`${error.code}: ${error.message}`);
}
