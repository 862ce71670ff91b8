import { QByteArray } from './qbytearray.ts';

/**
 * A value as compact JSON, the one way in which the package writes it: a Map becomes an object and bytes become UTF-8 text, as Qt
 * has it for QVariantMap and QByteArray; everything else as `JSON.stringify` does. Throws a TypeError for what JSON cannot
 * express.
 */
export function jsonText(value: unknown, where: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, variant);
  } catch (cause) {
    throw new TypeError(`${where}: the value cannot be written as JSON.`, { cause });
  }
  if (text === undefined) throw new TypeError(`${where}: a ${typeof value} cannot be written as JSON.`);
  return text;
}

/** Looks at the value itself: a Buffer's own `toJSON` has already been called for the argument. */
function variant(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const given = this[key];
  if (given instanceof Map) return Object.fromEntries(given);
  if (given instanceof QByteArray) return given.toString();
  if (given instanceof Uint8Array) return Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('utf8');
  return value;
}
