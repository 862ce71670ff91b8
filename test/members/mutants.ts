import { Signal, type SignalOwner } from '../../src/api/core/signal.ts';

// biome-ignore lint/suspicious/noExplicitAny: classes of every shape
type AnyClass = abstract new (...args: any[]) => object;
type Package = Readonly<Record<string, unknown>>;
type Test<P> = (q: P) => void | Promise<void>;

/** One way to put a member out of order. */
export interface Mutant<P> {
  /** The rest of the sentence "the test passes although …". */
  readonly what: string;
  /** Puts it out of order and gives the package to test with. */
  install(): Installed<P>;
}

interface Installed<P> {
  readonly q: P;
  restore(): void;
}

export type Outcome = { readonly passed: true } | { readonly passed: false; readonly why: string; readonly late: boolean };

/** What changes for somebody who takes a class from the package. Its prototype stays, and so do all objects of the class. */
interface Disguise {
  readonly statics?: Readonly<Record<string, unknown>>;
  /** What becomes of the constructor's arguments; `made` is the class of the object. */
  readonly construct?: (args: unknown[], made: AnyClass) => unknown[];
}

/** The package with nothing changed, seen through the same glass as the mutants of a class: tests have to pass here. */
export function unchanged<P extends Package>(q: P, path: string): Mutant<P> {
  const { owner, name } = find(q, path);
  return { what: 'nothing is changed', install: () => ({ q: dressed(q, name, owner, {}), restore() {} }) };
}

/**
 * The ways in which a member can do nothing. `kind` is what the inventory says; `family` are all classes whose overrides have to be
 * put out of order too.
 */
export function mutantsOf<P extends Package>(q: P, family: readonly AnyClass[], path: string, kind: string): Mutant<P>[] {
  const { owner, name, member } = find(q, path);
  const disguise = (what: string, changes: Disguise): Mutant<P> => ({
    what,
    install: () => ({ q: dressed(q, name, owner, changes), restore() {} }),
  });
  const patch = (what: string, change: Change): Mutant<P> => ({
    what,
    install: () => ({ q, restore: patched(owner, family, member, change) }),
  });
  const [sort] = kind.split(' = ');
  if (sort === 'constructor') return [disguise('the constructor drops its arguments', { construct: () => [] })];
  if (sort === 'enum') return [disguise('the enum is missing', { statics: { [member]: undefined } })];
  if (sort === 'static') {
    const nothing = kind === 'static' ? () => undefined : undefined;
    return [disguise('the static gives nothing', { statics: { [member]: nothing } })];
  }
  if (sort === 'signal') return [patch('the signal is never emitted', silent(false))];
  if (sort === 'signal + method')
    return [patch('the method does nothing', mute), patch('the signal is never emitted', silent(true))];
  const nothing = patch('the method does nothing', idle);
  return sort === 'virtual' ? [nothing, disguise('its override is never called', overridesIgnored(owner, member))] : [nothing];
}

/** Runs a test of a member on a mutant. A test that does not end within `limit` milliseconds did not pass. */
export async function trial<P>(test: Test<P>, mutant: Mutant<P>, limit = 2_000): Promise<Outcome> {
  const { q, restore } = mutant.install();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ passed: false, why: `did not end within ${limit} ms`, late: true }), limit);
  });
  const run = async (): Promise<Outcome> => {
    try {
      await test(q);
      return { passed: true };
    } catch (error) {
      return { passed: false, why: firstLine(error), late: false };
    }
  };
  const outcome = await Promise.race([run(), late]);
  clearTimeout(timer);
  restore();
  // what the mutant left behind comes to its end in the package as it should be
  for (let i = 0; i < 3; i++) await new Promise<void>((next) => setImmediate(next));
  return outcome;
}

// ---- on prototypes

type Change = (found: PropertyDescriptor) => PropertyDescriptor;

