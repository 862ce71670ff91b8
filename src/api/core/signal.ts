/** Bits of {@link SignalOwner._life}. */
export const BLOCKED = 1;
/** deleteLater() was called, the object still works. */
export const QUEUED = 2;
/** The object is being destroyed: `destroyed` is emitted with this bit set. */
export const DYING = 4;
/** The object is destroyed; its signals stay silent. */
export const GONE = 8;

/** What a signal needs to know of the object it belongs to. Implemented by QObject. */
export interface SignalOwner {
  /** @internal */
  _life: number;
  /** Emitted while the object is destroyed. */
  readonly destroyed: AnySignal;
}

type AnySlot = (this: unknown, ...args: unknown[]) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: a signal takes and gives its arguments, so no other type stands for all of them
export type AnySignal = Signal<any>;
type Pending = PromiseLike<unknown>[];

let delivering: SignalOwner | null = null;

/** The object whose signal is being delivered, null outside a slot and after the slot's first `await`. */
export function currentSender(): SignalOwner | null {
  return delivering;
}

/** Lets an error surface as an uncaught one after everything that runs now, so that it hurts nobody and is not lost. */
export function raiseLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** One connection of a signal to a slot, as returned by {@link Signal.connect}. */
export class Connection {
  /** @internal undefined once disconnected */
  _slot: AnySlot | undefined;
  /** @internal `this` of the slot, or the signal it forwards to */
  _self: unknown;
  /** @internal object whose end is the end of the connection */
  _guard: SignalOwner | null;
  /** @internal */
  _once: boolean;
  /** @internal waiters of `next()`: they go with what they wait for, not with `disconnect()` */
  _kept: boolean;
  /** @internal */
  _signal: AnySignal | undefined;

  /** @internal */
  constructor(signal: AnySignal, slot: AnySlot, self: unknown, guard: SignalOwner | null, once: boolean, kept: boolean) {
    this._slot = slot;
    this._self = self;
    this._guard = guard;
    this._once = once;
    this._kept = kept;
    this._signal = signal;
  }

  /** True until the connection is undone by either side. */
  isConnected(): boolean {
    return this._slot !== undefined && !isDying(this._guard);
  }

  /** Undoes the connection. Returns false when it was undone before. */
  disconnect(): boolean {
    return this._signal?.disconnect(this) ?? false;
  }
}

/**
 * A typed signal (Qt: Signals & Slots). Slots run synchronously, in the order in which they were connected. A slot that is connected
 * during an emission is not called by it, one that is disconnected no longer. A slot that throws, or whose promise rejects, hurts
 * neither the emitter nor the other slots: its error becomes an uncaught one after the other slots ran.
 *
 *     class Counter extends QObject {
 *       readonly changed = new Signal<[value: number]>(this);
 *     }
 *     const counter = new Counter();
 *     counter.changed.connect((value) => console.log(value));
 *     counter.changed.emit(3);
 *     const [value] = await counter.changed.next();
 */
export class Signal<A extends unknown[] = []> {
  /** @internal place among the signals of its owner */
  _index = -1;
  /** @internal next signal of the same owner */
  _sibling: AnySignal | undefined = undefined;
  private readonly owner: SignalOwner | null;
  /** The only connection, unboxed: most signals have one. */
  private one: Connection | undefined = undefined;
  /** All connections once there were two. Only appended to in place, so that emissions can go on over an old array. */
  private many: Connection[] | undefined = undefined;
  /** Undone connections still in `many`. */
  private undone = 0;

  /** `owner` is the object that {@link QObject.sender} gives, and whose blockSignals() and end silence the signal. */
  constructor(owner: SignalOwner | null = null) {
    this.owner = owner;
  }

  /** Number of connections, waiting `next()` calls included. */
  get size(): number {
    if (this.one !== undefined) return this.one.isConnected() ? 1 : 0;
    let n = 0;
    for (const c of this.many ?? []) if (c.isConnected()) n++;
    return n;
  }

