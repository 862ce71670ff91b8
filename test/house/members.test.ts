import { describe, expect, test } from 'vitest';
import { unnoticed } from '../../scripts/house/coverage.mjs';
import { keysIn, problemsOf, testFiles } from '../../scripts/house/member-tests.mjs';
import { judge, noticed } from '../../scripts/house/mutants.mjs';
import { type Connection, QObject, Signal } from '../../src/index.ts';
import { mutantsOf, type Outcome, trial, unchanged } from '../members/mutants.ts';

type Slot = (text: string) => void;

/** A class with a member of every kind … */
class QThing extends QObject {
  static readonly Kind = Object.freeze({ Plain: 0 });
  static readonly Limit = 30;
  static make(): QThing {
    return new QThing(7);
  }
  readonly number: number;
  private readonly told = new Signal<[text: string]>(this);
  constructor(number = 0) {
    super();
    this.number = number;
  }
  get ready(): Signal<[text: string]> {
    return this.told;
  }
  get error(): { (): number; connect(slot: Slot): Connection } {
    return Object.assign(() => 3, { connect: (slot: Slot) => this.told.connect(slot) });
  }
  tell(text: string): void {
    this.told.emit(text);
  }
  double(): number {
    return 2 * this.number;
  }
  describe(): string {
    return 'a thing';
  }
  sentence(): string {
    return `${this.describe()}.`;
  }
}
/** … and one below it, which the package does not export. */
class HiddenThing extends QThing {
  override double(): number {
    return 3 * this.number;
  }
}

const q = { QThing };
type Test = (all: typeof q) => void | Promise<void>;
const own = (all: typeof q) => {
  class Own extends all.QThing {
    override describe(): string {
      return `my ${super.describe()}`;
    }
  }
  return new Own();
};
const listen = (signal: { connect(slot: Slot): Connection }): string[] => {
  const all: string[] = [];
  signal.connect((text) => void all.push(text));
  return all;
};

async function tried(run: Test, path: string, kind: string): Promise<Outcome[]> {
  const outcomes = [await trial(run, unchanged(q, path))];
  for (const mutant of mutantsOf(q, [QObject, QThing, HiddenThing], path, kind)) outcomes.push(await trial(run, mutant, 50));
  return outcomes;
}

const CAUGHT: readonly [path: string, kind: string, run: Test][] = [
  ['QThing.constructor', 'constructor', (all) => expect(new all.QThing(7).number).toBe(7)],
  ['QThing.Kind', 'enum', (all) => expect(all.QThing.Kind.Plain).toBe(0)],
  ['QThing.Limit', 'static = 30', (all) => expect(all.QThing.Limit).toBe(30)],
  ['QThing.make', 'static', (all) => expect(all.QThing.make()).toBeInstanceOf(all.QThing)],
  ['QThing.double', 'method', (all) => expect(new all.QThing(2).double()).toBe(4)],
  ['QThing.double', 'slot', () => expect(new HiddenThing(2).double()).toBe(6)],
  ['QThing.objectName', 'method', (all) => expect(new all.QThing().objectName()).toBe('')],
  ['QThing.describe', 'virtual', (all) => expect(own(all).sentence()).toBe('my a thing.')],
  [
    'QThing.ready',
    'signal',
    (all) => {
      const thing = new all.QThing();
      const heard = listen(thing.ready);
      thing.tell('now');
      expect(heard).toEqual(['now']);
    },
  ],
  [
    'QThing.ready',
    'signal',
    (all) => {
      const thing = new all.QThing();
      const heard = listen(thing.ready);
      thing.ready.emit('by hand');
      expect(heard).toEqual(['by hand']);
    },
  ],
  [
    'QThing.ready',
    'signal',
    async (all) => {
      const thing = new all.QThing();
      const next = thing.ready.next(); // never comes
      thing.tell('now');
      expect(await next).toEqual(['now']);
    },
  ],
  // a signal that is emitted by calling it
  ['QThing.error', 'signal', (all) => expect(new all.QThing().error()).toBe(3)],
  [
    'QThing.error',
    'signal + method',
    (all) => {
      const thing = new all.QThing();
      const heard = listen(thing.error);
      thing.tell('now');
      expect([thing.error(), ...heard]).toEqual([3, 'now']);
    },
  ],
];

const SURVIVES: readonly [path: string, kind: string, run: Test, mutants: readonly string[]][] = [
  ['QThing.double', 'method', (all) => void new all.QThing(2).double(), ['the method does nothing']],
  ['QThing.constructor', 'constructor', (all) => void new all.QThing(7), ['the constructor drops its arguments']],
  ['QThing.ready', 'signal', (all) => void listen(new all.QThing().ready), ['the signal is never emitted']],
  [
    'QThing.error',
    'signal + method',
    (all) => expect(new all.QThing().error()).toBe(3),
    // the other half of it is tested
    ['the signal is never emitted'],
  ],
  ['QThing.describe', 'virtual', (all) => expect(new all.QThing().sentence()).toBe('a thing.'), ['its override is never called']],
];

