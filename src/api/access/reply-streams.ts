import type { Readable } from 'node:stream';
import type { ReadableStreamDefaultController } from 'node:stream/web';
import { isDestroyed } from '../core/qobject.ts';
import { QUEUED } from '../core/signal.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { abortReasonOf } from './reply-abort.ts';
import { assertReadable, claim, type Failed, transportFailureOf } from './reply-consumer.ts';
import { deletedTooSoon, ReplyWatch } from './reply-watch.ts';

/** How much a reply keeps for a reader that takes piece by piece, and the longest piece. */
const READ_BUFFER = 1 << 20;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The body of a reply for one reader who takes when it likes. What three kinds of stream have in common. */
class BodyReader {
  /** Called when `next()` has something new to say. */
  wake: () => void = () => {};
  private readonly reply: QNetworkReply;
  private readonly who: string;
  private watch: ReplyWatch | null = null;
  /** The reply was finished when we came. */
  private readonly late: boolean;
  /** What was there at the end: the reply may be deleted before it is asked for. */
  private rest: Buffer[] = [];
  private over = false;
  private failed: Failed | null = null;
  private reading = false;
  private missed = false;

  constructor(reply: QNetworkReply, who: string) {
    claim(reply, who);
    this.reply = reply;
    this.who = who;
    this.late = reply.isFinished();
    if (this.late) {
      this.arrive();
      return;
    }
    this.watchReply(() => this.finish());
    if (reply.readBufferSize() === 0) reply.setReadBufferSize(READ_BUFFER);
  }

  /** True when an AbortSignal ended the reply, which readers hear at once. */
  get aborted(): boolean {
    return this.failed !== null && abortReasonOf(this.reply) !== null;
  }

  /** The next piece, null at the end, undefined when there is none yet. Throws once what the transfer failed of. */
  next(): Buffer | null | undefined {
    if (!this.over) {
      const piece = this.readPiece();
      if (piece.length > 0) return piece;
      if (!this.over) return undefined;
    }
    const piece = this.rest.shift();
    if (piece !== undefined) return piece;
    const { failed } = this;
    this.failed = null;
    if (failed !== null) throw failed.error;
    return null;
  }

  /** The reader wants no more: aborts what still runs. */
  abandon(): void {
    this.rest = [];
    this.failed = null;
    if (this.over) return;
    this.over = true;
    this.watch?.release();
    if (!isDestroyed(this.reply) && !this.reply.isFinished()) this.reply.abort();
  }

  /** Reading makes room, so that a reply may deliver within the call; those bytes come after the ones we are about to return. */
  private readPiece(): Buffer {
    this.reading = true;
    try {
      let piece: Buffer;
      do {
        this.missed = false;
        piece = this.reply.read(READ_BUFFER);
      } while (piece.length === 0 && this.missed && !this.over);
      if (piece.length === 0 && this.late && !this.over) this.finish();
      return piece;
    } catch (error) {
      this.abandon();
      throw error;
    } finally {
      this.reading = false;
    }
  }

  private watchReply(finished: () => void): void {
    this.watch = new ReplyWatch(this.reply, {
      data: () => this.notify(),
      finished,
      destroyed: () => this.end({ error: deletedTooSoon(this.who, this.late ? 'its body was read' : 'it finished') }),
    });
  }

  /** Of a reply that was finished when we came: a big file stays on its disk until it is wanted, unless the reply is about to go. */
  private arrive(): void {
    const { reply } = this;
    if (reply.bytesAvailable() <= READ_BUFFER || isDoomed(reply)) this.finish();
    // Its `finished` may still come, and with it the automatic deletion.
    else this.watchReply(() => this.arrive());
  }

  private finish(): void {
    this.watch?.release();
    try {
      const failed = transportFailureOf(this.reply);
      if (failed === null || abortReasonOf(this.reply) === null) this.drain();
      if (failed === null && this.late && this.rest.length === 0) assertReadable(this.reply, this.who);
      this.end(failed);
    } catch (error) {
      this.end({ error });
    }
  }

  private drain(): void {
    for (let piece = this.reply.read(READ_BUFFER); piece.length > 0; piece = this.reply.read(READ_BUFFER)) this.rest.push(piece);
  }

  private end(failed: Failed | null): void {
    this.over = true;
    this.failed = failed;
    this.notify();
  }

  private notify(): void {
    if (this.reading) this.missed = true;
    else this.wake();
  }
}

/** deleteLater() was called. */
function isDoomed(reply: QNetworkReply): boolean {
  return (reply._life & QUEUED) !== 0;
}

/** The body piece by piece, for `for await`. Leaving the loop aborts the reply. */
export function iterate(reply: QNetworkReply): AsyncIterableIterator<Buffer> {
  return new Pieces(new BodyReader(reply, 'for await'));
}

interface Waiter {
  resolve(result: IteratorResult<Buffer>): void;
  reject(error: unknown): void;
}

class Pieces implements AsyncIterableIterator<Buffer> {
  private readonly body: BodyReader;
  private readonly waiting: Waiter[] = [];

  constructor(body: BodyReader) {
    this.body = body;
    body.wake = () => this.feed();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Buffer>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.feed();
    });
  }

  async return(): Promise<IteratorResult<Buffer>> {
    try {
      this.body.abandon();
    } finally {
      this.feed();
    }
    return DONE;
  }

  async throw(error?: unknown): Promise<IteratorResult<Buffer>> {
    await this.return();
    throw error;
  }

  private feed(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      try {
        const piece = this.body.next();
        if (piece === undefined) return;
        this.waiting.shift();
        first.resolve(piece === null ? DONE : { done: false, value: piece });
      } catch (error) {
        this.waiting.shift();
        first.reject(error);
      }
    }
  }
}

/** The body as a web stream, which reads only when it is read. Canceling it aborts the reply. */
export function toWeb(reply: QNetworkReply): ReadableStream<Uint8Array> {
  const body = new BodyReader(reply, 'toWeb()');
  const { ReadableStream } = process.getBuiltinModule('node:stream/web');
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let wanted = false;
  const feed = (): void => {
    if (!wanted && !body.aborted) return;
    try {
      const piece = body.next();
      if (piece === undefined) return;
      wanted = false;
      if (piece === null) controller.close();
      else controller.enqueue(piece);
    } catch (error) {
      controller.error(error);
    }
  };
  const source = {
    start: (made: ReadableStreamDefaultController<Uint8Array>): void => {
      controller = made;
    },
    pull: (): void => {
      wanted = true;
      feed();
    },
    cancel: (): void => body.abandon(),
  };
  body.wake = feed;
  return new ReadableStream<Uint8Array>(source, { highWaterMark: 0 }) as ReadableStream<Uint8Array>;
}

/** The body as a Node stream. Destroying it aborts the reply. */
export function toReadable(reply: QNetworkReply): Readable {
  const body = new BodyReader(reply, 'toReadable()');
  const { Readable } = process.getBuiltinModule('node:stream');
  let wanted = false;
  let begun = false;
  const feed = (): void => {
    // An error nobody listens for ends the process: not before somebody reads.
    if (!wanted && !(begun && body.aborted)) return;
    try {
      const piece = body.next();
      if (piece === undefined) return;
      wanted = false;
      stream.push(piece);
    } catch (error) {
      // `destroy` takes a reason that is no truth value for "no error".
      stream.destroy((error || new Error('The reply was aborted', { cause: error })) as Error);
    }
  };
  const stream = new Readable({
    read: () => {
      wanted = begun = true;
      feed();
    },
    destroy: (error, callback) => {
      body.abandon();
      callback(error);
    },
  });
  body.wake = feed;
  return stream;
}
