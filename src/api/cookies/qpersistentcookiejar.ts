import { systemClock } from '../../base/clock.ts';
import type { Cookie } from '../../contract/cookie.ts';
import { cookiesInNetscape, netscapeText } from '../../rules/cookies/netscape.ts';
import { cookiesInState, type StorageState, storageState } from '../../rules/cookies/storage-state.ts';
import { fieldText } from '../../rules/field-syntax.ts';
import { CookieFileStore } from '../../stores/cookies/cookie-file-store.ts';
import type { MemoryCookieStore } from '../../stores/cookies/memory-store.ts';
import { type BytesLike, toBytes } from '../core/qbytearray.ts';
import { peekSignal, QOBJECT_SIGNALS, type QObject } from '../core/qobject.ts';
import type { Signal } from '../core/signal.ts';
import type { QNetworkCookie } from './qnetworkcookie.ts';
import { QNetworkCookieJar } from './qnetworkcookiejar.ts';

const SAVE_FAILED = QOBJECT_SIGNALS;

/**
 * A cookie jar in a file. Not in Qt.
 *
 *     const jar = new QPersistentCookieJar('/home/me/.cache/myprogram/cookies.json');
 *     manager.setCookieJar(jar);
 *
 *     jar.importNetscape(readFileSync('cookies.txt'));   // curl, wget, yt-dlp …
 *     await jar.save();
 *
 * The file is read once and written by itself a moment after a change; `save()`, and `close()` of the manager, wait for that. It is
 * replaced as a whole, so that a crash leaves the old one or the new one, and only its owner can read it (0600). Several processes may use
 * it: what they change comes together, for the same cookie the last one counts, and others see it within a second of their next request.
 * Cookies of the session are not written unless `setKeepSessionCookies(true)`, and neither are those of partitions with a name.
 */
export class QPersistentCookieJar extends QNetworkCookieJar {
  private readonly _file: CookieFileStore;
  private _warned = false;

  /**
   * Opens the file, or makes it, with its folder, as soon as there is something to keep. Throws an Error when there is a file that is
   * something else, or that cannot be read.
   */
  constructor(fileName: string, parent: QObject | null = null) {
    super(parent);
    if (typeof fileName !== 'string' || fileName === '')
      throw new TypeError('QPersistentCookieJar expects the name of the file that it keeps the cookies in.');
    this._file = new CookieFileStore(fileName, super._storeOf(''), systemClock, (problem) => this._complain(problem));
  }

  /** The cookies could not be written. Without a slot a warning of Node.js says so once, with the code `QNETWORK_COOKIE_FILE`. */
  get saveFailed(): Signal<[error: Error]> {
    return this.sig(SAVE_FAILED);
  }

  /** Absolute path of the file. */
  fileName(): string {
    return this._file.path;
  }

  /** Whether cookies of the session are written, too; false unless set. */
  keepSessionCookies(): boolean {
    return this._file.sessions;
  }

  setKeepSessionCookies(keep: boolean): void {
    this._file.sessions = keep === true;
  }

  /** When all changes are in the file. Rejects when it cannot be written; the cookies stay in memory. */
  save(): Promise<void> {
    return this._file.save();
  }

  /** Takes over at once what others have written. Throws an Error when the file cannot be read. */
  load(): void {
    this._file.load();
  }

  // ---- public here

  override allCookies(): QNetworkCookie[] {
    return super.allCookies();
  }

  override setAllCookies(cookieList: Iterable<QNetworkCookie>): void {
    super.setAllCookies(cookieList);
  }

  // ---- files of others

  /** Adds the cookies of a Netscape cookie file (`cookies.txt`) and says how many they were; what has expired is left out. */
  importNetscape(text: BytesLike): number {
    return this._add(cookiesInNetscape(fieldText(toBytes(text))));
  }

  /** All cookies that have not expired as a Netscape cookie file, which has no place for SameSite. It holds secrets. */
  exportNetscape(): Buffer {
    return Buffer.from(netscapeText(this._living()), 'latin1');
  }

  /**
   * Adds the cookies of a storage state of Playwright, as an object or its JSON, and says how many they were; what has expired, and the
   * storage of pages, is left out. Throws a TypeError for anything else.
   */
  importStorageState(state: StorageState | string): number {
    const cookies = cookiesInState(typeof state === 'string' ? parsed(state) : state);
    if (cookies === null)
      throw new TypeError(
        'QPersistentCookieJar.importStorageState expects what storageState() of Playwright gives: { cookies, origins }.',
      );
    return this._add(cookies);
  }

  /** All cookies that have not expired, for `newContext({ storageState })` of Playwright. It holds secrets. */
  exportStorageState(): StorageState {
    return storageState(this._living());
  }

  private _add(cookies: readonly Cookie[]): number {
    const now = this._clock.wall();
    const store = this._storeOf('');
    const living = cookies.filter(({ expires }) => expires > now);
    for (const cookie of living) store.put(cookie, now);
    return living.length;
  }

  private _living(): Cookie[] {
    const now = this._clock.wall();
    return this._storeOf('')
      .all()
      .filter(({ expires }) => expires > now);
  }

  /** @internal */
  protected override _storeOf(partition: string): MemoryCookieStore {
    if (partition === '') this._file.look();
    return super._storeOf(partition);
  }

  /** @internal */
  override _flush(): Promise<void> {
    return this.save().catch((problem: unknown) => this._complain(problem));
  }

  protected override destructing(): void {
    void this._flush();
    super.destructing();
  }

  private _complain(problem: unknown): void {
    const error = problem instanceof Error ? problem : new Error(String(problem));
    const signal = peekSignal(this, SAVE_FAILED);
    if (signal !== undefined) signal.emit(error);
    else if (!this._warned) {
      this._warned = true;
      process.emitWarning(
        `QPersistentCookieJar: cookies could not be written (${error.message}). They are in memory; connect to saveFailed.`,
        {
          code: 'QNETWORK_COOKIE_FILE',
        },
      );
    }
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
