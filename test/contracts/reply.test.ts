import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import {
  BufferReply,
  DeferredReply,
  ErrorReply,
  QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  type QNetworkRequest,
  type UrlLike,
  WrappedReply,
} from '../../src/index.ts';
import { type ReplyContractOptions, replyContract } from '../../src/testing/index.ts';
import { type Served, serve } from '../support/server.ts';
import { bites } from './bites.ts';

const BODY = 'The quick brown fox jumps over the lazy dog, ünd ßo on. '.repeat(500);
const BYTES = Buffer.from(BODY);
const PIECE = 4096;

/** A reply that uses what Qt has for subclasses and nothing else. */
class OwnReply extends QNetworkReply {
  protected here: Buffer[] = [];
  protected rest: Buffer;
  protected stopped = false;

  constructor(operation: QNetworkAccessManager.Operation, request: QNetworkRequest, body: Buffer | null) {
    super();
    this.setOperation(operation);
    this.setRequest(request);
    this.setUrl(request.url());
    this.open(QIODevice.ReadOnly);
    this.rest = body ?? Buffer.alloc(0);
    setImmediate(() => this.begin(body !== null));
  }
  protected begin(there: boolean): void {
    if (this.stopped) return;
    if (!there) return this.fail(QNetworkReply.ContentNotFoundError, 'not here');
    this.metaDataChanged.emit();
    this.feed();
  }
  protected feed(): void {
    while (!this.stopped && this.rest.length > 0) {
      if (this.readBufferSize() > 0 && this.bytesAvailable() >= this.readBufferSize()) return;
      this.here.push(this.rest.subarray(0, PIECE));
      this.rest = this.rest.subarray(PIECE);
      this.tellPiece();
      if (!this.stopped) this.downloadProgress.emit(BYTES.length - this.rest.length, BYTES.length);
    }
    if (!this.stopped) this.end();
  }
  protected tellPiece(): void {
    this.readyRead.emit();
  }
  protected fail(code: QNetworkReply.NetworkError, text: string): void {
    this.setError(code, text);
    this.errorOccurred.emit(code);
    if (!this.isFinished()) this.end();
  }
  protected end(): void {
    this.stopped = true;
    this.setFinished(true);
    this.finished.emit();
  }
  override bytesAvailable(): number {
    return super.bytesAvailable() + this.here.reduce((sum, { length }) => sum + length, 0);
  }
  protected override readData(maxSize: number): Buffer | null {
    const [first] = this.here;
    if (first === undefined) return null;
    if (first.length > maxSize) this.here[0] = first.subarray(maxSize);
    else this.here.shift();
    if (this.rest.length > 0) setImmediate(() => this.feed());
    return first.subarray(0, maxSize);
  }
  override setReadBufferSize(size: number): void {
    super.setReadBufferSize(size);
    if (this.rest.length > 0) setImmediate(() => this.feed());
  }
  override abort(): void {
    if (this.isFinished()) return;
    this.stopped = true;
    this.here = [];
    this.close();
    this.fail(QNetworkReply.OperationCanceledError, 'Operation canceled');
  }
  protected override destructing(): void {
    this.stopped = true;
    super.destructing();
  }
}

type Answering = (operation: QNetworkAccessManager.Operation, request: QNetworkRequest, body: Buffer | null) => QNetworkReply;

/** A manager that answers own: URLs. */
function answeredBy(answer: Answering, more: Partial<ReplyContractOptions> = {}): ReplyContractOptions {
  class OwnManager extends QNetworkAccessManager {
    override createRequest(
      op: QNetworkAccessManager.Operation,
      request: QNetworkRequest,
      body?: QIODevice | null,
    ): QNetworkReply {
      if (request.url().scheme() !== 'own') return super.createRequest(op, request, body);
      return answer(op, request, request.url().path() === 'there' ? BYTES : null);
    }
  }
  return { make: () => new OwnManager(), url: 'own:there', body: BODY, failing: 'own:nowhere', ...more };
}

type OwnClass = new (...args: ConstructorParameters<typeof OwnReply>) => QNetworkReply;

/** A reply with one thing wrong with it. What never ends is not waited for long. */
const wrong = (Reply: OwnClass): ReplyContractOptions => answeredBy((...args) => new Reply(...args), { patience: 300 });

let one: OwnReply | null = null;

