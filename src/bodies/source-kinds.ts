import type { BodyReader } from '../contract/body.ts';
import { type Failure, failure } from '../contract/failure.ts';
import { isFieldValue } from '../rules/field-syntax.ts';

/** What a program gave as a body, told apart by its shape: streams of other libraries and other realms count too. */

type NodeStream = NodeJS.ReadableStream & {
  destroy?(): void;
  readonly destroyed?: boolean;
  readonly readableEnded?: boolean;
  readonly errored?: unknown;
};

export function isNodeStream(x: unknown): x is NodeStream {
  return isObject(x) && typeof x['pipe'] === 'function' && typeof x['on'] === 'function';
}

export function isWebStream(x: unknown): x is ReadableStream<Uint8Array> {
  return isObject(x) && typeof x['getReader'] === 'function' && typeof x['cancel'] === 'function';
}

export function isBlob(x: unknown): x is Blob {
  return isObject(x) && typeof x['stream'] === 'function' && typeof x['size'] === 'number';
}

/** The media type of a Blob; '' for none. The platform's has no line breaks in it; one of another library may bring fields along. */
export function blobType({ type }: Blob): string {
  return typeof type === 'string' && isFieldValue(type) ? type : '';
}

export function isFormData(x: unknown): x is FormData {
  // the package form-data calls itself so, too, and is a stream
  return isObject(x) && Symbol.iterator in x && (x as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'FormData';
}

export function isIterable(x: unknown): boolean {
  return isObject(x) && (Symbol.asyncIterator in x || Symbol.iterator in x);
}

/** Can be gone through once only, as what a generator function gives. */
export function isIterator(x: unknown): x is object {
  return isObject(x) && typeof x['next'] === 'function';
}

function isObject(x: unknown): x is Record<string, unknown> {
  return typeof x === 'object' && x !== null;
}

const SPENT = 'was read or sent before; give a function that makes a new one for each request';

const spent = new WeakSet<object>();
const failed = new WeakMap<object, { readonly error: unknown }>();

/** Marks a source that can be read once. Throws when that has happened. */
export function spend<T extends object>(source: T): T {
  if (spent.has(source)) throw new TypeError(`the stream ${SPENT}`);
  spent.add(source);
  return source;
}

/** What is wrong with a source that can be read once, '' when it can still be sent. */
export function spentText(source: unknown): string {
  if (!isObject(source)) return '';
  if (spent.has(source)) return `the body ${SPENT}`;
  if (isNodeStream(source)) {
    const over = source.readableEnded === true || (source.destroyed === true && errorOfStream(source) === null);
    return over ? `the stream ${SPENT}` : '';
  }
  if (!isWebStream(source)) return '';
  if (source.locked) return 'the stream has a reader already; release it, or give a function that makes a new one';
  const { isDisturbed, isReadable } = process.getBuiltinModule('node:stream') as unknown as WebStreamFacts;
  return isDisturbed(source) && isReadable(source) === false ? `the stream ${SPENT}` : '';
}

/** Node's look into streams of both kinds. */
interface WebStreamFacts {
  isDisturbed(stream: unknown): boolean;
  isReadable(stream: unknown): boolean | null;
}

/** A stream may fail before its request has a connection: without a listener that would end the process. */
export function guardStream(stream: NodeStream): void {
  if (failed.has(stream)) return;
  stream.on('error', (error: unknown) => failed.set(stream, { error }));
}

/** What the stream failed of, null when it did not. */
export function errorOfStream(stream: NodeStream): { readonly error: unknown } | null {
  return stream.errored != null ? { error: stream.errored } : (failed.get(stream) ?? null);
}

/** The failure of whatever the program gave as a body. */
export function sourceFailure(error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  return failure('upload', 'send', `the body source failed: ${text}`, { cause: error });
}

/** Nothing comes but this failure. */
export function brokenReader(problem: Failure): BodyReader {
  return { failure: problem, pull: () => null, close() {} };
}
