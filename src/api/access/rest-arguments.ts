import type { BodySource } from '../bridge/body-source.ts';
import { QJsonDocument } from '../core/qjsondocument.ts';
import type { QRestReply } from './qrestreply.ts';
import { isRequestOptions, type RequestOptions } from './request-options.ts';

/** Called once, when a reply has finished. */
export type RestCallback = (reply: QRestReply) => unknown;

/** What is sent as JSON: an object without a class, an array, a Map (as an object), a document. */
export type RestJson =
  | QJsonDocument
  | ReadonlyMap<string, unknown>
  | readonly unknown[]
  // biome-ignore lint/suspicious/noExplicitAny: only so are objects accepted whose type is an interface
  | Readonly<Record<string, any>>;

/** What a call of QRestAccessManager comes to; JSON has become an option. */
export interface RestCall {
  readonly data: BodySource | null;
  readonly options: RequestOptions | undefined;
  readonly context: object | null;
  readonly callback: RestCallback | null;
}

/** Whether a body is the first argument always, never, or only where nothing else fits. */
export type TakesData = 'always' | 'never' | 'perhaps';

/** Sorts what stands behind the request. Throws a TypeError, in the name of `where`, for what cannot be sorted. */
export function restCall(where: string, takes: TakesData, given: readonly unknown[]): RestCall {
  let count = given.length;
  while (count > 0 && given[count - 1] === undefined) count--;
  const args = given.slice(0, count);
  const hasData = takes === 'always' || (takes === 'perhaps' && !isTail(args));
  const data = hasData ? (args[0] ?? null) : null;
  const [first, second, ...more] = hasData ? args.slice(1) : args;
  if (more.length > 0) throw new TypeError(`${where}: too many arguments; ${WAY_OUT}`);
  let options: RequestOptions | undefined;
  let context: object | null = null;
  let callback: unknown = null;
  if (second !== undefined) {
    context = checkedContext(first, where);
    callback = second;
  } else if (isRequestOptions(first)) options = first;
  else callback = first ?? null;
  if (callback !== null && typeof callback !== 'function')
    throw new TypeError(`${where}: a callback is a function; got ${kindOf(callback)}. ${WAY_OUT}`);
  if (isJson(data)) {
    options = withJson(data, options, where);
    return { data: null, options, context, callback: callback as RestCallback | null };
  }
  return { data: data as BodySource | null, options, context, callback: callback as RestCallback | null };
}

const WAY_OUT =
  'Behind the request come its body, if it has one, and then either options, or a context object or null and a callback.';

/** True for what comes behind a body: options, a callback, or a context and a callback. */
function isTail(args: readonly unknown[]): boolean {
  const [first, second] = args;
  if (args.length === 2) return typeof second === 'function';
  return args.length === 0 || (args.length === 1 && (typeof first === 'function' || isPlain(first)));
}

/** Whose method the callback is. What looks like data was meant as data, and would be lost without a word. */
function checkedContext(context: unknown, where: string): object | null {
  if (context === null || context === undefined) return null;
  if (typeof context === 'object' && !isJson(context) && !(context instanceof Uint8Array)) return context;
  throw new TypeError(
    `${where}: a context is the object that the callback works for, or null; got ${kindOf(context)}. ${WAY_OUT}`,
  );
}

function isJson(data: unknown): data is RestJson {
  return Array.isArray(data) || data instanceof Map || data instanceof QJsonDocument || isPlain(data);
}

/** An object without a class. One that can be iterated is a body of pieces. */
function isPlain(x: unknown): boolean {
  return isRequestOptions(x) && !(Symbol.iterator in x) && !(Symbol.asyncIterator in x);
}

function withJson(json: RestJson, options: RequestOptions | undefined, where: string): RequestOptions {
  if (options?.json !== undefined) throw new TypeError(`${where}: give either data or the option json, not both.`);
  if (json instanceof QJsonDocument && json.isNull())
    throw new TypeError(`${where}: the QJsonDocument is null; look at isNull() before it is sent.`);
  return { ...options, json };
}

function kindOf(x: unknown): string {
  if (Array.isArray(x)) return 'an array';
  return typeof x === 'object' ? (isPlain(x) ? 'a plain object' : `a ${x?.constructor.name}`) : `a ${typeof x}`;
}