describe('members that do nothing', () => {
  test.each(CAUGHT)('%s (%s): a good test fails, and passes again afterwards', async (path, kind, run) => {
    const [healthy, ...mutated] = await tried(run, path, kind);
    expect(healthy).toEqual({ passed: true });
    expect(mutated.map(({ passed }) => passed)).toEqual(['virtual', 'signal + method'].includes(kind) ? [false, false] : [false]);
    await run(q);
  });
  test.each(SURVIVES)('%s (%s): a poor test is reported', async (path, kind, run, mutants) => {
    const [healthy, ...mutated] = await tried(run, path, kind);
    const whats = mutantsOf(q, [], path, kind).map(({ what }) => what);
    const line = { key: path, healthy: healthy!, tried: mutated.map((outcome, i) => ({ what: whats[i]!, ...outcome })) };
    expect(judge([path], [line])).toEqual({
      caught: 0,
      late: 0,
      survivors: [`${path} passes although ${mutants.join(', and although ')}`],
    });
  });
  test('a test that waits for ever has failed', async () => {
    const [mutant] = mutantsOf(q, [], 'QThing.double', 'method');
    expect(await trial(() => new Promise(() => {}), mutant!, 20)).toEqual({
      passed: false,
      why: 'did not end within 20 ms',
      late: true,
    });
  });
  test('a member that cannot be put out of order is no pass', () => {
    const [mutant] = mutantsOf(q, [], 'QThing.number', 'method');
    expect(() => mutant!.install()).toThrow('number is not on the prototype of its class');
    expect(() => mutantsOf(q, [], 'QOther.x', 'method')).toThrow('the package exports no class QOther');
  });
});

describe('judging a run', () => {
  const passed: Outcome = { passed: true };
  const failed = { passed: false, why: 'expected 1 to be 2', late: false } as const;
  const what = 'the method does nothing';
  type Line = Parameters<typeof noticed>[0];
  const line = (key: string, healthy: Outcome, ...tried: Outcome[]): Line => ({
    key,
    healthy,
    tried: tried.map((one) => ({ what, ...one })),
  });

  test.each([
    ['caught', line('Q.a', passed, failed), 1, 0, []],
    ['caught by waiting', line('Q.a', passed, { ...failed, late: true }), 1, 1, []],
    ['stuck in an endless loop', { key: 'Q.a', stuck: true }, 1, 1, []],
    ['one of two mutants survives', line('Q.a', passed, failed, passed), 0, 0, ['Q.a passes although the method does nothing']],
    ['fails anyway', line('Q.a', failed), 0, 0, ['Q.a fails although nothing is changed: expected 1 to be 2']],
    ['no mutant', line('Q.a', passed), 0, 0, ['Q.a has no mutant']],
    ['interrupted', { key: 'Q.a' }, 0, 0, ['Q.a was not tried to its end']],
  ] as const)('%s', (_, one, caught, late, survivors) => {
    expect(judge(['Q.a'], [one])).toEqual({ caught, late, survivors });
  });
  test('members that were not tried', () => {
    expect(judge(['Q.a', 'Q.b', 'Q.c'], [line('Q.a', passed, failed)]).survivors).toEqual([
      '2 members from Q.b on were not tried',
    ]);
  });
  test('says how each was noticed', () => {
    expect(noticed(line('Q.a', passed, failed))).toEqual(['Q.a: the method does nothing → expected 1 to be 2']);
    expect(noticed({ key: 'Q.a', stuck: true })).toEqual(['Q.a: an endless loop']);
  });
});

describe('tables of member tests', () => {
  const table = (...keys: string[]) =>
    `export const x: MemberTests = {\n${keys.map((key) => `  '${key}': (q) => {},\n`).join('')}};\n`;
  const inventory = {
    QThing: { kind: 'class', members: { constructor: 'constructor', double: 'method' } },
    'QThing.Kind': { kind: 'enum', members: { Plain: 0 } },
  };
  const problems = (...keys: string[]) => problemsOf({ 'test/members/qthing.ts': table(...keys) }, inventory);

  test('are read as text', () => {
    const text = table('QThing.constructor', 'QThing.double').replace('{},', "{\n    'QThing.inner': 1,\n  },");
    expect(keysIn(text)).toEqual(['QThing.constructor', 'QThing.double']);
    expect([...testFiles({ 'a.ts': table('QThing.double') })]).toEqual([['QThing.double', 'a.ts']]);
  });
  test.each([
    [['QThing.constructor', 'QThing.double'], []],
    [['QThing.half'], ['test/members/qthing.ts: QThing.half is no member in spec/api-inventory.json']],
    [['QThing.toString'], ['test/members/qthing.ts: QThing.toString is no member in spec/api-inventory.json']],
    [['QThing.double', 'QThing.double'], ['test/members/qthing.ts: QThing.double is there twice']],
    [[], ['test/members/qthing.ts has no tests of members']],
  ])('%j', (keys, expected) => {
    expect(problems(...keys)).toEqual(expected);
  });
  test('have their place', () => {
    expect(problemsOf({ 'test/members/qother.ts': table('QThing.double') }, inventory)).toEqual([
      'test/members/qother.ts: QThing.double belongs into test/members/qthing.ts',
    ]);
  });
});

describe('values of enums', () => {
  const Kind = { Plain: 0, Own: 100_001 };
  const inventory = { 'QThing.Kind': { kind: 'enum', members: { Plain: 0, Own: '>=100000' } } };
  class Flat {
    static readonly Kind = Kind;
    static readonly Plain = 0;
    static readonly Own = 100_001;
  }
  test('another number is noticed', () => {
    expect(unnoticed({ QThing: Flat }, inventory, 'QThing.Kind')).toEqual([]);
    expect(unnoticed({}, inventory, 'QThing.Kind')).toEqual([]);
  });
  test('a value that the comparison leaves to chance is reported', () => {
    const loose = { 'QThing.Kind': { kind: 'enum', members: { Plain: 0, Own: '>=-1000000' } } };
    expect(unnoticed({ QThing: Flat }, loose, 'QThing.Kind')).toEqual(['QThing.Kind.Own']);
  });
});
