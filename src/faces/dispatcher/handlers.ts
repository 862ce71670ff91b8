import type { HeaderList } from '../../base/header-list.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import { errorOf, invalidArgument } from './errors.ts';

/** What a handler may do with its request. */
export interface DispatchController {
  readonly aborted: boolean;
  readonly reason: Error | null;
  readonly paused: boolean;
  /** Head and trailers as they came: name, value, name, value … */
  readonly rawHeaders: Buffer[] | null;
  readonly rawTrailers: Buffer[] | null;
  abort(reason?: unknown): void;
  pause(): void;
  resume(): void;
}

/** Fields as an object: names in lower case, one value or a list of them. */
export type FieldRecord = Record<string, string | string[]>;

/** A handler of undici 7 and 8, which is told its controller with everything. */
export interface DispatchHandler {
  onRequestStart?(controller: DispatchController, context: unknown): void;
  onResponseStarted?(): void;
  onResponseStart?(controller: DispatchController, statusCode: number, headers: FieldRecord, statusMessage?: string): void;
  onResponseData?(controller: DispatchController, chunk: Buffer): void;
  onResponseEnd?(controller: DispatchController, trailers: FieldRecord): void;
  /** A request that could not even begin has no controller: then it is null, as undici has it. */
  onResponseError?(controller: DispatchController, error: Error): void;
  /** A handler of undici 6, and of the built-in fetch of Node.js 20 to 24. */
  onConnect?(abort: (reason?: Error) => void, context?: unknown): void;
  onHeaders?(statusCode: number, headers: Buffer[], resume: () => void, statusText: string): boolean | void;
  onData?(chunk: Buffer): boolean | void;
  onComplete?(trailers: readonly unknown[] | null): void;
  onError?(error: Error): void;
}

/** Who is told what happens to an exchange, in the words of his generation. Pauses are said to the controller. */
export interface Listener {
  start(): void;
  /** The final head will be told next. */
  begun(): void;
  /** The final head, or an interim one. */
  head(head: Head): void;
  data(chunk: Buffer): void;
  end(trailers: HeaderList | null): void;
  error(error: Error): void;
  /** A failure in his words. */
  errorOf(failure: Failure): Error;
}

/** What a listener needs to set on its controller. */
export interface Controls extends DispatchController {
  rawHeaders: Buffer[] | null;
  rawTrailers: Buffer[] | null;
}

/** Whether it is a handler of the newer generation; throws for what is none of either. As undici 7 has it, the newer one goes first. */
export function isNewer(handler: unknown): handler is DispatchHandler {
  if (typeof handler !== 'object' || handler === null) throw invalidArgument('handler must be an object');
  const { onRequestStart, onResponseError, onConnect, onError } = handler as DispatchHandler;
  const newer = typeof onRequestStart === 'function';
  if (newer && typeof onResponseError !== 'function') throw invalidArgument('invalid onResponseError method');
  if (newer) return true;
  if (typeof onConnect !== 'function') throw invalidArgument('invalid onConnect method');
  if (typeof onError !== 'function') throw invalidArgument('invalid onError method');
  return false;
}

/** Tells a handler that its request cannot even be tried. */
export function refuse(handler: DispatchHandler, error: Error): void {
  if (isNewer(handler)) handler.onResponseError!(null as never, error);
  else (handler as DispatchHandler).onError!(error);
}

export function listenerFor(handler: DispatchHandler, controls: Controls): Listener {
  return isNewer(handler) ? new Newer(handler, controls) : new Older(handler, controls);
}

/** What both generations have. */
abstract class Told {
  readonly errorOf = errorOf;
  protected readonly handler: DispatchHandler;
  protected readonly controls: Controls;

  constructor(handler: DispatchHandler, controls: Controls) {
    this.handler = handler;
    this.controls = controls;
  }

  begun(): void {
    this.handler.onResponseStarted?.();
  }
}

/** onRequestStart, onResponseStart … */
class Newer extends Told implements Listener {
  start(): void {
    this.handler.onRequestStart!(this.controls, null);
  }

  head({ status, headers, reason }: Head): void {
    // 100 (Continue) is about the body, which is ours to send
    if (status === 100) return;
    this.controls.rawHeaders = rawFields(headers);
    this.handler.onResponseStart?.(this.controls, status, recordOf(headers), reason);
  }

  data(chunk: Buffer): void {
    this.handler.onResponseData?.(this.controls, chunk);
  }

  end(trailers: HeaderList | null): void {
    this.controls.rawTrailers = trailers === null ? [] : rawFields(trailers);
    this.handler.onResponseEnd?.(this.controls, trailers === null ? {} : recordOf(trailers));
  }

  error(error: Error): void {
    this.handler.onResponseError!(this.controls, error);
  }
}

/** onConnect, onHeaders … where `false` is the wish to pause. */
class Older extends Told implements Listener {
  start(): void {
    const { controls } = this;
    this.handler.onConnect!((reason) => controls.abort(reason), null);
  }

  head({ status, headers, reason }: Head): void {
    if (status === 100) return;
    const { controls } = this;
    const more = this.handler.onHeaders?.(status, rawFields(headers), () => controls.resume(), reason);
    // of an interim head `false` says nothing: no body follows it
    if (more === false && status >= 200) controls.pause();
  }

  data(chunk: Buffer): void {
    if (this.handler.onData?.(chunk) === false) this.controls.pause();
  }

  end(trailers: HeaderList | null): void {
    this.handler.onComplete?.(trailers === null ? [] : rawFields(trailers));
  }

  error(error: Error): void {
    this.handler.onError!(error);
  }
}

function rawFields({ flat }: HeaderList): Buffer[] {
  const raw: Buffer[] = [];
  for (const text of flat) raw.push(Buffer.from(text, 'latin1'));
  return raw;
}

/** One value is text, several are a list. */
function recordOf({ flat }: HeaderList): FieldRecord {
  const record: FieldRecord = {};
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!.toLowerCase();
    const value = flat[i + 1]!;
    const before = Object.hasOwn(record, name) ? record[name]! : null;
    if (before === null) setOwn(record, name, value);
    else if (typeof before === 'string') setOwn(record, name, [before, value]);
    else before.push(value);
  }
  return record;
}

/** `__proto__` is a name like any other. */
function setOwn(record: FieldRecord, name: string, value: string | string[]): void {
  if (name !== '__proto__') record[name] = value;
  else Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}
