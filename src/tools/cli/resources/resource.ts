import { readFileSync, type Stats, statSync } from 'node:fs';
import { LocalFileError } from '../local-file.ts';
import { formatBytes } from '../units.ts';
import { UsageError } from '../usage-error.ts';

/** A file that becomes a resource. */
export interface FoundFile {
  /** Below the prefix, with slashes. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface PackedFile extends FoundFile {
  /** `/` or `/a/b`. */
  readonly prefix: string;
}

/** All of it is in memory while it is written, and as text in the module. */
const MOST_BYTES = 67_108_864;
const MOST_FILES = 10_000;

/** Reads files as long as they are not too many, or too big together. */
export class Reader {
  private files = 0;
  private bytes = 0;

  read(path: string): Buffer {
    this.files++;
    if (this.files > MOST_FILES) throw tooMuch(path, `${MOST_FILES} files`);
    const size = sizeOf(path);
    this.bytes += size;
    if (this.bytes > MOST_BYTES) throw tooMuch(path, formatBytes(MOST_BYTES));
    try {
      return readFileSync(path);
    } catch (problem) {
      throw new LocalFileError('read', path, problem);
    }
  }
}

/** Of a file: pipes and devices may have no end, whatever they say. */
function sizeOf(path: string): number {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (problem) {
    throw new LocalFileError('read', path, problem);
  }
  if (!stats.isFile()) throw new UsageError(`${path} is no file`, 'only files can be packed');
  return stats.size;
}

function tooMuch(path: string, limit: string): UsageError {
  return new UsageError(
    `with ${path} there are more than ${limit}`,
    'register the folder itself: QResource.registerResource(prefix, folder)',
  );
}
