import type { QNetworkReply } from '../../index.ts';
import type { Plan } from './args.ts';
import { EXIT_LOCAL_FILE, exitCodeFor } from './exit-codes.ts';
import { headText } from './head-text.ts';
import { LocalFileError } from './local-file.ts';
import { type BodySink, FileSink, NO_SINK, type OutputTurns } from './sinks.ts';
import type { Target } from './targets.ts';
import type { Watched } from './watch.ts';

/** How one URL ended. */
export interface Outcome {
  readonly target: Target;
  readonly reply: QNetworkReply;
  readonly exit: number;
  /** The name Qt has for the reply's error: `NoError`, `ContentNotFoundError`. */
  readonly errorName: string;
  /** Body bytes received, decoded. */
  readonly bytes: number;
  /** The file that now holds the body; null when there is none. */
  readonly saved: string | null;
  readonly localError: LocalFileError | null;
}

/** What a transfer needs to know beside its reply. */
export interface TransferPlace {
  readonly index: number;
  readonly target: Target;
  readonly plan: Plan;
  readonly turns: OutputTurns;
  readonly errorNames: Readonly<Record<number, string>>;
  readonly watched: Watched;
}

/** Bytes held while the place they go to is busy; more stays in the socket. */
const READ_BUFFER = 1 << 20;
const PIECE = 1 << 18;

/** Carries the body of a reply to its place. Settles when the reply has finished and its bytes are where they belong; never rejects. */
export function carry(reply: QNetworkReply, place: TransferPlace): Promise<Outcome> {
  return new Promise((resolve) => new Carrier(reply, place, resolve));
}

class Carrier {
  private readonly reply: QNetworkReply;
  private readonly place: TransferPlace;
  private readonly resolve: (outcome: Outcome) => void;
  private sink: BodySink | null = null;
  /** False while the body is only counted. */
  private keeps = true;
  private bytes = 0;
  private finished = false;
  private settling = false;
  private localError: LocalFileError | null = null;
  private headPending: boolean;
  private waitsForRoom = false;

  constructor(reply: QNetworkReply, place: TransferPlace, resolve: (outcome: Outcome) => void) {
    this.reply = reply;
    this.place = place;
    this.resolve = resolve;
    this.headPending = place.plan.include;
    reply.setReadBufferSize(READ_BUFFER);
    reply.readyRead.connect(() => this.move());
    reply.finished.connect(() => {
      this.finished = true;
      // After an abort nothing is left to write, so there is nothing to wait for.
      if (!reply.isOpen()) this.waitsForRoom = false;
      this.move();
    });
  }

  /** Moves what is there until the sink is busy. Called for new bytes, for room, and at the end. */
  private move(): void {
    if (this.settling || this.waitsForRoom) return;
    if (this.localError === null && this.reply.isOpen() && (this.available() > 0 || (this.finished && this.answered()))) {
      const sink = this.openSink();
      do {
        if (!this.hasRoom(sink)) return;
        this.writeHead(sink);
        if (this.available() > 0) this.writePiece(sink);
      } while (this.localError === null && this.available() > 0);
    }
    if (this.finished) void this.settle();
  }

  private available(): number {
    return this.reply.isOpen() ? this.reply.bytesAvailable() : 0;
  }

  /** Without an answer there is nothing to write, not even an empty file. */
  private answered(): boolean {
    return this.reply.status() > 0 || this.reply.error() === 0;
  }

  private hasRoom(sink: BodySink): boolean {
    const room = sink.ready(() => {
      this.waitsForRoom = false;
      this.move();
    });
    this.waitsForRoom = !room;
    return room;
  }

  private writeHead(sink: BodySink): void {
    if (!this.headPending) return;
    this.headPending = false;
    sink.write(Buffer.from(headText(this.reply, this.place.watched)));
  }

  private writePiece(sink: BodySink): void {
    const piece = this.reply.read(PIECE);
    this.bytes += piece.length;
    if (this.keeps) sink.write(piece);
  }

  /** Decided with the first byte or at the end, when the status is that of the final answer. */
  private openSink(): BodySink {
    if (this.sink !== null) return this.sink;
    const { plan, target, turns, index } = this.place;
    const refused = this.reply.status() >= 400;
    try {
      if (target.destination.kind === 'file') {
        this.sink =
          refused && !plan.saveErrorBody ? NO_SINK : new FileSink(target.destination.path, (error) => this.fileFailed(error));
      } else {
        this.sink = plan.json ? NO_SINK : turns.sink(index);
        this.keeps = !(refused && plan.fail);
      }
    } catch (error) {
      this.sink = NO_SINK;
      this.fileFailed(error as LocalFileError);
    }
    return this.sink;
  }

  private fileFailed(error: LocalFileError): void {
    this.localError = error;
    this.waitsForRoom = false;
    this.reply.abort();
    // A reply that had finished before says nothing on abort().
    this.move();
  }

  private async settle(): Promise<void> {
    this.settling = true;
    const { reply, place } = this;
    const error = reply.error();
    const sink = this.sink ?? NO_SINK;
    const good = this.localError === null && isWhole(error, reply.status());
    try {
      await (good ? sink.commit() : sink.discard());
    } catch (failed) {
      this.localError ??= failed instanceof LocalFileError ? failed : new LocalFileError('write', 'the answer', failed);
    }
    await place.turns.end(place.index);
    this.resolve(this.outcome(error, good && sink instanceof FileSink));
  }

  private outcome(error: number, wroteFile: boolean): Outcome {
    const { reply, localError, bytes } = this;
    const { target, errorNames } = this.place;
    const errorName = errorNames[error] ?? `error ${error}`;
    const exit = localError !== null ? EXIT_LOCAL_FILE : exitCodeFor(error, reply.status());
    const saved = wroteFile && localError === null && target.destination.kind === 'file' ? target.destination.path : null;
    return { target, reply, exit, errorName, bytes, saved, localError };
  }
}

/** True when the body is all the server had to say: no error, or one that only reports a status of 400 and above. */
function isWhole(error: number, status: number): boolean {
  return error === 0 || (status >= 400 && error >= 200 && error !== PROTOCOL_FAILURE);
}

/** QNetworkReply.NetworkError.ProtocolFailure. */
const PROTOCOL_FAILURE = 399;
