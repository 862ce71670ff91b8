/** A table of names and numbers that can be read both ways, as TypeScript's own enums: `E.Name` is the number, `E[5]` its name. */
export type Enum<T extends Readonly<Record<string, number>>> = Readonly<T> &
  NamesByNumber<T> & { readonly [value: number]: keyof T & string };

/** Numbers back to names; a number with aliases is typed as the union of its names. */
type NamesByNumber<T extends Readonly<Record<string, number>>> = { readonly [N in keyof T & string as T[N]]: N };

/** Type of the values of an enum: `type Priority = EnumValue<typeof Priority>`. */
export type EnumValue<E> = Extract<E[keyof E & string], number>;

/** Names and numbers of an enum without the way back. */
type Values<E> = { readonly [N in keyof E & string as E[N] extends number ? N : never]: E[N] };

type Merge<U> = (U extends unknown ? (u: U) => void : never) extends (u: infer I) => void ? I : never;

type EnumTable = Readonly<Record<string, object>>;

/** What a class gains from a table of enums: each enum under its name, and all their values beside. */
export type EnumStatics<T extends EnumTable> = { readonly [N in keyof T]: T[N] } & Merge<
  { [N in keyof T]: Values<T[N]> }[keyof T]
>;

type Constructor = abstract new (...args: never[]) => object;

/**
 * Makes an enum. Where several names share a number the first one is what the number reads back as. `Object.keys` gives the names
 * only; the result is frozen.
 */
export function makeEnum<const T extends Readonly<Record<string, number>>>(table: T): Enum<T> {
  const result: Record<string, unknown> = { ...table };
  for (const name of Object.keys(table)) {
    const number = String(table[name]);
    if (!Object.hasOwn(result, number)) Object.defineProperty(result, number, { value: name });
  }
  return Object.freeze(result) as Enum<T>;
}

/**
 * Base class that carries enums as statics, so that both spellings work: `QIODevice.OpenModeFlag.ReadOnly` (PySide6) and
 * `QIODevice.ReadOnly` (PyQt4).
 *
 *     class QIODevice extends withEnums(QObject, { OpenModeFlag }) {}
 *     class QNetworkRequest extends withEnums({ Attribute, Priority }) {}
 */
export function withEnums<B extends Constructor, T extends EnumTable>(base: B, enums: T): B & EnumStatics<T>;
export function withEnums<T extends EnumTable>(enums: T): (new () => object) & EnumStatics<T>;
export function withEnums(first: Constructor | EnumTable, second?: EnumTable): unknown {
  if (typeof first !== 'function') return flatten(class {}, first as EnumTable);
  const Base = first as new (...args: unknown[]) => object;
  const Carrier = class extends Base {};
  Object.defineProperty(Carrier, 'name', { value: Base.name });
  return flatten(Carrier, second!);
}

/** Puts enums and their values on a class as statics. Throws when two enums give one name different numbers. */
export function flatten<C extends object, T extends EnumTable>(target: C, enums: T): C & EnumStatics<T> {
  const statics = target as Record<string, unknown>;
  for (const [name, values] of Object.entries(enums)) {
    define(statics, name, values);
    for (const [key, value] of Object.entries(values)) define(statics, key, value);
  }
  return target as C & EnumStatics<T>;
}

function define(statics: Record<string, unknown>, name: string, value: unknown): void {
  if (Object.hasOwn(statics, name) && statics[name] !== value) {
    throw new Error(`Enum value ${name} is declared twice with different values: ${String(statics[name])} and ${String(value)}`);
  }
  Object.defineProperty(statics, name, { value, enumerable: true });
}
