import { QNetworkAccessManager } from '../../index.ts';
import { isFieldValue, isToken, tokenProblem } from '../../rules/field-syntax.ts';
import type { DiagnoseOptions } from './diagnosis.ts';

/** Options that make sense. */
export interface Plan {
  /** null = one of our own. */
  readonly manager: QNetworkAccessManager | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
  readonly bodyLimit: number;
  readonly trials: boolean;
  readonly signal: AbortSignal | undefined;
}

const TIMEOUT_MS = 10_000;
const BODY_LIMIT = 1_048_576;

const NAMES: ReadonlySet<string> = new Set(['manager', 'headers', 'timeout', 'bodyLimit', 'trials', 'signal']);

/** Throws a TypeError or RangeError that names the option which cannot be used. */
export function planOf(options: DiagnoseOptions): Plan {
  if (!isObject(options)) throw new TypeError(`diagnose: expects an object of options; got ${String(options)}`);
  const odd = Object.keys(options).find((name) => !NAMES.has(name));
  if (odd !== undefined) throw new TypeError(`diagnose: unknown option "${odd}"; the options are ${[...NAMES].join(', ')}`);
  const { manager = null, headers = {}, timeout = TIMEOUT_MS, bodyLimit = BODY_LIMIT, trials = true, signal } = options;
  if (manager !== null && !(manager instanceof QNetworkAccessManager))
    throw new TypeError('diagnose: manager expects a QNetworkAccessManager');
  if (typeof trials !== 'boolean') throw new TypeError(`diagnose: trials is true or false; got ${String(trials)}`);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('diagnose: signal expects an AbortSignal');
  return {
    manager,
    headers: fieldsOf(headers),
    timeout: whole('timeout', timeout),
    bodyLimit: whole('bodyLimit', bodyLimit),
    trials,
    signal,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** As they go on the wire. A list of pairs, or the Headers of fetch, would be taken for no fields at all. */
function fieldsOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  if (!isObject(headers) || Symbol.iterator in headers)
    throw new TypeError("diagnose: headers expects a plain object, such as { Accept: 'text/html' }");
  const fields = Object.entries(headers).map(([name, value]) => {
    if (!isToken(name)) throw new TypeError(`diagnose: a field of headers cannot be sent: ${tokenProblem(name)}`);
    if (typeof value !== 'string') throw new TypeError(`diagnose: the value of ${name} in headers is no text`);
    // UTF-8, as for the fields of a request; one character an octet
    const text = Buffer.from(value).toString('latin1');
    if (!isFieldValue(text))
      throw new TypeError(`diagnose: the value of ${name} in headers cannot be sent: it has control characters`);
    return [name, text];
  });
  return Object.fromEntries(fields);
}

function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`diagnose: ${name} is a whole number from 1; got ${String(value)}`);
}
