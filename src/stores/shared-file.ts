import type { Stats } from 'node:fs';
import { randomToken } from '../base/clock.ts';
import type { Clock } from '../contract/clock.ts';
import { makeFolder } from './folder.ts';

/** A lock that stayed the same for so many milliseconds belongs to somebody who died. Holding one takes a few of them. */
const STALE = 2_000;
/** How long to wait for others in all. */
const PATIENCE = 30_000;
const LONGEST_PAUSE = 25;
/** How often the work may be lost to somebody who thought us dead. */
const MOST_ROUNDS = 5;

/**
 * A small text file that several processes change. It is replaced as a whole: who reads it finds the old text or the new one, also
 * when a writer dies in the middle. A lock file beside it makes one change after the other, so none is lost. File 0600, folder 0700.
 */
export class SharedFile {
  readonly path: string;
  private readonly most: number;
  private readonly clock: Clock;
  private readonly lock: string;

  /** A text of more than `most` bytes is not read: it is none of ours. */
  constructor(path: string, most: number, clock: Clock) {
    this.path = process.getBuiltinModule('node:path').resolve(path);
    this.most = most;
    this.clock = clock;
    this.lock = `${this.path}.lock`;
  }

  /** The text, read at once; '' when there is no such file. Throws what the system says to all else. */
  read(): string {
    const fs = process.getBuiltinModule('node:fs');
    try {
      return this.fits(fs.statSync(this.path)) ? fs.readFileSync(this.path, 'utf8') : '';
    } catch (problem) {
      return nothing(problem);
    }
  }

  private async text(): Promise<string> {
    const { promises: fs } = process.getBuiltinModule('node:fs');
    try {
      return this.fits(await fs.stat(this.path)) ? await fs.readFile(this.path, 'utf8') : '';
    } catch (problem) {
      return nothing(problem);
    }
  }

  /** A pipe would never end. */
  private fits(file: Stats): boolean {
    return file.isFile() && file.size <= this.most;
  }

  /** Puts what `change` makes of the text in its place. It may be called more than once; the last call counts. */
  async replace(change: (text: string) => string): Promise<void> {
    const { promises: fs } = process.getBuiltinModule('node:fs');
    makeFolder(process.getBuiltinModule('node:path').dirname(this.path));
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const token = randomToken();
      await this.enter(token);
      try {
        if (await this.put(change(await this.text()), token)) return;
      } finally {
        if (await this.holds(token)) await fs.rm(this.lock, { force: true });
      }
    }
    throw new Error(`${this.path} is changed by others all the time`);
  }

  /** True when the text is in its place; false when the lock was taken away meanwhile. */
  private async put(text: string, token: string): Promise<boolean> {
    const { promises: fs } = process.getBuiltinModule('node:fs');
    const draft = `${this.path}.${token}.tmp`;
    try {
      const file = await fs.open(draft, 'wx', 0o600);
      try {
        await file.writeFile(text);
        await file.datasync();
      } finally {
        await file.close();
      }
      if (!(await this.holds(token))) return false;
      await fs.rename(draft, this.path);
      return true;
    } finally {
      await fs.rm(draft, { force: true });
    }
  }

  private async holds(token: string): Promise<boolean> {
    return (await this.holder()) === token;
  }

  /** The token in the lock, '' of one who died before it was written; null without a lock. */
  private holder(): Promise<string | null> {
    return process
      .getBuiltinModule('node:fs')
      .promises.readFile(this.lock, 'latin1')
      .catch(() => null);
  }

  /** False when somebody else has the lock. */
  private async claim(token: string): Promise<boolean> {
    const { promises: fs } = process.getBuiltinModule('node:fs');
    const file = await fs.open(this.lock, 'wx', 0o600).catch((problem: unknown) => {
      if (isCode(problem, 'EEXIST')) return null;
      throw problem;
    });
    if (file === null) return false;
    try {
      await file.writeFile(token);
    } catch (problem) {
      // a full disk has room for a name
      await fs.rm(this.lock, { force: true });
      throw problem;
    } finally {
      await file.close();
    }
    return true;
  }

  /** Waits until nobody else changes the file. */
  private async enter(token: string): Promise<void> {
    const start = this.clock.now();
    let seen: string | null = null;
    let since = start;
    for (let pause = 1; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      if (await this.claim(token)) return;
      // the clocks of machines that share a folder differ, so only a lock that stays the same tells of a death
      const holder = await this.holder();
      const now = this.clock.now();
      if (holder !== seen) {
        seen = holder;
        since = now;
      } else if (now - since >= STALE) await this.clear();
      if (now - start >= PATIENCE) throw new Error(`${this.lock} is held by another process`);
      await new Promise<void>((resume) => this.clock.after(pause, resume, true));
    }
  }

  /** Removes what somebody who died left behind. */
  private async clear(): Promise<void> {
    const { promises: fs } = process.getBuiltinModule('node:fs');
    const { basename, dirname, join } = process.getBuiltinModule('node:path');
    const folder = dirname(this.path);
    const name = basename(this.path);
    for (const file of await fs.readdir(folder)) {
      if (file.startsWith(`${name}.`) && file.endsWith('.tmp')) await fs.rm(join(folder, file), { force: true });
    }
    await fs.rm(this.lock, { force: true });
  }
}

function nothing(problem: unknown): string {
  if (isCode(problem, 'ENOENT')) return '';
  throw problem;
}

function isCode(problem: unknown, code: string): boolean {
  return (problem as NodeJS.ErrnoException).code === code;
}
