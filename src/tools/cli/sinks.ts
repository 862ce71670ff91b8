import { createWriteStream, realpathSync, renameSync, rmSync, statSync, type WriteStream } from 'node:fs';
import { LocalFileError } from './local-file.ts';

/** Where the bytes of one answer go. */
export interface BodySink {
  /** True when a write is welcome now; otherwise `wake` is called once when it is. */
  ready(wake: () => void): boolean;
  write(bytes: Uint8Array): void;
  /** All was written and is good: make it visible. */
  commit(): Promise<void>;
  /** It is not good: leave no trace. */
  discard(): Promise<void>;
}

/** Takes everything, keeps nothing. */
export const NO_SINK: BodySink = {
  ready: () => true,
  write: () => {},
  commit: () => Promise.resolve(),
  discard: () => Promise.resolve(),
};

/** Writes beside the file and gives it its name when it is complete. Devices and pipes cannot be replaced; they are written to. */
export class FileSink implements BodySink {
  private readonly path: string;
  private readonly partial: string | null;
  private readonly stream: WriteStream;
  private error: LocalFileError | null = null;

  /** `failed` is told once when writing fails. `mode` is that of a new file. Throws a LocalFileError when the place is unusable. */
  constructor(path: string, failed: (error: LocalFileError) => void, mode = 0o666) {
    const old = statSync(path, { throwIfNoEntry: false });
    if (old?.isDirectory()) throw new LocalFileError('write', path, { code: 'EISDIR' });
    // Behind a symbolic link the file is replaced and not the link.
    this.path = old === undefined ? path : realpathSync(path);
    this.partial = old === undefined || old.isFile() ? `${this.path}.${process.pid}.part` : null;
    const options = this.partial === null ? { flags: 'w' } : { flags: 'wx', mode: (old?.mode ?? mode) & 0o777 };
    this.stream = createWriteStream(this.partial ?? this.path, options);
    this.stream.on('error', (error) => {
      if (this.error !== null) return;
      this.error = new LocalFileError('write', this.path, error);
      failed(this.error);
    });
  }

  ready(wake: () => void): boolean {
    if (!this.stream.writableNeedDrain) return true;
    this.stream.once('drain', wake);
    return false;
  }

  write(bytes: Uint8Array): void {
    if (this.error === null) this.stream.write(bytes);
  }

  async commit(): Promise<void> {
    await this.close();
    if (this.error !== null) throw this.error;
    if (this.partial === null) return;
    try {
      renameSync(this.partial, this.path);
    } catch (error) {
      rmSync(this.partial, { force: true });
      throw new LocalFileError('write', this.path, error);
    }
  }

  async discard(): Promise<void> {
    await this.close();
    if (this.partial !== null) rmSync(this.partial, { force: true });
  }

  private close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.stream.closed) resolve();
      this.stream.once('close', () => resolve());
      if (this.error === null) this.stream.end();
    });
  }
}

/** Standard output shared by several answers: each has its turn, in the order of the URLs, so that bodies do not mix. */
export class OutputTurns {
  private readonly stream: NodeJS.WriteStream;
  private readonly waiting = new Map<number, () => void>();
  private readonly done = new Set<number>();
  private turn = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  sink(index: number): BodySink {
    return {
      ready: (wake) => {
        if (index !== this.turn) this.waiting.set(index, wake);
        else if (!this.stream.writableNeedDrain) return true;
        else this.stream.once('drain', wake);
        return false;
      },
      write: (bytes) => void this.stream.write(bytes),
      commit: () => this.end(index),
      discard: () => this.end(index),
    };
  }

  /** The transfer writes nothing more, or never wanted to. */
  end(index: number): Promise<void> {
    this.done.add(index);
    while (this.done.has(this.turn)) this.turn++;
    const wake = this.waiting.get(this.turn);
    this.waiting.delete(this.turn);
    wake?.();
    return Promise.resolve();
  }
}
