import { describe, expect, it } from 'vitest';
import { makeEnum, withEnums } from '../../../src/api/core/enums.ts';
import { QObject } from '../../../src/api/core/qobject.ts';
import { Signal } from '../../../src/api/core/signal.ts';

class Emitter extends QObject {
  readonly changed = new Signal<[value: number]>(this);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs `act` and gives what surfaced as uncaught errors until the next turn. */
async function uncaught(act: () => unknown): Promise<unknown[]> {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const seen: unknown[] = [];
  process.on('uncaughtException', (error) => seen.push(error));
  try {
    await act();
    await turn();
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const other of others) process.on('uncaughtException', other);
  }
  return seen;
}

describe('emit', () => {
  for (const args of [[], [1], [1, undefined], [1, 2, 3], [1, 2, 3, 4, 5]]) {
    for (const slots of [1, 2]) {
      it(`passes ${args.length} arguments, no more, to ${slots} slots`, () => {
        const signal = new Signal<unknown[]>();
        const seen: unknown[][] = [];
        for (let i = 0; i < slots; i++) signal.connect((...got) => seen.push(got));
        signal.emit(...args);
        expect(seen).toEqual(Array(slots).fill(args));
      });
    }
  }

  it('calls slots in the order of connection, a slot connected twice twice', () => {
    const signal = new Signal<[]>();
    let log = '';
    const a = (): unknown => (log += 'a');
    signal.connect(a);
    signal.connect(() => (log += 'b'));
    signal.connect(a);
    signal.emit();
    expect(log).toBe('aba');
  });

  for (const before of [0, 1, 2]) {
    it(`does not call slots connected meanwhile, with ${before} others`, () => {
      const signal = new Signal<[]>();
      let calls = 0;
      for (let i = 0; i < before; i++) signal.connect(() => {});
      signal.once(() => signal.connect(() => calls++));
      signal.emit();
      expect(calls).toBe(0);
      signal.emit();
      expect(calls).toBe(1);
    });
  }

  it('does not call slots disconnected meanwhile, nested emissions included', () => {
    const signal = new Signal<[depth: number]>();
    const log: string[] = [];
    signal.connect((depth) => {
      log.push(`a${depth}`);
      if (depth < 1) signal.emit(depth + 1);
      b.disconnect();
    });
    const b = signal.connect((depth) => log.push(`b${depth}`));
    signal.connect((depth) => log.push(`c${depth}`));
    signal.emit(0);
    expect(log).toEqual(['a0', 'a1', 'c1', 'c0']);
    expect(signal.size).toBe(2);
  });

  it('survives disconnecting everything in a slot', () => {
    const signal = new Signal<[]>();
    let calls = 0;
    for (let i = 0; i < 3; i++) {
      signal.connect(() => {
        calls++;
        signal.disconnect();
      });
    }
    signal.emit();
    signal.emit();
    expect([calls, signal.size]).toEqual([1, 0]);
    signal.connect(() => calls++);
    signal.emit();
    expect(calls).toBe(2);
  });

  it('forwards to another signal, which is then the sender', () => {
    const from = new Emitter();
    const to = new Emitter();
    const seen: unknown[] = [];
    from.changed.connect(to.changed);
    to.changed.connect((value) => seen.push(value, QObject.sender() === to));
    from.changed.emit(7);
    expect(seen).toEqual([7, true]);
    expect(from.changed.disconnect(to.changed)).toBe(true);
    from.changed.emit(8);
    expect(seen.length).toBe(2);
  });
});

describe('a slot that fails', () => {
  const boom = new Error('boom');
  const failing: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw boom;
      },
    ],
    ['returns a rejected promise', () => Promise.reject(boom)],
    [
      'rejects later',
      async () => {
        await null;
        throw boom;
      },
    ],
  ];
  for (const [what, slot] of failing) {
    for (const alone of [true, false]) {
      it(`${what}${alone ? '' : ' beside others'}: others run, the emitter goes on, the error is uncaught`, async () => {
        const owner = new Emitter();
        const log: unknown[] = [];
        owner.changed.connect(slot);
        if (!alone) owner.changed.connect(() => log.push('other'));
        const errors = await uncaught(() => {
          owner.changed.emit(1);
          log.push('emitter', QObject.sender());
        });
        expect(log).toEqual(alone ? ['emitter', null] : ['other', 'emitter', null]);
        expect(errors).toEqual([boom]);
      });
    }

    it(`${what} in a question: answered all the same`, async () => {
      const signal = new Signal<[]>();
      signal.connect(slot);
      let answers = 0;
      const errors = await uncaught(() => signal.ask([], () => answers++));
      expect([answers, errors]).toEqual([1, [boom]]);
    });
  }
});

