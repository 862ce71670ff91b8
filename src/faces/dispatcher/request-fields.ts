import { HeaderList } from '../../base/header-list.ts';
import { isFieldValue, isToken } from '../../rules/field-syntax.ts';
import { invalidArgument, notSupported } from './errors.ts';

/** Header fields in one of the forms that undici takes: name and value in turn, pairs, or an object. */
export type FieldsLike =
  | readonly unknown[]
  | Iterable<readonly [string, unknown]>
  | Readonly<Record<string, unknown>>
  | null
  | undefined;

/** The fields of a request, and what they say to us instead of to the server. */
export interface RequestFields {
  readonly list: HeaderList;
  /** -1 = nothing was said. */
  readonly contentLength: number;
  /** The connection is not to be used again. */
  readonly close: boolean;
}

/** The framing of a message, and the connection under it, are ours to say. */
const OURS: ReadonlySet<string> = new Set(['transfer-encoding', 'keep-alive', 'upgrade']);

/** Reads header fields by undici's rules. Throws an InvalidArgumentError for what cannot be sent, without the value: it may be a secret. */
export function requestFields(headers: FieldsLike): RequestFields {
  const reading = new Reading();
  if (headers === null || headers === undefined) return reading;
  if (typeof headers !== 'object') throw invalidArgument('headers must be an object or an array');
  if (Array.isArray(headers)) {
    if (headers.length % 2 !== 0) throw invalidArgument('headers array must be even');
    for (let i = 0; i < headers.length; i += 2) reading.add(headers[i], headers[i + 1]);
  } else if (Symbol.iterator in headers) {
    for (const pair of headers as Iterable<unknown>) {
      if (!Array.isArray(pair) || pair.length !== 2) throw invalidArgument('headers must be in key-value pair format');
      reading.add(pair[0], pair[1]);
    }
  } else {
    for (const name of Object.keys(headers)) reading.add(name, (headers as Record<string, unknown>)[name]);
  }
  return reading;
}

class Reading implements RequestFields {
  readonly list = new HeaderList();
  contentLength = -1;
  close = false;

  add(name: unknown, value: unknown): void {
    if (value === undefined) return;
    if (typeof name !== 'string' || !isToken(name)) throw invalidArgument('invalid header key');
    const key = name.toLowerCase();
    if (OURS.has(key)) throw invalidArgument(`invalid ${key} header`);
    if (key === 'expect') throw notSupported('expect header not supported; use the option expectContinue');
    if (key === 'content-length') this.length(value);
    else if (key === 'connection') this.connection(value);
    else if (Array.isArray(value) && key !== 'host') for (const one of value) this.list.append(name, textOf(name, one));
    else this.field(name, key, value);
  }

  private field(name: string, key: string, value: unknown): void {
    if (key === 'host' && typeof value !== 'string') throw invalidArgument('invalid host header');
    if (key === 'host' && this.list.has('host')) throw invalidArgument('duplicate host header');
    this.list.append(name, textOf(name, value));
  }

  private length(value: unknown): void {
    if (this.contentLength >= 0) throw invalidArgument('duplicate content-length header');
    const text = String(value);
    const length = /^\d+$/.test(text) ? Number(text) : -1;
    if (!Number.isSafeInteger(length) || length < 0) throw invalidArgument('invalid content-length header');
    this.contentLength = length;
  }

  private connection(value: unknown): void {
    if (typeof value !== 'string') throw invalidArgument('invalid connection header');
    for (const part of value.split(',')) {
      const token = part.trim().toLowerCase();
      if (!isToken(token)) throw invalidArgument('invalid connection header');
      if (token === 'close') this.close = true;
    }
  }
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'object' && value !== null) throw invalidArgument(`invalid ${name} header`);
  const text = value === null ? '' : String(value);
  if (!isFieldValue(text)) throw invalidArgument(`invalid ${name} header`);
  return text;
}
