import type { CacheFolder } from './disk-folder.ts';

/** A log with more records is due to be written anew; one with twice as many is not read. */
const MOST_RECORDS = 8192;
const NOTHING = new Float64Array(0);
/** The first record: by it a log is known. The second one is what was counted, the others are what was added since. */
const SIGN = Buffer.from('qnwsize1', 'latin1').readDoubleLE();

/** How much there is, and how much was added since somebody counted the files; Infinity when it is due anyway. */
export interface Tally {
  readonly total: number;
  readonly added: number;
}

/**
 * Tells all who use a folder how many bytes are in it without counting them: a log to which each appends what is added and taken away.
 * It begins with what was counted by whoever wrote it. Of processes that die in the middle it tells too much rather than too little, and
 * the next who counts puts it right.
 */
export class SizeLog {
  private readonly folder: CacheFolder;
  private readonly path: string;
  private readonly fs = process.getBuiltinModule('node:fs');

  constructor(folder: CacheFolder) {
    this.folder = folder;
    this.path = `${folder.root}/size`;
  }

  /** What the log says; null when somebody ought to count. */
  read(): Tally | null {
    const records = this.mark();
    if (records[0] !== SIGN || !(records[1]! >= 0)) return null;
    let total = 0;
    let added = records.length > MOST_RECORDS ? Number.POSITIVE_INFINITY : 0;
    for (let i = 1; i < records.length; i++) {
      const change = records[i]!;
      total += change;
      if (change > 0 && i > 1) added += change;
    }
    return total >= 0 && total < Number.POSITIVE_INFINITY ? { total, added } : null;
  }

  /** Notes that there is so much more, or less, and tells what there is then; null when somebody ought to count. */
  add(bytes: number): Tally | null {
    const { O_WRONLY, O_APPEND, O_NOFOLLOW = 0 } = this.fs.constants;
    try {
      const descriptor = this.fs.openSync(this.path, O_WRONLY | O_APPEND | O_NOFOLLOW);
      try {
        this.fs.writeSync(descriptor, records(bytes));
      } finally {
        this.fs.closeSync(descriptor);
      }
    } catch {
      return null;
    }
    return this.read();
  }

  /** Begins anew with what was counted since `mark`. What others have noted meanwhile may have been counted or not, and is added. */
  reset(counted: number, mark: Float64Array, now: number): void {
    const after = this.mark();
    let total = counted;
    if (mark.length > 0 && mark.every((change, i) => change === after[i])) {
      for (const change of after.subarray(mark.length)) total += change;
    }
    const draft = this.folder.draft();
    try {
      this.folder.finish(draft, now, [records(SIGN, Math.max(0, total))]);
      this.folder.place(draft.path, this.path);
    } catch (error) {
      this.folder.unlink(draft.path);
      throw error;
    }
  }

  /** The log as it is now, to begin counting from; empty when it cannot be read. */
  mark(): Float64Array {
    const bytes = this.folder.read(this.path, 16 * MOST_RECORDS)?.bytes;
    if (bytes === undefined || bytes.length % 8 !== 0) return NOTHING;
    return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  }
}

function records(...values: number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer);
}
