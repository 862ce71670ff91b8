import type { Stats } from 'node:fs';
import { randomToken } from '../../base/clock.ts';
import { makeFolder } from '../folder.ts';

/** By what is told whether a file is the one that was read: another one in its place has another number or another time. */
export interface FileStamp {
  readonly ino: number;
  readonly size: number;
  /** Milliseconds since 1970; when the answer was last used. */
  readonly mtimeMs: number;
}

/** A file that is being written and is not yet in its place. */
export interface Draft {
  readonly path: string;
  readonly descriptor: number;
}

/** Milliseconds without a byte after which a draft belongs to somebody who died, when nobody can be asked. */
const DRAFT_AGE = 600_000;
const NAME_LENGTH = 38;

/**
 * The files of a store. An answer is `<directory>/answers-1/ab/<38 digits>`, by the hash of its key; a large body stands beside it, with
 * its id as ending. Files begin as drafts in a folder of their own and are renamed into place, so what has a name is whole. Files are
 * 0600, folders 0700, and no symbolic link is followed below `directory`.
 */
export class CacheFolder {
  readonly root: string;
  readonly drafts: string;
  private readonly fs = process.getBuiltinModule('node:fs');
  private readonly hash = process.getBuiltinModule('node:crypto').hash;
  /** Folders that were seen to be folders. */
  private readonly known = new Set<string>();

  constructor(directory: string) {
    const { join, resolve } = process.getBuiltinModule('node:path');
    this.root = join(resolve(directory), 'answers-1');
    this.drafts = join(this.root, 'drafts');
  }

  /** Where the answer with this key is. */
  fileOf(text: string): string {
    const name = this.hash('sha256', text, 'hex');
    return `${this.root}/${name.slice(0, 2)}/${name.slice(2, 2 + NAME_LENGTH)}`;
  }

  /** What is known of a file without opening it. */
  stamp(path: string): Stats | undefined {
    try {
      return this.fs.lstatSync(path, { throwIfNoEntry: false });
    } catch {
      return undefined;
    }
  }

  /** Opens a file for reading; -1 when there is none that may be read. A link is none, and is removed. */
  open(path: string): number {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = this.fs.constants;
    try {
      // a pipe in its place must not block
      return this.fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (isCode(error, 'ELOOP')) this.unlink(path);
      return -1;
    }
  }

  /** A whole file; null when it cannot be read. */
  read(path: string, most: number): { readonly bytes: Buffer; readonly stamp: FileStamp } | null {
    const descriptor = this.open(path);
    if (descriptor < 0) return null;
    try {
      const stats = this.fs.fstatSync(descriptor);
      if (!stats.isFile() || stats.size > most) return { bytes: NONE, stamp: stats };
      const bytes = Buffer.allocUnsafeSlow(stats.size);
      let filled = 0;
      while (filled < bytes.length) {
        const n = this.fs.readSync(descriptor, bytes, filled, bytes.length - filled, filled);
        if (n === 0) break;
        filled += n;
      }
      return { bytes: filled === bytes.length ? bytes : bytes.subarray(0, filled), stamp: stats };
    } catch {
      return null;
    } finally {
      this.fs.closeSync(descriptor);
    }
  }

  /** Begins a file. Throws what the system says. */
  draft(): Draft {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = this.fs.constants;
    const path = `${this.drafts}/${host()}.${process.pid}.${randomToken()}`;
    this.ensure(this.drafts);
    const open = (): number => this.fs.openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      return { path, descriptor: open() };
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
      // somebody has removed the folder
      this.known.clear();
      this.ensure(this.drafts);
      return { path, descriptor: open() };
    }
  }

  /** Writes all of it to a draft. Throws what the system says. */
  write(draft: Draft, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += this.fs.writeSync(draft.descriptor, bytes, at, bytes.length - at);
  }

  /** Writes the last pieces of a draft, gives it a time and closes it. Throws what the system says; closed it is all the same. */
  finish(draft: Draft, used: number, pieces: readonly Uint8Array[] = []): FileStamp {
    try {
      for (const piece of pieces) this.write(draft, piece);
      const seconds = fileTime(used);
      this.fs.futimesSync(draft.descriptor, seconds, seconds);
      return this.fs.fstatSync(draft.descriptor);
    } finally {
      this.fs.closeSync(draft.descriptor);
    }
  }

  /** Puts a finished draft where it belongs, in place of what is there. Throws what the system says. */
  place(path: string, target: string): void {
    const folder = target.slice(0, target.lastIndexOf('/'));
    this.ensure(folder);
    try {
      this.fs.renameSync(path, target);
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
      this.known.clear();
      this.ensure(folder);
      this.fs.renameSync(path, target);
    }
  }

  /** Notes that a file was used; whether it worked makes no difference to anybody. */
  touch(path: string, used: number): void {
    const seconds = fileTime(used);
    try {
      this.fs.utimesSync(path, seconds, seconds);
    } catch {
      // gone, or not ours to change
    }
  }

  /** True when there was a file, which is gone now. */
  unlink(path: string): boolean {
    try {
      this.fs.unlinkSync(path);
      return true;
    } catch {
      return false;
    }
  }

  close(descriptor: number): void {
    try {
      this.fs.closeSync(descriptor);
    } catch {
      // nothing can be done about a file that does not close
    }
  }

  exists(): boolean {
    return this.fs.existsSync(this.root);
  }

  /** The names in a folder; none when it cannot be read. */
  names(folder: string): string[] {
    try {
      return this.fs.readdirSync(folder);
    } catch {
      return [];
    }
  }

  /** Removes drafts of those who died. */
  sweepDrafts(now: number): void {
    for (const name of this.names(this.drafts)) {
      const path = `${this.drafts}/${name}`;
      const [machine, pid = ''] = name.split('.');
      const dead = machine === host() && !isAlive(Number(pid));
      if (dead || now - (this.stamp(path)?.mtimeMs ?? now) > DRAFT_AGE) this.unlink(path);
    }
  }

  private ensure(folder: string): void {
    if (this.known.has(folder)) return;
    if (folder !== this.root) this.ensure(this.root);
    makeFolder(folder);
    if (!this.fs.lstatSync(folder).isDirectory()) throw new Error(`${folder} is not a folder; the cache keeps nothing there`);
    this.known.add(folder);
  }
}

const NONE = Buffer.alloc(0);

/** Seconds since 1970. File systems stamp in steps of milliseconds; the odd part tells apart what is written within one. */
function fileTime(milliseconds: number): number {
  return (Math.floor(milliseconds) + fraction()) / 1000;
}

let odd = 0;

/** Less than 1, and hardly the same twice, here or in another process. */
function fraction(): number {
  if (odd === 0) odd = Number.parseInt(randomToken().slice(0, 8), 16) / 2 ** 32;
  odd = (odd + 0.618_033_988_75) % 1;
  return odd;
}

let machine = '';

/** Where process numbers mean the same processes: this machine, and this container of it. */
function host(): string {
  if (machine === '') {
    let space = '';
    try {
      space = process.getBuiltinModule('node:fs').readlinkSync('/proc/self/ns/pid');
    } catch {
      // systems without containers
    }
    const name = `${process.getBuiltinModule('node:os').hostname()} ${space}`;
    machine = process.getBuiltinModule('node:zlib').crc32(name).toString(16);
  }
  return machine;
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
