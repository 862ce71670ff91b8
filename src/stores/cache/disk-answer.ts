import type { BodyReader } from '../../contract/body.ts';
import type { CacheKey, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { CacheFolder, FileStamp } from './disk-folder.ts';
import type { DiskRecord } from './disk-format.ts';
import { headCost } from './keys.ts';
import { PIECE, PiecesReader } from './pieces.ts';

/** What an answer needs of its store. */
export interface AnswerHome {
  readonly folder: CacheFolder;
  /** The file, or that of the body, is not what it should be: away with it. */
  damaged(answer: DiskAnswer): void;
}

/** An answer as a file has it. */
export class DiskAnswer implements StoredAnswer {
  readonly home: AnswerHome;
  readonly file: string;
  readonly record: DiskRecord;
  /** null for a body in a file of its own. */
  readonly body: Buffer | null;
  readonly head: StoredHead;
  readonly length: number;
  /** Bytes it takes in memory, the head estimated. */
  readonly cost: number;
  /** Which file it was read from; a later one has another stamp. */
  ino: number;
  size: number;
  mtimeMs: number;

  constructor(home: AnswerHome, file: string, record: DiskRecord, body: Buffer | null, stamp: FileStamp) {
    this.home = home;
    this.file = file;
    this.record = record;
    this.body = body;
    this.head = record.head;
    this.length = record.length;
    this.cost = headCost(record.key, record.head) + (body?.length ?? 0);
    this.ino = stamp.ino;
    this.size = stamp.size;
    this.mtimeMs = stamp.mtimeMs;
  }

  get key(): CacheKey {
    return this.record.key;
  }

  /** Where the body is when it is not in the file itself. */
  get bodyFile(): string {
    return bodyFile(this.file, this.record.id);
  }

  open(from: number): BodyReader | null {
    if (this.body !== null) return new PiecesReader([this.body], from);
    const { folder } = this.home;
    const { bodyFile, length } = this;
    const descriptor = folder.open(bodyFile);
    if (descriptor < 0) {
      if (folder.stamp(bodyFile) === undefined) this.home.damaged(this);
      return null;
    }
    const stats = process.getBuiltinModule('node:fs').fstatSync(descriptor);
    if (stats.isFile() && stats.size === length) return new FileReader(this, descriptor, from);
    folder.close(descriptor);
    this.home.damaged(this);
    return null;
  }
}

/** Where the body with this id is, which belongs to the answer in `file`. */
export function bodyFile(file: string, id: string): string {
  return `${file}.${id}`;
}

/** Closes the files of bodies that nobody read to the end or closed. */
const forgotten = new FinalizationRegistry<[CacheFolder, number]>(([folder, descriptor]) => folder.close(descriptor));

/** Reads a body from its file. Its checksum is looked at before the last piece is given, when it is read from the beginning. */
class FileReader implements BodyReader {
  failure: Failure | null = null;
  private readonly answer: DiskAnswer;
  private readonly piece: Buffer;
  /** -1 once closed. */
  private descriptor: number;
  private at: number;
  /** Of what was read so far; -1 when it was not read from the beginning. */
  private crc: number;

  constructor(answer: DiskAnswer, descriptor: number, from: number) {
    this.answer = answer;
    this.descriptor = descriptor;
    this.at = Math.min(from, answer.length);
    this.crc = from === 0 ? 0 : -1;
    this.piece = Buffer.allocUnsafeSlow(Math.min(PIECE, answer.length - this.at));
    forgotten.register(this, [answer.home.folder, descriptor], this);
  }

  pull(): Uint8Array | null {
    if (this.descriptor < 0) return null;
    const left = this.answer.length - this.at;
    if (left === 0) {
      this.close();
      return null;
    }
    const wanted = Math.min(left, this.piece.length);
    try {
      const n = process.getBuiltinModule('node:fs').readSync(this.descriptor, this.piece, 0, wanted, this.at);
      if (n === 0) return this.fail('ends too early');
      return this.checked(n === this.piece.length ? this.piece : this.piece.subarray(0, n));
    } catch (error) {
      return this.fail(`cannot be read: ${(error as Error).message}`);
    }
  }

  private checked(piece: Buffer): Buffer | null {
    const { length, record } = this.answer;
    this.at += piece.length;
    if (this.crc >= 0) {
      this.crc = process.getBuiltinModule('node:zlib').crc32(piece, this.crc);
      if (this.at === length && this.crc !== record.crc) return this.fail('is damaged');
    }
    return piece;
  }

  private fail(what: string): null {
    this.close();
    this.answer.home.damaged(this.answer);
    this.failure = failure(
      'closed',
      'receive',
      `The stored body ${this.answer.bodyFile} ${what}; it was removed from the cache.`,
    );
    return null;
  }

  close(): void {
    const { descriptor } = this;
    if (descriptor < 0) return;
    this.descriptor = -1;
    forgotten.unregister(this);
    this.answer.home.folder.close(descriptor);
  }
}
