import { describe, expect, it } from 'vitest';
import { isDestroyed, peekSignal, QOBJECT_SIGNALS, QObject } from '../../../src/api/core/qobject.ts';
import { Signal } from '../../../src/api/core/signal.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Lazy extends QObject {
  get one(): Signal<[]> {
    return this.sig(QOBJECT_SIGNALS);
  }
  get two(): Signal<[number]> {
    return this.sig(QOBJECT_SIGNALS + 1);
  }
  use(): string {
    this.assertAlive('use');
    return 'used';
  }
  adopt(parent: QObject | null): void {
    this.setWeakParent(parent);
  }
}

describe('signals', () => {
  it('do not exist before somebody asks for them, then stay the same', () => {
    const object = new Lazy();
    expect(peekSignal(object, QOBJECT_SIGNALS)).toBeUndefined();
    expect(object._signals).toBeUndefined();
    const { two } = object;
    expect(object.two).toBe(two);
    expect(peekSignal(object, QOBJECT_SIGNALS + 1)).toBe(two);
    expect(peekSignal(object, QOBJECT_SIGNALS)).toBeUndefined();
    expect(object.one).not.toBe(two);
    expect(peekSignal(object, QOBJECT_SIGNALS + 1)).toBe(two);
  });

  it('leave a fresh object with the fields of its class and nothing behind them', () => {
    expect(Object.values(new QObject())).toEqual([0, null, undefined, undefined]);
  });

  it('are silenced by blockSignals, questions too', () => {
    const object = new Lazy();
    const seen: string[] = [];
    object.two.connect(() => seen.push('first'));
    expect(object.blockSignals(true)).toBe(false);
    object.two.emit(1);
    object.two.connect(() => seen.push('second'));
    object.two.emit(2);
    object.two.ask([3], () => seen.push('answered'));
    expect([object.signalsBlocked(), object.blockSignals(false)]).toEqual([true, true]);
    expect(seen).toEqual(['answered']);
    object.two.emit(4);
    expect(seen).toEqual(['answered', 'first', 'second']);
  });
});

describe('sender', () => {
  it('is the emitting object inside a slot, restored after nested ones, and null outside', async () => {
    const a = new Lazy();
    const b = new Lazy();
    const seen: (QObject | null)[] = [];
    b.one.connect(() => seen.push(QObject.sender()));
    b.one.connect(() => seen.push(b.sender()));
    a.one.connect(async () => {
      seen.push(QObject.sender());
      b.one.emit();
      seen.push(a.sender());
      await null;
      seen.push(QObject.sender());
    });
    a.one.emit();
    expect(QObject.sender()).toBeNull();
    await turn();
    expect(seen).toEqual([a, b, b, a, null]);
  });

  it('is null for a signal that belongs to nobody', () => {
    const owner = new Lazy();
    const free = new Signal<[]>();
    let seen: unknown = 'not called';
    free.connect(() => {
      seen = QObject.sender();
    });
    owner.one.connect(free);
    owner.one.emit();
    expect(seen).toBeNull();
  });
});

describe('properties', () => {
  it('keep any value as it is', () => {
    const object = new QObject();
    const value = { deep: [1] };
    expect(object.property('tile')).toBeUndefined();
    expect(object.setProperty('tile', value)).toBe(false);
    expect(object.property('tile')).toBe(value);
    object.setProperty('tile', null);
    expect(object.property('tile')).toBeNull();
    object.setProperty('tile', undefined);
    expect(object.property('tile')).toBeUndefined();
    expect(object.property('__proto__')).toBeUndefined();
  });

  it('know the object name', () => {
    const object = new QObject();
    expect(object.objectName()).toBe('');
    expect(object.setProperty('objectName', 'n')).toBe(true);
    expect([object.objectName(), object.property('objectName')]).toEqual(['n', 'n']);
    object.setProperty('objectName', undefined);
    expect(object.objectName()).toBe('');
  });
});

describe('parents', () => {
  it('know their children in order, who may move', () => {
    const parent = new QObject();
    const other = new QObject();
    const a = new QObject(parent);
    const b = new QObject(parent);
    expect(parent.children()).toEqual([a, b]);
    expect(a.parent()).toBe(parent);
    a.setParent(other);
    b.setParent(null);
    expect([parent.children(), other.children(), b.parent()]).toEqual([[], [a], null]);
  });

  it('may be known without keeping the child', () => {
    const parent = new QObject();
    const child = new Lazy();
    child.adopt(parent);
    expect([child.parent(), parent.children()]).toEqual([parent, []]);
    child.setParent(parent);
    expect(parent.children()).toEqual([child]);
  });

  it('cannot be their own descendants', () => {
    const a = new QObject();
    const b = new QObject(a);
    expect(() => a.setParent(b)).toThrow('cannot be its own ancestor');
    expect(() => a.setParent(a)).toThrow('cannot be its own ancestor');
    expect(() => a.setParent({} as QObject)).toThrow('must be a QObject or null');
  });
});

describe('deleteLater', () => {
  it('destroys once, after slots, microtasks and ticks of this turn', async () => {
    const object = new Lazy();
    const log: string[] = [];
    object.destroyed.connect((gone) => log.push(gone === object ? 'destroyed' : 'wrong object'));
    object.deleteLater();
    object.deleteLater();
    await null;
    await new Promise<void>((resolve) => process.nextTick(resolve));
    log.push(object.use());
    await turn();
    await turn();
    expect(log).toEqual(['used', 'destroyed']);
    expect(isDestroyed(object)).toBe(true);
  });

  it('destroys in order; a parent before its children, even with signals blocked', async () => {
    const log: string[] = [];
    const named = (name: string, parent: QObject | null = null): QObject => {
      const object = new QObject(parent);
      object.destroyed.connect(() => log.push(name));
      return object;
    };
    const a = named('a');
    const b = named('b');
    const b1 = named('b1', b);
    named('b2', b);
    b.blockSignals(true);
    a.deleteLater();
    b.deleteLater();
    b1.deleteLater();
    await turn();
    expect(log).toEqual(['a', 'b', 'b1', 'b2']);
    expect([b.children(), b1.parent()]).toEqual([[], null]);
  });

  it('takes objects that are doomed while others go in a later turn', async () => {
    const first = new QObject();
    const second = new QObject();
    first.destroyed.connect(second, second.deleteLater);
    first.deleteLater();
    await first.destroyed.next();
    expect(isDestroyed(second)).toBe(false);
    await turn();
    expect(isDestroyed(second)).toBe(true);
  });

  it('makes methods throw, signals silent and connecting an error', async () => {
    const object = new Lazy();
    const { one } = object;
    let calls = 0;
    one.connect(() => calls++);
    object.deleteLater();
    await turn();
    one.emit();
    expect(calls).toBe(0);
    expect(() => object.use()).toThrow('Lazy.use(): the object was deleted');
    expect(() => one.connect(() => {})).toThrow('the Lazy was deleted');
    expect(() => object.two.connect(() => {})).toThrow('the Lazy was deleted');
    expect(one.disconnect(() => {})).toBe(false);
    expect(() => new QObject(object)).toThrow('its new parent was deleted');
    expect(() => new Signal<[]>().connect(object, () => {})).toThrow('the receiver, a Lazy, was deleted');
  });

  it('needs its object', () => {
    const { deleteLater } = new QObject();
    expect(() => deleteLater.call(undefined as never)).toThrow('connect(object, object.deleteLater)');
  });
});
