import { QUrl } from '../core/qurl.ts';

/** What JSON has no word for, under a name that says what it was. */
const DATE = '$date';
const BYTES = '$bytes';
const URL_ = '$url';

/** The value of an attribute as text for a store; null for one that cannot be kept, such as a function or an object of a class. */
export function attributeText(value: unknown): string | null {
  try {
    return JSON.stringify(plain(value));
  } catch {
    return null;
  }
}

/** The value again; undefined for a text that is none. */
export function attributeValue(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => revived(value)) as unknown;
  } catch {
    return undefined;
  }
}

function plain(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'object':
      return value === null ? null : plainObject(value);
  }
  throw new TypeError('no word for it');
}

function plainObject(value: object): unknown {
  if (value instanceof Date) return { [DATE]: value.getTime() };
  if (value instanceof QUrl) return { [URL_]: value.toEncoded().toString('latin1') };
  if (value instanceof Uint8Array) return { [BYTES]: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(plain);
  const { prototype } = Object;
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind !== prototype && kind !== null) throw new TypeError('no word for it');
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [[name, one] = [], ...others] = Object.entries(value);
  if (others.length > 0) return value;
  if (name === DATE && typeof one === 'number') return new Date(one);
  if (name === URL_ && typeof one === 'string') return QUrl.fromEncoded(one);
  if (name === BYTES && typeof one === 'string') return Buffer.from(one, 'base64');
  return value;
}
