import type { HeaderList } from '../../base/header-list.ts';
import { isToken } from '../../rules/field-syntax.ts';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * The fields of an answer as the platform's Headers show them, read where they are: making Headers of them would cost more than the
 * request. They cannot be changed, as the standard has it.
 */
export class ReplyHeaders {
  readonly #list: HeaderList;
  #sorted: [string, string][] | null = null;

  constructor(list: HeaderList) {
    this.#list = list;
  }

  get(name: string): string | null {
    return this.#list.combined(checked('get', name)) ?? null;
  }

  has(name: string): boolean {
    return this.#list.has(checked('has', name));
  }

  getSetCookie(): string[] {
    return this.#list.all('set-cookie');
  }

  append(): never {
    throw immutable('append');
  }

  set(): never {
    throw immutable('set');
  }

  delete(): never {
    throw immutable('delete');
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    if (typeof callback !== 'function') throw new TypeError('Headers.forEach expects a function.');
    for (const [name, value] of this.#entries()) callback.call(thisArg, value, name, this as unknown as Headers);
  }

  *entries(): IterableIterator<[string, string]> {
    for (const [name, value] of this.#entries()) yield [name, value];
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.#entries()) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.#entries()) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  [INSPECT](_depth: number, options: object): string {
    const { inspect } = process.getBuiltinModule('node:util');
    const cookies = this.getSetCookie();
    const shown = { ...Object.fromEntries(this.#entries()), ...(cookies.length > 1 ? { 'set-cookie': cookies } : {}) };
    return `Headers ${inspect(shown, options)}`;
  }

  /** By name, each once but Set-Cookie (Fetch, "sort and combine"). */
  #entries(): [string, string][] {
    if (this.#sorted !== null) return this.#sorted;
    const list = this.#list;
    const names = new Set<string>();
    for (let i = 0; i < list.size; i++) names.add(list.nameAt(i).toLowerCase());
    const sorted: [string, string][] = [];
    for (const name of [...names].sort()) {
      if (name === 'set-cookie') for (const value of list.all(name)) sorted.push([name, value]);
      else sorted.push([name, list.combined(name)!]);
    }
    this.#sorted = sorted;
    return sorted;
  }
}

function checked(method: string, name: string): string {
  const text = String(name);
  if (!isToken(text)) throw new TypeError(`Headers.${method}: ${JSON.stringify(text)} is no field name.`);
  return text;
}

function immutable(method: string): TypeError {
  return new TypeError(
    `Headers.${method}: the headers of an answer cannot be changed; make a copy with new Headers(response.headers).`,
  );
}
