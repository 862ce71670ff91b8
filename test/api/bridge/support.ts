import { ERROR } from '../../../src/api/access/qnetworkreply.ts';
import { peekSignal } from '../../../src/api/core/qobject.ts';
import { QNetworkAccessManager, QNetworkReply, type QSslError, type Signal } from '../../../src/index.ts';
import { once } from '../../support/once.ts';

const SIGNALS = [
  'socketStartedConnecting',
  'requestSent',
  'sslErrors',
  'encrypted',
  'metaDataChanged',
  'redirected',
  'readyRead',
  'uploadProgress',
  'downloadProgress',
  'error',
  'errorOccurred',
  'aboutToClose',
  'readChannelFinished',
  'finished',
  'destroyed',
] as const;

/** A signal of a reply or, with `M.`, of its manager. */
export type Heard = (typeof SIGNALS)[number] | 'M.finished' | 'M.sslErrors' | 'M.encrypted' | 'M.authenticationRequired';

/** All of them. */
export const HEARD: readonly Heard[] = [...SIGNALS, 'M.finished', 'M.sslErrors', 'M.encrypted', 'M.authenticationRequired'];

export function signalOf(manager: QNetworkAccessManager, reply: QNetworkReply, name: Heard): Signal<unknown[]> {
  const signal = name.startsWith('M.') ? manager[name.slice(2) as 'finished'] : reply[name as 'finished'];
  return signal as unknown as Signal<unknown[]>;
}

/**
 * Everything a reply and its manager say, in order. What depends on the clock is left out: of neighbouring progress signals the last
 * is kept, of the downloadProgress on the way only the final one, and of neighbouring readyReads the first.
 */
export class Trace {
  private readonly lines: string[] = [];
  private readonly reply: QNetworkReply;
  private readonly heard = new Map<object, Heard>();

  constructor(manager: QNetworkAccessManager, reply: QNetworkReply, names: readonly Heard[] = HEARD) {
    this.reply = reply;
    for (const name of names) {
      const signal = signalOf(manager, reply, name);
      signal.connect((...args) => {
        const line = this.line(name, args);
        if (line !== null) this.lines.push(line);
      });
      // `error` is a method too, the signal is behind it
      this.heard.set(name === 'error' ? peekSignal(reply, ERROR)! : signal, name);
    }
  }

  private line(name: Heard, args: readonly unknown[]): string | null {
    if (name.startsWith('M.')) return args[0] === this.reply ? name : null;
    return name === 'destroyed' || args.length === 0 ? name : `${name}(${args.map(shown).join(', ')})`;
  }

  /** The line that an emission of `signal` makes, null when it makes none. */
  lineOf(signal: object, args: readonly unknown[]): string | null {
    const name = this.heard.get(signal);
    return name === undefined ? null : this.line(name, args);
  }

  /** A mark of the test itself. */
  mark(text: string): void {
    this.lines.push(text);
  }

  get all(): readonly string[] {
    const last = this.lines.findLastIndex((line) => line.startsWith('downloadProgress'));
    const kept: string[] = [];
    for (const [i, line] of this.lines.entries()) {
      const kind = line.split('(')[0];
      if (kind === 'downloadProgress' && i !== last) continue;
      const before = kept.at(-1)?.split('(')[0];
      if (kind === 'uploadProgress' && before === kind && line !== 'uploadProgress(0, 0)') kept.pop();
      if (kind !== 'readyRead' || before !== kind) kept.push(line);
    }
    return kept;
  }
}

/** Numbers of errors; everything else as it is. */
function shown(arg: unknown): string {
  return Array.isArray(arg) ? arg.map((error: QSslError) => error.error()).join(' ') : String(arg);
}

/** The reply's end; fails by name instead of hanging. */
export async function finished<R extends QNetworkReply>(reply: R): Promise<R> {
  if (!reply.isFinished()) await once(reply.finished, 'finished');
  return reply;
}

/** A turn of the event loop and what is queued in it. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((next) => setImmediate(next));
}

/** A manager for one test: `await using manager = fresh()`. */
export function fresh(): QNetworkAccessManager {
  return new QNetworkAccessManager();
}

/** A reply as a program writes it for an overridden createRequest. */
export class OwnReply extends QNetworkReply {
  private rest: Buffer;

  constructor(body = '', url = 'own://somewhere/') {
    super();
    this.rest = Buffer.from(body);
    this.setUrl(url);
    this.open(QNetworkReply.ReadOnly);
  }

  override bytesAvailable(): number {
    return super.bytesAvailable() + this.rest.length;
  }

  protected override readData(maxSize: number): Buffer | null {
    const piece = this.rest.subarray(0, maxSize);
    this.rest = this.rest.subarray(piece.length);
    return piece;
  }

  /** Emits what a reply of Qt's emits at its end. */
  succeed(status = 200, headers: Readonly<Record<string, string>> = {}): this {
    this.setAttribute(0, status);
    for (const [name, value] of Object.entries(headers)) this.setRawHeader(name, value);
    this.metaDataChanged.emit();
    if (this.bytesAvailable() > 0) this.readyRead.emit();
    return this.over();
  }

  refuse(code: QNetworkReply.NetworkError, text: string): this {
    this.setError(code, text);
    this.errorOccurred.emit(code);
    return this.over();
  }

  /** Over, without a word. */
  alreadyOver(): this {
    this.setFinished(true);
    return this;
  }

  private over(): this {
    this.setFinished(true);
    this.readChannelFinished.emit();
    this.finished.emit();
    return this;
  }

  override abort(): void {
    if (this.isFinished()) return;
    this.close();
    this.refuse(QNetworkReply.OperationCanceledError, 'Operation canceled');
  }
}
