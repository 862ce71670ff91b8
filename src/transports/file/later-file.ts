import type { Stats } from 'node:fs';
import type { Carriage } from '../../contract/carriage.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Hop } from '../../contract/hop.ts';
import { closeQuietly, failureOf, notRegular, type OpenFile } from './file-body.ts';
import { serveOpen } from './open-file.ts';

/** A file that is opened by a thread of the system, for those who do not want to wait while a disk or another machine wakes up. */
export class LaterFile implements Carriage {
  #over = false;

  constructor(hop: Hop, path: string) {
    hop.carriedBy(this);
    void openLater(path).then((file) => {
      if (!this.#over) serveOpen(hop, path, file);
      else if (!('kind' in file)) closeQuietly(file.descriptor);
    });
  }

  cancel(): void {
    this.#over = true;
  }

  discard(): void {
    this.#over = true;
  }

  /** Nothing comes by itself that could be paused. */
  pause(): void {}
  resume(): void {}
}

/** As `openRegular`, for reading; it never rejects. */
async function openLater(path: string): Promise<OpenFile | Failure> {
  const fs = process.getBuiltinModule('node:fs');
  const { O_RDONLY, O_NONBLOCK = 0 } = fs.constants;
  try {
    const refusal = notRegular(path, 'read', await called<Stats>((done) => fs.stat(path, done)));
    if (refusal !== null) return refusal;
    const descriptor = await called<number>((done) => fs.open(path, O_RDONLY | O_NONBLOCK, done));
    try {
      const stats = await called<Stats>((done) => fs.fstat(descriptor, done));
      const changed = notRegular(path, 'read', stats);
      if (changed === null) return { descriptor, size: stats.size, modified: stats.mtimeMs };
      closeQuietly(descriptor);
      return changed;
    } catch (error) {
      closeQuietly(descriptor);
      throw error;
    }
  } catch (error) {
    return failureOf(path, 'read', error);
  }
}

function called<T>(start: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}
