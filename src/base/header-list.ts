/**
 * An ordered list of header fields. Names keep the case they came with and are compared without it; values are Latin-1 text,
 * one character an octet. Kept as one flat array because heads are built and read far more often than they are searched.
 */
export class HeaderList {
  /** name, value, name, value … */
  readonly flat: string[];

  constructor(flat: string[] = []) {
    this.flat = flat;
  }

  get size(): number {
    return this.flat.length >> 1;
  }

  copy(): HeaderList {
    return new HeaderList(this.flat.slice());
  }

  nameAt(i: number): string {
    return this.flat[2 * i]!;
  }

  valueAt(i: number): string {
    return this.flat[2 * i + 1]!;
  }

  append(name: string, value: string): void {
    this.flat.push(name, value);
  }

  /** Position of the first field of this name at or after `from`, or -1. */
  indexOf(name: string, from = 0): number {
    const flat = this.flat;
    for (let i = 2 * from; i < flat.length; i += 2) if (sameName(flat[i]!, name)) return i >> 1;
    return -1;
  }

  has(name: string): boolean {
    return this.indexOf(name) >= 0;
  }

  /** The first value, or undefined. */
  get(name: string): string | undefined {
    const i = this.indexOf(name);
    return i < 0 ? undefined : this.flat[2 * i + 1];
  }

  /** All values of this name in order. */
  all(name: string): string[] {
    const found: string[] = [];
    for (let i = this.indexOf(name); i >= 0; i = this.indexOf(name, i + 1)) found.push(this.flat[2 * i + 1]!);
    return found;
  }

  /** All values joined by a comma, or undefined (RFC 9110 5.3). Not for Set-Cookie. */
  combined(name: string): string | undefined {
    const first = this.indexOf(name);
    if (first < 0) return undefined;
    if (this.indexOf(name, first + 1) < 0) return this.flat[2 * first + 1];
    return this.all(name).join(', ');
  }

  /** Replaces the first field of this name where it stands and removes the others; appends when there is none. */
  set(name: string, value: string): void {
    const i = this.indexOf(name);
    if (i < 0) {
      this.flat.push(name, value);
      return;
    }
    this.flat[2 * i] = name;
    this.flat[2 * i + 1] = value;
    for (let j = this.indexOf(name, i + 1); j >= 0; j = this.indexOf(name, j)) this.flat.splice(2 * j, 2);
  }

  removeAt(i: number): void {
    this.flat.splice(2 * i, 2);
  }

  remove(name: string): void {
    for (let i = this.indexOf(name); i >= 0; i = this.indexOf(name, i)) this.flat.splice(2 * i, 2);
  }
}

/** Compares two field names without regard to ASCII case, without making lower-case copies. */
export function sameName(a: string, b: string): boolean {
  if (a === b) return true;
  const n = a.length;
  if (n !== b.length) return false;
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const lower = x | 32;
    if (lower !== (y | 32) || lower < 97 || lower > 122) return false;
  }
  return true;
}
