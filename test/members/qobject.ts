import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

type Q = Parameters<MemberTests[string]>[0];

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An object with a signal of its own. */
function makeJob(q: Q) {
  return new (class Job extends q.QObject {
    readonly done = new q.Signal<[code: number]>(this);
  })();
}

export const qobject: MemberTests = {
  'QObject.constructor': (q) => {
    const parent = new q.QObject();
    const child = new q.QObject(parent);
    expect(child.parent() === parent).toBe(true);
    expect(() => new q.QObject({} as never)).toThrow('the parent must be a QObject or null');
  },

  'QObject.parent': (q) => {
    const parent = new q.QObject();
    expect(new q.QObject(parent).parent() === parent).toBe(true);
    expect(parent.parent()).toBeNull();
  },

  'QObject.setParent': (q) => {
    const [first, second, child] = [new q.QObject(), new q.QObject(), new q.QObject()];
    child.setParent(first);
    child.setParent(second);
    expect([first.children().length, second.children()[0] === child, child.parent() === second]).toEqual([0, true, true]);
    expect(() => second.setParent(child)).toThrow('cannot be its own ancestor');
    child.setParent(null);
    expect(child.parent()).toBeNull();
  },

  'QObject.children': (q) => {
    const parent = new q.QObject();
    expect(parent.children()).toEqual([]);
    const first = new q.QObject(parent);
    const second = new q.QObject(parent);
    const [a, b] = parent.children();
    expect([a === first, b === second]).toEqual([true, true]);
    parent.children().pop();
    expect(parent.children().length).toBe(2);
  },

  'QObject.objectName': (q) => {
    const object = new q.QObject();
    expect(object.objectName()).toBe('');
    object.setProperty('objectName', 'loader');
    expect(object.objectName()).toBe('loader');
  },

  'QObject.setObjectName': (q) => {
    const object = new q.QObject();
    object.setObjectName('loader');
    expect([object.objectName(), object.property('objectName')]).toEqual(['loader', 'loader']);
  },

  'QObject.property': (q) => {
    const object = new q.QObject();
    const tile = { x: 3 };
    object.setProperty('tile', tile);
    object.setObjectName('n');
    expect([object.property('tile') === tile, object.property('objectName'), object.property('none')]).toEqual([
      true,
      'n',
      undefined,
    ]);
  },

  'QObject.setProperty': (q) => {
    const object = new q.QObject();
    // true for declared properties only, as in Qt
    expect([object.setProperty('id', 17), object.setProperty('objectName', 'n')]).toEqual([false, true]);
    expect([object.property('id'), object.objectName()]).toEqual([17, 'n']);
    object.setProperty('id', undefined);
    expect(object.property('id')).toBeUndefined();
  },

  'QObject.blockSignals': (q) => {
    const job = makeJob(q);
    const codes: number[] = [];
    job.done.connect((code) => codes.push(code));
    expect(job.blockSignals(true)).toBe(false);
    job.done.emit(1);
    expect(job.blockSignals(false)).toBe(true);
    job.done.emit(2);
    expect(codes).toEqual([2]);
  },

  'QObject.signalsBlocked': (q) => {
    const object = new q.QObject();
    expect(object.signalsBlocked()).toBe(false);
    object.blockSignals(true);
    expect(object.signalsBlocked()).toBe(true);
  },

  'QObject.deleteLater': async (q) => {
    const parent = new q.QObject();
    const job = makeJob(q);
    job.setParent(parent);
    const codes: number[] = [];
    job.done.connect((code) => codes.push(code));
    job.deleteLater();
    job.done.emit(1);
    expect(parent.children().length).toBe(1);
    await turn();
    job.done.emit(2);
    expect([codes, parent.children()]).toEqual([[1], []]);
    expect(() => job.done.connect(() => {})).toThrow('the Job was deleted');
  },

  'QObject.destroyed': async (q) => {
    const parent = new q.QObject();
    const child = new q.QObject(parent);
    const log: string[] = [];
    parent.destroyed.connect((gone) => log.push(gone === parent ? 'parent' : 'another object'));
    child.destroyed.connect(() => log.push('child'));
    parent.blockSignals(true);
    parent.deleteLater();
    await turn();
    expect(log).toEqual(['parent', 'child']);
  },
};