  /** Connects a function or another signal, which then emits the same arguments. The same slot may be connected several times. */
  connect(slot: ((...args: A) => unknown) | Signal<A>): Connection;
  /** Connects a method: `slot` runs with `this` = `receiver`. When the receiver is a QObject its end undoes the connection. */
  connect<R extends object>(receiver: R, slot: (this: R, ...args: A) => unknown): Connection;
  connect(first: object, method?: unknown): Connection {
    if (isGone(this.owner)) throw new Error(`connect(): the ${nameOf(this.owner)} was deleted, its signals come no more`);
    if (method === undefined) {
      if (first instanceof Signal) return this.attach(first.emit as AnySlot, first, (first as Signal).owner, false, false);
      if (typeof first === 'function') return this.attach(first as AnySlot, undefined, null, false, false);
      throw new TypeError(`connect(): expected a function, a signal, or a receiver and its method, got ${describe(first)}`);
    }
    if (typeof method !== 'function') throw new TypeError(`connect(): the method must be a function, got ${describe(method)}`);
    if ((typeof first !== 'object' && typeof first !== 'function') || first === null) {
      throw new TypeError(`connect(): the receiver must be an object, got ${describe(first)}`);
    }
    const guard = asOwner(first);
    if (isDying(guard)) throw new Error(`connect(): the receiver, a ${nameOf(guard)}, was deleted`);
    return this.attach(method as AnySlot, first, guard, false, false);
  }

  /** Connects a function for one emission. */
  once(slot: (...args: A) => unknown): Connection {
    if (typeof slot !== 'function') throw new TypeError(`once(): expected a function, got ${describe(slot)}`);
    const connection = this.connect(slot);
    connection._once = true;
    return connection;
  }

  /** Undoes all connections. Promises of `next()` go on waiting. Returns false when there was none. */
  disconnect(): boolean;
  /** Undoes a connection, or all connections of a slot, a signal or a receiver. Returns false when there was none. */
  disconnect(what: Connection | ((...args: never[]) => unknown) | AnySignal | object): boolean;
  /** Undoes the connections of one method of a receiver. */
  disconnect(receiver: object, slot: (...args: never[]) => unknown): boolean;
  disconnect(...what: unknown[]): boolean {
    const [target, slot] = what;
    // An absent connection must not be taken for "everything".
    if (what.length > 0 && (target === undefined || target === null)) {
      throw new TypeError(`disconnect(): got ${describe(target)}; call disconnect() without arguments to undo all connections`);
    }
    if (target instanceof Connection) return target._signal === this && this.undo(target);
    let found = false;
    for (const c of this.one !== undefined ? [this.one] : (this.many ?? [])) {
      if (c._slot === undefined || c._kept) continue;
      const same = target === undefined || (slot === undefined ? c._slot === target || c._self === target : c._self === target);
      if (same && (slot === undefined || c._slot === slot)) found = this.undo(c) || found;
    }
    return found;
  }

  /** Calls the connected slots now. */
  emit(...args: A): void {
    const one = this.one;
    if (one === undefined) {
      if (this.many !== undefined) this.emitMany(this.many, args, null);
      return;
    }
    const owner = this.owner;
    if (owner !== null && (owner._life & (BLOCKED | GONE)) !== 0) return;
    if (one._guard !== null || one._once) {
      if (!this.stillWanted(one, args)) return;
    }
    const before = delivering;
    delivering = owner;
    try {
      const result = one._slot!.call(one._self, ...args);
      if (result !== undefined && isPromise(result)) result.then(undefined, raiseLater);
    } catch (error) {
      raiseLater(error);
    }
    delivering = before;
  }

  /**
   * Emits a question: `done` is called at once when no slot returned a promise, else after all of them have settled. Errors surface
   * as uncaught ones and count as settled.
   */
  ask(args: A, done: () => void): void {
    const pending: Pending = [];
    const slots = this.one !== undefined ? [this.one] : this.many;
    if (slots !== undefined) this.emitMany(slots, args, pending);
    if (pending.length === 0) {
      done();
      return;
    }
    let left = pending.length;
    const settled = (): void => {
      if (--left > 0) return;
      try {
        done();
      } catch (error) {
        raiseLater(error);
      }
    };
    const failed = (error: unknown): void => {
      raiseLater(error);
      settled();
    };
    for (const p of pending) p.then(settled, failed);
  }