describe('connect and disconnect', () => {
  class Receiver {
    got: unknown[] = [];
    take(value: number): void {
      this.got.push(value);
    }
    other(value: number): void {
      this.got.push(-value);
    }
  }

  it('runs a method on its receiver', () => {
    const signal = new Signal<[number]>();
    const receiver = new Receiver();
    signal.connect(receiver, receiver.take);
    signal.emit(4);
    expect(receiver.got).toEqual([4]);
  });

  const slot = (): void => {};
  type Row = [string, (s: Signal<[number]>, r: Receiver) => boolean, boolean, number];
  const table: Row[] = [
    ['everything', (s) => s.disconnect(), true, 0],
    ['a slot, all its connections', (s) => s.disconnect(slot), true, 2],
    ['a receiver', (s, r) => s.disconnect(r), true, 2],
    ['one method of a receiver', (s, r) => s.disconnect(r, r.take), true, 3],
    ['a method whatever its receiver', (s, r) => s.disconnect(r.other), true, 3],
    ['an unknown slot', (s) => s.disconnect(() => {}), false, 4],
    ['an unknown receiver', (s) => s.disconnect(new Receiver()), false, 4],
    ["another signal's connection", (s) => s.disconnect(new Signal<[]>().connect(() => {})), false, 4],
  ];
  for (const [what, act, result, left] of table) {
    it(`disconnects ${what}`, () => {
      const signal = new Signal<[number]>();
      const receiver = new Receiver();
      signal.connect(slot);
      signal.connect(receiver, receiver.take);
      signal.connect(receiver, receiver.other);
      signal.connect(slot);
      expect(act(signal, receiver)).toBe(result);
      expect(signal.size).toBe(left);
    });
  }

  it('gives a connection that can be undone once', () => {
    const signal = new Signal<[]>();
    const connection = signal.connect(slot);
    expect([connection.isConnected(), connection.disconnect(), connection.disconnect(), connection.isConnected()]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(signal.disconnect()).toBe(false);
  });

  it('calls a once slot once, even when it emits again itself', () => {
    const signal = new Signal<[]>();
    let calls = 0;
    signal.once(() => {
      calls++;
      signal.emit();
    });
    signal.emit();
    expect([calls, signal.size]).toEqual([1, 0]);
  });

  it('ends with a QObject receiver, and such receivers do not pile up', async () => {
    const signal = new Signal<[]>();
    let calls = 0;
    for (let i = 0; i < 1000; i++) {
      const receiver = new QObject();
      signal.connect(receiver, () => calls++);
      receiver.deleteLater();
      if (i % 100 === 99) await turn();
    }
    expect(signal.size).toBe(0);
    const kept = (signal as unknown as { many?: unknown[] }).many?.length ?? 0;
    expect(kept).toBeLessThan(400);
    signal.emit();
    expect(calls).toBe(0);
  });

  const signal = new Signal<[]>();
  const wrong: [string, () => unknown, RegExp][] = [
    ['no slot', () => signal.connect(undefined as never), /expected a function.*undefined/],
    ['an object alone', () => signal.connect({} as never), /expected a function.*object/],
    ['a method that is none', () => signal.connect({}, 'x' as never), /method must be a function.*string/],
    ['a receiver that is none', () => signal.connect(3 as never, () => {}), /receiver must be an object.*number/],
    ['disconnect(undefined)', () => signal.disconnect(undefined as never), /without arguments/],
  ];
  for (const [what, act, message] of wrong) it(`refuses ${what}`, () => expect(act).toThrow(message));
});

describe('ask', () => {
  it('is answered at once when no slot returns a promise', () => {
    const signal = new Signal<[{ user: string }]>();
    const question = { user: '' };
    const log: string[] = [];
    signal.connect((q) => {
      q.user = 'ann';
    });
    signal.ask([question], () => log.push(question.user));
    new Signal<[]>().ask([], () => log.push('nobody'));
    expect(log).toEqual(['ann', 'nobody']);
  });

  it('waits for all promises, those behind a connected signal too', async () => {
    const signal = new Signal<[string[]]>();
    const behind = new Signal<[string[]]>();
    signal.connect(async (log) => {
      await turn();
      log.push('slow');
    });
    signal.connect(behind);
    behind.connect(async (log) => {
      await turn();
      await turn();
      log.push('slower');
    });
    const log: string[] = [];
    await new Promise<void>((resolve) => signal.ask([log], resolve));
    expect(log).toEqual(['slow', 'slower']);
  });
});

describe('next', () => {
  it('resolves with the arguments of the next emission only', async () => {
    const signal = new Signal<[number, string]>();
    const promise = signal.next();
    signal.emit(1, 'a');
    signal.emit(2, 'b');
    expect(await promise).toEqual([1, 'a']);
    expect(signal.size).toBe(0);
  });

  it('rejects when the owner is destroyed', async () => {
    const owner = new Emitter();
    const promise = owner.changed.next();
    owner.deleteLater();
    await expect(promise).rejects.toThrow('next(): the Emitter was deleted before the signal came');
    await expect(owner.changed.next()).rejects.toThrow('deleted');
  });

  it('resolves for destroyed itself', async () => {
    const owner = new Emitter();
    const promise = owner.destroyed.next();
    owner.deleteLater();
    expect(await promise).toEqual([owner]);
  });

  it('is not cut off by disconnect()', async () => {
    const signal = new Signal<[]>();
    const promise = signal.next();
    expect(signal.disconnect()).toBe(false);
    signal.emit();
    expect(await promise).toEqual([]);
  });

  it('rejects with the reason of an AbortSignal, now or later, and leaves nothing behind', async () => {
    const owner = new Emitter();
    const reason = new Error('enough');
    await expect(owner.changed.next({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const added: string[] = [];
    const { signal } = controller;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      added.push('+');
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      added.push('-');
      removeEventListener.apply(signal, args);
    };
    const hit = owner.changed.next({ signal });
    owner.changed.emit(1);
    await hit;
    expect(added).toEqual(['+', '-']);
    const missed = owner.changed.next({ signal });
    controller.abort(reason);
    await expect(missed).rejects.toBe(reason);
    expect([owner.changed.size, owner.destroyed.size]).toEqual([0, 0]);
  });
});

describe('enums', () => {
  const Colour = makeEnum({ Red: 1, Green: 2, Rouge: 1, Minus: -1 });
  class Paint extends withEnums(QObject, { Colour }) {}

  it('reads both ways, the first name of a number winning', () => {
    const red: 1 = Colour.Red;
    const name: string | undefined = Colour[9];
    expect([red, Colour[1], Colour[2], Colour[-1], name]).toEqual([1, 'Red', 'Green', 'Minus', undefined]);
    expect(Object.keys(Colour)).toEqual(['Red', 'Green', 'Rouge', 'Minus']);
  });

  it('is frozen', () => expect(() => Object.assign(Colour, { Red: 5 })).toThrow(TypeError));

  it('lies flat on the class, also of a subclass', () => {
    class Gloss extends Paint {}
    const green: 2 = Gloss.Green;
    expect([green, Paint.Colour.Green, Paint.Colour]).toEqual([2, 2, Colour]);
    expect(new Gloss()).toBeInstanceOf(QObject);
    expect(Object.getPrototypeOf(Paint).name).toBe('QObject');
  });

  it('works without a base and refuses two meanings of one name', () => {
    class Bare extends withEnums({ Colour }) {}
    expect(Bare.Red).toBe(1);
    expect(() => withEnums({ Colour, Other: makeEnum({ Red: 3 }) })).toThrow('Enum value Red is declared twice');
  });
});
