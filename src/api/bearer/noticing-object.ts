import { peekSignal, QOBJECT_SIGNALS, QObject } from '../core/qobject.ts';
import { type Connection, Signal } from '../core/signal.ts';

/** An object that notices who connects to its own signals, and who leaves. */
export abstract class NoticingObject extends QObject {
  /** @internal */
  protected override sig<A extends unknown[]>(i: number): Signal<A> {
    const known = peekSignal(this, i);
    if (known !== undefined) return known;
    if (i < QOBJECT_SIGNALS) return super.sig(i);
    const made = new NoticingSignal<A>(this, (connected) => this._noticed(i, connected));
    made._index = i;
    made._sibling = this._signals;
    this._signals = made;
    return made;
  }

  /** @internal Somebody is connected to signal number `index` now, or not any more. */
  protected abstract _noticed(index: number, connected: boolean): void;

  /** @internal Somebody is connected to one of the object's own signals. */
  protected get _heard(): boolean {
    for (let s = this._signals; s !== undefined; s = s._sibling) if (s._index >= QOBJECT_SIGNALS && s.size > 0) return true;
    return false;
  }
}

class NoticingSignal<A extends unknown[]> extends Signal<A> {
  private readonly notice: (connected: boolean) => void;

  constructor(owner: QObject, notice: (connected: boolean) => void) {
    super(owner);
    this.notice = notice;
  }

  override connect(...args: unknown[]): Connection {
    const made = (super.connect as (...args: unknown[]) => Connection).apply(this, args);
    this.notice(true);
    return made;
  }

  override disconnect(...args: unknown[]): boolean {
    const done = (super.disconnect as (...args: unknown[]) => boolean).apply(this, args);
    if (done) this.notice(false);
    return done;
  }

  override next(options?: { signal?: AbortSignal }): Promise<A> {
    const promise = super.next(options);
    this.notice(true);
    const over = (): void => this.notice(false);
    promise.then(over, over);
    return promise;
  }
}