  /**
   * A promise for the arguments of the next emission. It rejects when the owner is destroyed before, and with `signal.reason` when
   * the AbortSignal fires.
   */
  next(options?: { signal?: AbortSignal }): Promise<A> {
    return new Promise<A>((resolve, reject) => {
      const { owner } = this;
      const abort = options?.signal;
      if (abort?.aborted === true) return reject(abort.reason);
      if (isGone(owner)) return reject(lost(owner));
      let end: Connection | undefined;
      const release = (): void => {
        end?.disconnect();
        abort?.removeEventListener('abort', onAbort);
      };
      const hit = this.attach(
        (...args) => {
          release();
          resolve(args as A);
        },
        undefined,
        null,
        true,
        true,
      );
      const giveUp = (reason: unknown): void => {
        hit.disconnect();
        release();
        reject(reason);
      };
      const onAbort = (): void => giveUp(abort?.reason);
      abort?.addEventListener('abort', onAbort, { once: true });
      if (owner !== null && owner.destroyed !== this) {
        end = owner.destroyed.attach(() => giveUp(lost(owner)), undefined, null, true, true);
      }
    });
  }

  private attach(slot: AnySlot, self: unknown, guard: SignalOwner | null, once: boolean, kept: boolean): Connection {
    const c = new Connection(this, slot, self, guard, once, kept);
    if (this.many !== undefined) {
      // Receivers that are gone are dropped now and then, so that they do not pile up on a signal that is never emitted.
      if ((this.many.length & (this.many.length - 1)) === 0) this.sweep();
      this.many.push(c);
    } else if (this.one === undefined) {
      this.one = c;
    } else {
      this.many = [this.one, c];
      this.one = undefined;
    }
    return c;
  }

  private undo(c: Connection): boolean {
    if (c._slot === undefined) return false;
    c._slot = undefined;
    c._self = undefined;
    c._guard = null;
    c._signal = undefined;
    if (this.one === c) {
      this.one = undefined;
    } else if (this.many !== undefined && ++this.undone * 2 > this.many.length) {
      const left = this.many.filter((other) => other._slot !== undefined);
      this.many = left.length > 0 ? left : undefined;
      this.undone = 0;
    }
    return true;
  }

  private sweep(): void {
    for (const c of this.many!) if (isDying(c._guard)) this.undo(c);
  }

  /** The rarer half of emit for a single connection: a receiver that may be gone, and connections for one emission. */
  private stillWanted(c: Connection, args: A): boolean {
    if (isDying(c._guard)) {
      this.undo(c);
      return false;
    }
    if (!c._once) return true;
    this.emitMany([c], args, null);
    return false;
  }

  private emitMany(slots: readonly Connection[], args: A, pending: Pending | null): void {
    const owner = this.owner;
    if (owner !== null && (owner._life & (BLOCKED | GONE)) !== 0) return;
    const before = delivering;
    const count = slots.length;
    for (let i = 0; i < count; i++) {
      const c = slots[i]!;
      const { _slot: slot, _self: self } = c;
      if (slot === undefined) continue;
      if (isDying(c._guard)) {
        this.undo(c);
        continue;
      }
      if (c._once) this.undo(c);
      delivering = owner;
      try {
        if (pending !== null && self instanceof Signal) askThrough(self, args, pending);
        else collect(slot.call(self, ...args), pending);
      } catch (error) {
        raiseLater(error);
      }
    }
    delivering = before;
  }
}

/** Asks a signal that a question was connected to; its slots' promises count for the question. */
function askThrough(signal: AnySignal, args: unknown[], pending: Pending): void {
  let answered = false;
  let wake: (() => void) | undefined;
  signal.ask(args, () => {
    answered = true;
    wake?.();
  });
  if (answered) return;
  pending.push(
    new Promise<void>((resolve) => {
      wake = resolve;
    }),
  );
}

function collect(result: unknown, pending: Pending | null): void {
  if (result === undefined || !isPromise(result)) return;
  if (pending !== null) pending.push(result);
  else result.then(undefined, raiseLater);
}

function isPromise(x: unknown): x is PromiseLike<unknown> {
  return typeof x === 'object' && x !== null && typeof (x as { then?: unknown }).then === 'function';
}

function isDying(owner: SignalOwner | null): boolean {
  return owner !== null && (owner._life & DYING) !== 0;
}

function isGone(owner: SignalOwner | null): boolean {
  return owner !== null && (owner._life & GONE) !== 0;
}

function asOwner(x: object): SignalOwner | null {
  return typeof (x as Partial<SignalOwner>)._life === 'number' ? (x as SignalOwner) : null;
}

function nameOf(owner: SignalOwner | null): string {
  return owner === null ? 'object' : owner.constructor.name;
}

function lost(owner: SignalOwner | null): Error {
  return new Error(`next(): the ${nameOf(owner)} was deleted before the signal came`);
}

function describe(x: unknown): string {
  return x === null ? 'null' : typeof x;
}
