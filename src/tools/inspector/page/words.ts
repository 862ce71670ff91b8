// Values as people read them.

/** Microseconds. */
export function duration(microseconds: number): string {
  const ms = microseconds / 1000;
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** An even number of microseconds, as short as it can be said. */
export function even(microseconds: number): string {
  const ms = microseconds / 1000;
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  for (const [size, name] of SIZES) {
    const value = count / size;
    if (value >= 0.9995 || size === 1000) return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${name}`;
  }
  return `${count} B`;
}

const SIZES = [
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
] as const;

export function many(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : more}`;
}

/** `14:03:21.250`. */
export function clockTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${rest}`;
}
