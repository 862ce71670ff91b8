import { afterTurn } from '../../base/clock.ts';
import { type AnySignal, BLOCKED, currentSender, DYING, GONE, QUEUED, raiseLater, Signal, type SignalOwner } from './signal.ts';

/** Index of `destroyed` among the signals of an object; subclasses count on from {@link QOBJECT_SIGNALS}. */
const DESTROYED = 0;
/** First signal index a direct subclass may use. */
export const QOBJECT_SIGNALS = 1;

/** What few objects need, made when it is first used. */
class Extra {
  name = '';
  properties: Map<string, unknown> | undefined = undefined;
  children: Set<QObject> | undefined = undefined;
}

/**
 * Base of all objects with signals (Qt: QObject): a parent that deletes its children, dynamic properties, deletion on a later turn.
 *
 *     class Job extends QObject {
 *       readonly done = new Signal<[code: number]>(this);
 *     }
 *     const job = new Job();
 *     job.setProperty('id', 17);
 *     job.done.connect(() => console.log(QObject.sender()?.property('id')));
 *     job.done.emit(0);
 *     job.deleteLater();
 *
 * Names that start with an underscore belong to the library.
 */
export class QObject implements SignalOwner {
  /** @internal */
  _life = 0;
  /** @internal */
  _parent: QObject | null = null;
  /** @internal Signals somebody asked for, a chain: most objects have none to three. */
  _signals: AnySignal | undefined = undefined;
  private _extra: Extra | undefined = undefined;

  constructor(parent: QObject | null = null) {
    if (parent !== null) this.setParent(parent);
  }

  /** Emitted once, with the object, just before it is gone; its children are destroyed afterwards. Not silenced by blockSignals(). */
  get destroyed(): Signal<[object: QObject]> {
    return this.sig(DESTROYED);
  }

  parent(): QObject | null {
    return this._parent;
  }

  /** Moves the object to another parent, which then deletes it with itself; null makes it independent. */
  setParent(parent: QObject | null): void {
    if (parent === this._parent && (parent === null || parent._extra?.children?.has(this) === true)) return;
    if (parent !== null) {
      this.assertAlive('setParent');
      if (!(parent instanceof QObject))
        throw new TypeError(`${this.constructor.name}.setParent(): the parent must be a QObject or null`);
      parent.assertAlive('setParent', 'its new parent');
      for (let p: QObject | null = parent; p !== null; p = p._parent) {
        if (p === this) throw new Error(`${this.constructor.name}.setParent(): an object cannot be its own ancestor`);
      }
    }
    this._parent?._extra?.children?.delete(this);
    this._parent = parent;
    if (parent === null) return;
    const extra = parent.extra();
    extra.children ??= new Set();
    extra.children.add(this);
  }

  /** The children in the order in which they came. */
  children(): QObject[] {
    return Array.from(this._extra?.children ?? []);
  }

  /** Default: empty. */
  objectName(): string {
    return this._extra?.name ?? '';
  }

  setObjectName(name: string): void {
    this.extra().name = name;
  }

  /** Value of a dynamic property, undefined when there is none. */
  property(name: string): unknown {
    return name === 'objectName' ? this.objectName() : this._extra?.properties?.get(name);
  }

  /**
   * Sets a dynamic property to any value, which is kept as it is; undefined removes it. As in Qt the result is true only for declared
   * properties (`objectName`, where undefined is ''), false for dynamic ones.
   */
  setProperty(name: string, value: unknown): boolean {
    if (name === 'objectName') {
      this.setObjectName(String(value ?? ''));
      return true;
    }
    if (value === undefined) {
      this._extra?.properties?.delete(name);
      return false;
    }
    const extra = this.extra();
    extra.properties ??= new Map();
    extra.properties.set(name, value);
    return false;
  }

  /** Silences the object's signals, or ends that. Returns what was set before. */
  blockSignals(block: boolean): boolean {
    const before = this.signalsBlocked();
    this._life = block ? this._life | BLOCKED : this._life & ~BLOCKED;
    return before;
  }

  signalsBlocked(): boolean {
    return (this._life & BLOCKED) !== 0;
  }

  /**
   * Destroys the object on a later turn of the event loop, after the slots and promises of this one; calling it again does nothing.
   * As a slot: `reply.finished.connect(reply, reply.deleteLater)`.
   */
  deleteLater(): void {
    if (this === undefined) {
      throw new TypeError('deleteLater was called without its object; connect it as connect(object, object.deleteLater)');
    }
    if ((this._life & (QUEUED | DYING)) !== 0) return;
    this._life |= QUEUED;
    if (doomed.length === 0) afterTurn(destroyDoomed);
    doomed.push(this);
  }

  /** The object whose signal is being delivered; null outside a slot and after the slot's first `await`. */
  sender(): QObject | null {
    return QObject.sender();
  }

  /** The object whose signal is being delivered; null outside a slot and after the slot's first `await`. */
  static sender(): QObject | null {
    const current = currentSender();
    return current instanceof QObject ? current : null;
  }

  /** @internal Signal number `i` of this object, made now if nobody asked for it before. */
  protected sig<A extends unknown[]>(i: number): Signal<A> {
    for (let s = this._signals; s !== undefined; s = s._sibling) if (s._index === i) return s;
    const made = new Signal<A>(this);
    made._index = i;
    made._sibling = this._signals;
    this._signals = made;
    return made;
  }

  /** Makes `parent` known as the parent without becoming its child, for parents that keep their own books. */
  protected setWeakParent(parent: QObject | null): void {
    this.setParent(null);
    this._parent = parent;
  }

  /** Called once, when the object is about to be destroyed, before `destroyed`. Stop what runs; call `super.destructing()` last. */
  protected destructing(): void {}

  /** Throws when the object was deleted, naming the method that was called. */
  protected assertAlive(method: string, whose = 'the object'): void {
    if ((this._life & DYING) === 0) return;
    throw new Error(
      `${this.constructor.name}.${method}(): ${whose} was deleted; keep it until you are done before calling deleteLater()`,
    );
  }

  /** @internal Destroys the object and its children now. */
  _destroy(): void {
    if ((this._life & DYING) !== 0) return;
    this._life = DYING;
    try {
      this.destructing();
    } catch (error) {
      raiseLater(error);
    }
    peekSignal(this, DESTROYED)?.emit(this);
    this._life |= GONE;
    const children = this._extra?.children;
    if (children !== undefined) for (const child of children) child._destroy();
    this._parent?._extra?.children?.delete(this);
    this._parent = null;
    this._signals = undefined;
  }

  private extra(): Extra {
    this._extra ??= new Extra();
    return this._extra;
  }
}

let doomed: QObject[] = [];

function destroyDoomed(): void {
  const batch = doomed;
  doomed = [];
  for (const object of batch) object._destroy();
}

/**
 * Signal number `i` if somebody has asked for it. Emitters use it so that a signal nobody knows costs nothing:
 * `peekSignal(this, FINISHED)?.emit()`.
 */
export function peekSignal(object: QObject, i: number): AnySignal | undefined {
  let s = object._signals;
  while (s !== undefined && s._index !== i) s = s._sibling;
  return s;
}

/** Whether the object is being or has been destroyed. */
export function isDestroyed(object: QObject): boolean {
  return (object._life & DYING) !== 0;
}