const BROKEN: Readonly<Record<string, ReplyContractOptions>> = {
  'does not know what was asked for': wrong(
    class extends OwnReply {
      override operation(): QNetworkAccessManager.Operation {
        return QNetworkAccessManager.HeadOperation;
      }
    },
  ),
  'loses the last byte': answeredBy((op, request, body) => new OwnReply(op, request, body?.subarray(0, -1) ?? null)),
  'gives more than it was asked for, in the end': wrong(
    class extends OwnReply {
      override read(): Buffer {
        return super.readAll();
      }
    },
  ),
  'never has room again': wrong(
    class extends OwnReply {
      private was = 0;
      protected override feed(): void {
        if (this.was++ === 0 || this.readBufferSize() === 0) super.feed();
      }
    },
  ),
  'takes what is looked at': wrong(
    class extends OwnReply {
      override peek(maxSize: number): Buffer {
        return this.read(maxSize);
      }
    },
  ),
  'tells of bytes before they are there': wrong(
    class extends OwnReply {
      protected override begin(there: boolean): void {
        if (there && !this.stopped) this.readyRead.emit();
        super.begin(there);
      }
    },
  ),
  'never tells of bytes': wrong(
    class extends OwnReply {
      protected override tellPiece(): void {}
    },
  ),
  'says what it is when all is over': wrong(
    class extends OwnReply {
      protected override begin(there: boolean): void {
        if (this.stopped) return;
        if (there) this.feed();
        else super.begin(there);
      }
      protected override end(): void {
        this.metaDataChanged.emit();
        super.end();
      }
    },
  ),
  'counts backwards': wrong(
    class extends OwnReply {
      protected override tellPiece(): void {
        super.tellPiece();
        this.downloadProgress.emit(this.rest.length, BYTES.length);
      }
    },
  ),
  'is the same for everybody': answeredBy(
    (...args) => {
      if (one === null || one.isFinished()) one = new OwnReply(...args);
      return one;
    },
    { patience: 300 },
  ),
  'finishes twice': wrong(
    class extends OwnReply {
      protected override end(): void {
        super.end();
        this.finished.emit();
      }
    },
  ),
  'speaks after its end': wrong(
    class extends OwnReply {
      protected override end(): void {
        super.end();
        setImmediate(() => this.downloadProgress.emit(BYTES.length, BYTES.length));
      }
    },
  ),
  'speaks in its constructor': wrong(
    class extends OwnReply {
      constructor(...args: ConstructorParameters<typeof OwnReply>) {
        super(...args);
        this.stopped = true;
        this.here = [BYTES];
        this.setFinished(true);
        this.finished.emit();
      }
    },
  ),
  'never ends': wrong(
    class extends OwnReply {
      protected override end(): void {}
    },
  ),
  'is finished when it has said so, and not before': wrong(
    class extends OwnReply {
      protected override end(): void {
        this.stopped = true;
        this.finished.emit();
        this.setFinished(true);
      }
      override isFinished(): boolean {
        return this.stopped && super.isFinished() && this.late;
      }
      private late = false;
      override setFinished(finished: boolean): void {
        super.setFinished(finished);
        setImmediate(() => {
          this.late = true;
        });
      }
    },
  ),
  'goes on after abort': wrong(
    class extends OwnReply {
      override abort(): void {
        if (this.isFinished()) return;
        this.setError(QNetworkReply.OperationCanceledError, 'Operation canceled');
        this.errorOccurred.emit(QNetworkReply.OperationCanceledError);
      }
    },
  ),
  'ends without a word when it is aborted': wrong(
    class extends OwnReply {
      override abort(): void {
        if (this.isFinished()) return;
        this.end();
      }
    },
  ),
  'can be aborted after its end': wrong(
    class extends OwnReply {
      override abort(): void {
        this.fail(QNetworkReply.OperationCanceledError, 'Operation canceled');
        this.finished.emit();
      }
    },
  ),
  'lasts although it was deleted': wrong(
    class extends OwnReply {
      override deleteLater(): void {}
    },
  ),
  'has an error and does not say so': wrong(
    class extends OwnReply {
      protected override fail(code: QNetworkReply.NetworkError, text: string): void {
        this.setError(code, text);
        this.end();
      }
    },
  ),
  'has no error': wrong(
    class extends OwnReply {
      protected override fail(): void {
        this.end();
      }
    },
  ),
};

const folder = mkdtempSync(join(tmpdir(), 'reply-contract-'));
writeFileSync(join(folder, 'there'), BODY);
const inFolder = (name: string): UrlLike => pathToFileURL(join(folder, name)).href;

let server: Served;
beforeAll(async () => {
  server = await serve({ routes: { '/there': { body: BODY, framing: 'chunked', chunks: [1, 5000, 7000] } } });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

const fromServer: ReplyContractOptions = {
  make: () => new QNetworkAccessManager(),
  get url() {
    return server.url('/there');
  },
  body: BODY,
  failing: 'http://127.0.0.1:1/',
};

const error = (op: QNetworkAccessManager.Operation, request: QNetworkRequest): QNetworkReply =>
  new ErrorReply(op, request, QNetworkReply.ContentNotFoundError, 'not here');

bites(
  replyContract,
  {
    http: fromServer,
    'data:': {
      make: () => new QNetworkAccessManager(),
      url: `data:text/plain;charset=utf-8,${encodeURIComponent(BODY)}`,
      body: BODY,
      failing: 'data:;base64,%',
    },
    'file:': { make: () => new QNetworkAccessManager(), url: inFolder('there'), body: BODY, failing: inFolder('nowhere') },
    'a subclass': answeredBy((...args) => new OwnReply(...args)),
    'BufferReply and ErrorReply': answeredBy((op, request, body) =>
      body === null ? error(op, request) : new BufferReply(op, request, body),
    ),
    'BufferReply from a stream': answeredBy((op, request, body) =>
      body === null
        ? error(op, request)
        : new BufferReply(op, request, async function* () {
            for (let at = 0; at < body.length; at += PIECE) yield body.subarray(at, at + PIECE);
          }),
    ),
    WrappedReply: answeredBy((...args) => new WrappedReply(new OwnReply(...args))),
    DeferredReply: answeredBy((op, request, body) => new DeferredReply(op, request, async () => new OwnReply(op, request, body))),
  },
  BROKEN,
);
