import type { StoredHead } from '../../contract/cache.ts';
import type { Clock } from '../../contract/clock.ts';
import { type AnswerHome, bodyFile, DiskAnswer } from './disk-answer.ts';
import { CacheFolder, type FileStamp } from './disk-folder.ts';
import { type DiskRecord, decodeRecord, encodeRecord } from './disk-format.ts';
import { DiskRoom } from './disk-room.ts';
import type { WriterHome } from './disk-writer.ts';
import { keyText, LARGEST_SHARE } from './keys.ts';
import { PIECE } from './pieces.ts';
import { RecentMap } from './recent-map.ts';

const LONGEST_HEAD = 1024 * 1024;
const LONGEST_FILE = LONGEST_HEAD + PIECE;
/** Milliseconds within which a second use of an answer is not noted. */
const USED_STEP = 10_000;
/** Milliseconds between two troubles that are told. */
const TROUBLE_STEP = 30_000;

/** Answers by the text of their key: in their files, and those used lately in memory as well. */
export class DiskShelf implements AnswerHome, WriterHome {
  readonly folder: CacheFolder;
  readonly room: DiskRoom;
  private readonly recent: RecentMap<DiskAnswer>;
  private readonly clock: Clock;
  private readonly onTrouble: (error: Error) => void;
  private troubleAt = Number.NEGATIVE_INFINITY;

  constructor(directory: string, sizes: { most: number; recent: number }, clock: Clock, onTrouble: (error: Error) => void) {
    this.folder = new CacheFolder(directory);
    this.recent = new RecentMap(sizes.recent);
    this.clock = clock;
    this.onTrouble = onTrouble;
    this.room = new DiskRoom(this.folder, clock, sizes.most, {
      bodyOf: (file) => {
        const answer = this.peek(file);
        return answer?.body === null ? answer.record.id : null;
      },
      trouble: (error) => this.trouble(error),
    });
  }

  now(): number {
    return this.clock.wall();
  }

  fits(bytes: number): boolean {
    return bytes <= LARGEST_SHARE * this.room.most;
  }

  trouble(error: unknown): void {
    const now = this.clock.now();
    if (now - this.troubleAt < TROUBLE_STEP) return;
    this.troubleAt = now;
    this.onTrouble(error as Error);
  }

  /** Finds an answer and notes that it was used. */
  find(text: string): DiskAnswer | null {
    const recent = this.recent.get(text);
    if (recent !== undefined) {
      const stamp = this.folder.stamp(recent.file);
      if (stamp !== undefined && isSame(recent, stamp)) return this.used(recent);
      this.recent.delete(text);
    }
    const answer = this.load(text);
    if (answer === null) return null;
    this.remember(text, answer);
    return this.used(answer);
  }

  /** What a file says; null when it cannot be read, is damaged or none of ours. `home` hears of a body that is not what it should be. */
  peek(file: string, home: AnswerHome = this): DiskAnswer | null {
    return decoded(home, file, this.folder.read(file, LONGEST_FILE));
  }

  /** The answer with this key out of its file, which is removed when it is damaged. */
  private load(text: string): DiskAnswer | null {
    const file = this.folder.fileOf(text);
    const found = this.folder.read(file, LONGEST_FILE);
    if (found === null) return null;
    const answer = decoded(this, file, found);
    if (answer === null) {
      if (this.folder.unlink(file)) this.room.give(found.stamp.size);
      return null;
    }
    return keyText(answer.key) === text ? answer : null;
  }

  private remember(text: string, answer: DiskAnswer): void {
    if (4 * answer.cost <= this.recent.most) this.recent.set(text, answer);
    else this.recent.delete(text);
  }

  /** When it was used is the time of its file. That is looked at by others, too, so it does not change all the time. */
  private used(answer: DiskAnswer): DiskAnswer {
    const now = this.clock.wall();
    if (Math.abs(now - answer.mtimeMs) <= USED_STEP) return answer;
    this.folder.touch(answer.file, now);
    const stamp = this.folder.stamp(answer.file);
    if (stamp?.ino === answer.ino && stamp.size === answer.size) answer.mtimeMs = stamp.mtimeMs;
    return answer;
  }

  commit(record: DiskRecord, body: Buffer | null, draft: string | null): void {
    const text = keyText(record.key);
    const file = this.folder.fileOf(text);
    this.keep(text, record, body, draft, this.folder.stamp(file) === undefined ? null : this.peek(file));
  }

  /** Puts another head before the body with this id. */
  update(text: string, id: string, head: StoredHead): void {
    const current = this.load(text);
    if (current?.record.id === id) this.keep(text, { ...current.record, head }, current.body, null, current);
  }

  /** Puts an answer in the place of `previous`. A body that has a file of its own is a draft, unless it is in its place already. */
  private keep(text: string, record: DiskRecord, body: Buffer | null, draft: string | null, previous: DiskAnswer | null): void {
    const drafts = draft === null ? [] : [draft];
    try {
      const bytes = encodeRecord(record, body);
      const size = bytes.length + record.length;
      if (bytes.length <= LONGEST_HEAD && this.fits(size)) {
        const file = this.folder.fileOf(text);
        const head = this.folder.draft();
        drafts.push(head.path);
        const stamp = this.folder.finish(head, this.clock.wall(), body === null ? [bytes] : [bytes, body]);
        this.room.take(size - (previous === null ? 0 : sizeOf(previous)));
        if (draft !== null) this.folder.place(draft, bodyFile(file, record.id));
        this.folder.place(head.path, file);
        if (previous !== null && previous.body === null && previous.record.id !== record.id)
          this.folder.unlink(previous.bodyFile);
        this.remember(text, new DiskAnswer(this, file, record, body, stamp));
        return;
      }
    } catch (error) {
      this.trouble(error);
    }
    for (const path of drafts) this.folder.unlink(path);
  }

  remove(text: string): boolean {
    this.recent.delete(text);
    const answer = this.load(text);
    if (answer !== null) this.unlink(answer);
    return answer !== null;
  }

  damaged(answer: DiskAnswer): void {
    this.recent.delete(keyText(answer.key));
    if (this.peek(answer.file)?.record.id === answer.record.id) this.unlink(answer);
  }

  /** The head goes first, so that nobody finds one whose body is gone. */
  private unlink(answer: DiskAnswer): void {
    if (!this.folder.unlink(answer.file)) return;
    if (answer.body === null) this.folder.unlink(answer.bodyFile);
    this.room.give(sizeOf(answer));
  }

  forget(): void {
    this.recent.clear();
  }
}

function decoded(home: AnswerHome, file: string, found: ReturnType<CacheFolder['read']>): DiskAnswer | null {
  const parts = found === null ? null : decodeRecord(found.bytes);
  return parts === null ? null : new DiskAnswer(home, file, parts.record, parts.body, found!.stamp);
}

function isSame(answer: DiskAnswer, stamp: FileStamp): boolean {
  return stamp.mtimeMs === answer.mtimeMs && stamp.ino === answer.ino && stamp.size === answer.size;
}

/** Bytes of its files. */
function sizeOf(answer: DiskAnswer): number {
  return answer.size + (answer.body === null ? answer.length : 0);
}
