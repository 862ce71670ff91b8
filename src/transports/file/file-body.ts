import type { Stats } from 'node:fs';
import { type Failure, type FailureKind, failure } from '../../contract/failure.ts';
import type { PullBody } from '../../contract/sink.ts';

/** A regular file, open. */
export interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/**
 * Opens a regular file, for reading or (empty, made when missing) for writing. Anything else is refused: opening a pipe would block
 * the process, and a device may do things when it is opened.
 */
export function openRegular(path: string, mode: 'read' | 'write'): OpenFile | Failure {
  const fs = process.getBuiltinModule('node:fs');
  const { O_RDONLY, O_WRONLY, O_CREAT, O_NONBLOCK = 0 } = fs.constants;
  try {
    const before = fs.statSync(path, { throwIfNoEntry: mode === 'read' });
    const refusal = before === undefined ? null : notRegular(path, mode, before);
    if (refusal !== null) return refusal;
    const descriptor = fs.openSync(path, (mode === 'read' ? O_RDONLY : O_WRONLY | O_CREAT) | O_NONBLOCK, 0o666);
    try {
      const stats = fs.fstatSync(descriptor);
      const changed = notRegular(path, mode, stats);
      if (changed === null) {
        if (mode === 'write') fs.ftruncateSync(descriptor, 0);
        return { descriptor, size: stats.size, modified: stats.mtimeMs };
      }
      fs.closeSync(descriptor);
      return changed;
    } catch (error) {
      fs.closeSync(descriptor);
      throw error;
    }
  } catch (error) {
    return failureOf(path, mode, error);
  }
}

/** Why a file is not opened, null when it may be. */
export function notRegular(path: string, mode: 'read' | 'write', stats: Stats): Failure | null {
  if (stats.isFile()) return null;
  if (stats.isDirectory()) {
    const text = `Cannot open ${path}: Path is a directory`;
    return failure(mode === 'read' ? 'directory' : 'access', 'setup', text);
  }
  return failure('operation', 'setup', `Cannot open ${path}: only regular files can be opened, not pipes, sockets or devices`);
}

/** What the operating system said, as a failure. Writing where there is no folder counts as forbidden, as in Qt. */
export function failureOf(path: string, mode: 'read' | 'write', error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const text = `Error ${mode === 'read' ? 'opening' : 'writing'} ${path}: ${REASONS[code] ?? (error as Error).message}`;
  return failure(kindOf(code, mode), mode === 'read' ? 'setup' : 'send', text, { cause: error });
}

function kindOf(code: string, mode: 'read' | 'write'): FailureKind {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return mode === 'read' ? 'not-found' : 'access';
    case 'EISDIR':
      return mode === 'read' ? 'directory' : 'access';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ETXTBSY':
      return 'access';
    default:
      return 'network';
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'A part of the path is not a directory',
  ENAMETOOLONG: 'File name too long',
  ELOOP: 'Too many levels of symbolic links',
  EISDIR: 'Path is a directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  ENOSPC: 'No space left on device',
  EMFILE: 'Too many open files in this process',
};

/** Closes the files of bodies that nobody read to the end, closed or kept. */
const forgotten = new FinalizationRegistry<number>((descriptor) => closeQuietly(descriptor));

export function closeQuietly(descriptor: number): void {
  try {
    process.getBuiltinModule('node:fs').closeSync(descriptor);
  } catch {
    // Nothing can be done about a file that does not close.
  }
}

/** A part of a file that is read when asked. It holds the descriptor until the last byte is read, or `close`. */
export class FileBody implements PullBody {
  readonly length: number;
  readonly #path: string;
  /** -1 once closed. */
  #descriptor: number;
  readonly #offset: number;
  #at = 0;

  constructor(path: string, file: OpenFile, offset: number, length: number) {
    this.length = length;
    this.#offset = offset;
    this.#path = path;
    this.#descriptor = file.descriptor;
    forgotten.register(this, file.descriptor, this);
    if (this.length === 0) this.close();
  }

  read(target: Uint8Array): number {
    if (this.#descriptor < 0) return 0;
    const wanted = Math.min(target.length, this.length - this.#at);
    if (wanted === 0) return 0;
    const got = process.getBuiltinModule('node:fs').readSync(this.#descriptor, target, 0, wanted, this.#offset + this.#at);
    if (got === 0) {
      this.close();
      throw new Error(`${this.#path} became shorter while it was read: ${this.#at} of ${this.length} bytes were there.`);
    }
    this.#at += got;
    if (this.#at === this.length) this.close();
    return got;
  }

  close(): void {
    const descriptor = this.#descriptor;
    if (descriptor < 0) return;
    this.#descriptor = -1;
    forgotten.unregister(this);
    closeQuietly(descriptor);
  }
}
