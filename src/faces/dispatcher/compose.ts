import { invalidArgument } from './errors.ts';
import type { DispatchController, DispatchHandler, FieldRecord } from './handlers.ts';
import type { DispatchOptions } from './request.ts';

/** How a request is handed on. A method's type, because undici's own options and handlers are other types of the same shape. */
export type Dispatch = { dispatch(options: DispatchOptions, handler: DispatchHandler): boolean }['dispatch'];

/** Makes a dispatch of a dispatch: logging, retrying, following redirects … as undici's `interceptors` do. */
export type Interceptor = { intercept(dispatch: Dispatch, origin?: never): Dispatch }['intercept'];

/** Interceptors around a dispatch, the last one outermost. Each of them may count on a handler that speaks both generations. */
export function composed(dispatch: Dispatch, interceptors: readonly (Interceptor | null | undefined)[]): Dispatch {
  let outer = dispatch;
  for (const interceptor of interceptors) {
    if (interceptor === null || interceptor === undefined) continue;
    if (typeof interceptor !== 'function')
      throw new TypeError(`invalid interceptor, expected function received ${typeof interceptor}`);
    const inner: unknown = interceptor(outer);
    if (typeof inner !== 'function' || inner.length !== 2) throw new TypeError('invalid interceptor');
    outer = (options, handler) => (inner as Dispatch)(options, bothWays(handler));
  }
  return outer;
}

/** A handler of the older generation that can be spoken to in the words of the newer one, too. */
function bothWays(handler: DispatchHandler): DispatchHandler {
  if (typeof handler !== 'object' || handler === null) throw invalidArgument('handler must be an object');
  return typeof handler.onRequestStart === 'function' ? handler : new BothWays(handler);
}

class BothWays implements DispatchHandler {
  readonly #handler: DispatchHandler;

  constructor(handler: DispatchHandler) {
    this.#handler = handler;
  }

  onConnect(abort: (reason?: Error) => void, context?: unknown): void {
    this.#handler.onConnect?.(abort, context);
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onHeaders(statusCode: number, headers: Buffer[], resume: () => void, statusText: string): boolean | void {
    return this.#handler.onHeaders?.(statusCode, headers, resume, statusText);
  }

  onData(chunk: Buffer): boolean | void {
    return this.#handler.onData?.(chunk);
  }

  onComplete(trailers: Buffer[]): void {
    this.#handler.onComplete?.(trailers);
  }

  onError(error: Error): void {
    if (this.#handler.onError === undefined) throw error;
    this.#handler.onError(error);
  }

  onRequestStart(controller: DispatchController, context: unknown): void {
    this.onConnect((reason) => controller.abort(reason), context);
  }

  onResponseStart(controller: DispatchController, statusCode: number, headers: FieldRecord, statusMessage = ''): void {
    const more = this.onHeaders(statusCode, rawOf(headers), () => controller.resume(), statusMessage);
    if (more === false && statusCode >= 200) controller.pause();
  }

  onResponseData(controller: DispatchController, chunk: Buffer): void {
    if (this.onData(chunk) === false) controller.pause();
  }

  onResponseEnd(_controller: DispatchController, trailers: FieldRecord): void {
    this.onComplete(rawOf(trailers ?? {}));
  }

  onResponseError(_controller: DispatchController, error: Error): void {
    this.onError(error);
  }
}

function rawOf(fields: FieldRecord): Buffer[] {
  const raw: Buffer[] = [];
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) raw.push(Buffer.from(name, 'latin1'), Buffer.from(one, 'latin1'));
  }
  return raw;
}