/** Changes a member in its class and wherever a class below defines it again; gives the way back. */
function patched(owner: AnyClass, family: readonly AnyClass[], member: string, change: Change): () => void {
  const undo: (() => void)[] = [];
  const below = family.filter((one) => one.prototype instanceof owner);
  for (const { prototype } of [owner, ...below] as { prototype: object }[]) {
    const own = Object.getOwnPropertyDescriptor(prototype, member);
    if (own === undefined && prototype !== owner.prototype) continue;
    Object.defineProperty(prototype, member, { ...change(own ?? inherited(prototype, member)), configurable: true });
    undo.push(() => {
      if (own === undefined) Reflect.deleteProperty(prototype, member);
      else Object.defineProperty(prototype, member, own);
    });
  }
  return () => {
    for (const one of undo) one();
  };
}

function inherited(prototype: object, member: string): PropertyDescriptor {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, member);
    if (found !== undefined) return found;
  }
  throw new Error(`${member} is not on the prototype of its class; test/members/mutants.ts cannot put it out of order yet`);
}

const idle: Change = (found) =>
  found.get === undefined ? { value: () => undefined, writable: true } : { get: () => () => undefined };

/** A signal that takes connections and is never emitted. */
class Silent extends Signal<unknown[]> {
  override emit(): void {}
  override ask(_args: unknown[], done: () => void): void {
    done();
  }
}

/** A signal that can be called stays so; then the call does nothing, or `answers` as before. */
const silent =
  (answers: boolean): Change =>
  (found) => {
    const made = new WeakMap<object, Silent>();
    return {
      get(this: SignalOwner) {
        const signal = made.get(this) ?? new Silent(this);
        made.set(this, signal);
        const before: unknown = found.get === undefined ? found.value : Reflect.apply(found.get, this, []);
        if (typeof before !== 'function') return signal;
        return new Proxy(before, {
          get: (_, key) => partOf(signal, key),
          ...(answers ? {} : { apply: () => undefined }),
        });
      },
    };
  };

function partOf(signal: Silent, key: string | symbol): unknown {
  const part: unknown = Reflect.get(signal, key);
  return typeof part === 'function' ? part.bind(signal) : part;
}

/** What Qt 4 gave one name: the signal works, and the method does nothing. */
const mute: Change = (found) => ({
  get(this: object) {
    return new Proxy(Reflect.apply(found.get!, this, []) as () => unknown, { apply: () => undefined });
  },
});

// ---- on classes

/** The package with one class in disguise. */
function dressed<P extends Package>(q: P, name: string, owner: AnyClass, { statics = {}, construct }: Disguise): P {
  const face = new Proxy(nobody, {
    construct: (_, args: unknown[], made) => Reflect.construct(owner, construct?.(args, made as AnyClass) ?? args, made),
    get: (_, key) => (typeof key === 'string' && Object.hasOwn(statics, key) ? statics[key] : Reflect.get(owner, key)),
    has: (_, key) => Reflect.has(owner, key),
  });
  return { ...q, [name]: face };
}

/** A function can be constructed and, other than a class, lets a proxy say what its prototype is. */
function nobody(): void {}

/**
 * A virtual function whose override is never called: those that the test's own subclasses bring along do nothing. So the test of a
 * virtual function has to bring one along.
 */
function overridesIgnored(owner: AnyClass, member: string): Disguise {
  return {
    construct(args, made) {
      let at = made.prototype as object | null;
      for (; at !== null && at !== owner.prototype; at = Object.getPrototypeOf(at) as object | null) {
        if (Object.hasOwn(at, member)) Object.defineProperty(at, member, { value: () => undefined, configurable: true });
      }
      return args;
    },
  };
}

// ---- helpers

function find(q: Package, path: string): { owner: AnyClass; name: string; member: string } {
  const [name = '', member = ''] = path.split('.');
  const owner = q[name];
  if (typeof owner !== 'function') throw new Error(`${path}: the package exports no class ${name}`);
  return { owner: owner as unknown as AnyClass, name, member };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split('\n')[0] ?? '';
}
