import { EventEmitter } from 'node:events';
import type { Door } from '../../contract/door.ts';
import type { Failure } from '../../contract/failure.ts';
import { composed, type Dispatch, type Interceptor } from './compose.ts';
import { closed, destroyed, invalidArgument, notSupported } from './errors.ts';
import { Exchange, type ExchangeOwner } from './exchange.ts';
import { type Controls, type DispatchHandler, isNewer, type Listener, listenerFor, refuse } from './handlers.ts';
import { installGlobally } from './install.ts';
import { askOf, type DispatchOptions } from './request.ts';
import { type DispatcherOptions, Settings } from './settings.ts';

type Callback = (error: Error | null, data: null) => void;

/** What a dispatcher runs on. */
export interface DispatcherParts {
  readonly door: Door;
  readonly options: DispatcherOptions;
  /** Called once, when nothing runs any more: for an engine that nobody else has. */
  readonly release: () => Promise<void>;
}

/** How other doors have a dispatcher carry their requests. */
export const CARRY: unique symbol = Symbol('carry');

const composedOnes = new WeakSet<Dispatcher>();

/** It has interceptors, which hear of nothing but `dispatch`. */
export function isComposed(dispatcher: Dispatcher): boolean {
  return composedOnes.has(dispatcher);
}

/** Failures of requests that had a connection, and of those that had none. */
const CONNECTED: ReadonlySet<string> = new Set(['send', 'wait', 'receive']);

/**
 * Carries the requests of undici, and of Node's built-in fetch, over the engine of a manager: see `createDispatcher`.
 *
 * Events, with an origin as URL: `connect` (a request goes out over a new connection), `connectionError` (none could be made), `disconnect`
 * (one was lost under a request) and `drain` (nothing runs any more).
 */
export class Dispatcher extends EventEmitter {
  readonly #running = new Set<Exchange>();
  readonly #door: Door;
  readonly #settings: Settings;
  readonly #release: () => Promise<void>;
  #end: Promise<void> | null = null;
  #idle: (() => void) | null = null;
  #destroyed = false;
  #uninstall: (() => void) | null = null;

  constructor({ door, options, release }: DispatcherParts) {
    super();
    this.#door = door;
    this.#settings = new Settings(door, options);
    this.#release = release;
  }

  /** `close` or `destroy` was called: nothing more is taken. */
  get closed(): boolean {
    return this.#end !== null;
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  /**
   * Sends a request and tells its handler, one of either generation, what happens. What cannot be sent is told to the handler, too. True = more
   * may follow at once, which is always so: requests wait in the pool.
   */
  dispatch(options: DispatchOptions, handler: DispatchHandler): boolean {
    isNewer(handler);
    try {
      this[CARRY](options, (controls) => listenerFor(handler, controls));
    } catch (error) {
      refuse(handler, error as Error);
      return false;
    }
    return true;
  }

  /** @internal The same for another listener. Throws undici's errors for what cannot be sent. */
  [CARRY](options: DispatchOptions, listen: (controls: Controls) => Listener): void {
    if (this.#destroyed) throw destroyed();
    if (this.closed) throw closed();
    const ask = askOf(options, this.#settings);
    const exchange = new Exchange(this.#owner, listen, this.#door, ask, options.body);
    this.#running.add(exchange);
    exchange.begin();
  }

  readonly #owner: ExchangeOwner = (() => {
    const house = this;
    return {
      get tellsConnections() {
        return house.listenerCount('connect') > 0;
      },
      connected: (origin) => house.#tell('connect', new URL(origin), [house]),
      over: (exchange, failure, error) => house.#over(exchange, failure, error),
    };
  })();

  #over(exchange: Exchange, failure: Failure | null, error: Error | null): void {
    this.#running.delete(exchange);
    if (failure !== null) {
      const event = CONNECTED.has(failure.phase) ? 'disconnect' : 'connectionError';
      if (this.listenerCount(event) > 0) this.#tell(event, new URL(exchange.origin), [this], error);
    }
    if (this.#running.size > 0) return;
    if (this.listenerCount('drain') > 0) this.#tell('drain', new URL(exchange.origin));
    this.#idle?.();
  }

  /** What a listener throws is nobody's here: the handler of the request is still to be told. */
  #tell(event: string, ...facts: unknown[]): void {
    try {
      this.emit(event, ...facts);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  /** The same dispatcher with interceptors around `dispatch`, those of undici 6, 7 and 8 for instance; the last one is outermost. */
  compose(...interceptors: readonly (Interceptor | null | undefined | readonly Interceptor[])[]): this {
    const list = (Array.isArray(interceptors[0]) ? interceptors[0] : interceptors) as readonly Interceptor[];
    const inner: Dispatch = (options, handler) => this.dispatch(options, handler);
    const dispatch = composed(inner, list);
    const outer: this = new Proxy(this, {
      get: (target, key) => {
        if (key === 'dispatch') return dispatch;
        if (key === 'install') return () => target.#install(outer);
        const value: unknown = Reflect.get(target, key, target);
        // what is private is the target's, while composing once more begins with what is composed here
        return typeof value === 'function' && key !== 'compose' ? value.bind(target) : value;
      },
    });
    composedOnes.add(outer);
    return outer;
  }

  /** Takes nothing more and ends when what runs has ended. A manager that was given stays open. */
  close(): Promise<void>;
  close(callback: Callback): void;
  close(callback?: Callback): Promise<void> | void {
    if (callback !== undefined) return called(callback, this.close());
    this.#end ??= this.#drained().then(() => this.#finish());
    return this.#end;
  }

  /** The same, and what runs ends with this error at once; without one, with ClientDestroyedError. */
  destroy(): Promise<void>;
  destroy(error: Error | null): Promise<void>;
  destroy(callback: Callback): void;
  destroy(error: Error | null, callback: Callback): void;
  destroy(error?: Error | null | Callback, callback?: Callback): Promise<void> | void {
    if (typeof error === 'function') return this.destroy(null, error);
    if (callback !== undefined) return called(callback, this.destroy(error ?? null));
    const end = this.close();
    this.#destroyed = true;
    for (const exchange of [...this.#running]) exchange.abort(error ?? destroyed());
    return end;
  }

  // Of undici's own dispatchers; here for their types, because undici's functions need none of them.

  /** Throws: call `undici.request(url, { dispatcher })`. */
  request(..._arguments: never[]): never {
    return elsewhere('request');
  }

  /** Throws: call `undici.stream(url, { dispatcher }, factory)`. */
  stream(..._arguments: never[]): never {
    return elsewhere('stream');
  }

  /** Throws: call `undici.pipeline(url, { dispatcher }, handler)`. */
  pipeline(..._arguments: never[]): never {
    return elsewhere('pipeline');
  }

  /** Throws: tunnels are not dispatched. */
  connect(..._arguments: never[]): never {
    throw notSupported('this dispatcher opens no tunnels for others: use a dispatcher of undici for CONNECT');
  }

  /** Throws: nothing is upgraded. */
  upgrade(..._arguments: never[]): never {
    throw notSupported('this dispatcher upgrades no connections: use a dispatcher of undici for that');
  }

  override listeners(event: string | symbol): (() => void)[] {
    return super.listeners(event) as (() => void)[];
  }

  override rawListeners(event: string | symbol): (() => void)[] {
    return super.rawListeners(event) as (() => void)[];
  }

  #drained(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  async #finish(): Promise<void> {
    this.#destroyed = true;
    this.#uninstall?.();
    await this.#release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.destroy();
  }

  /**
   * Makes it the dispatcher of everybody in this process who names none: the global `fetch`, and every copy of undici that is loaded by now. The
   * function returned gives back what was there, as closing does. Throws when it is installed already.
   */
  install(): () => void {
    return this.#install(this);
  }

  #install(whole: this): () => void {
    if (this.closed) throw closed();
    if (this.#uninstall !== null)
      throw invalidArgument('this dispatcher is installed already; call what install() has returned first');
    const back = installGlobally(whole);
    this.#uninstall = () => {
      this.#uninstall = null;
      back();
    };
    return () => this.#uninstall?.();
  }
}

function elsewhere(name: string): never {
  throw notSupported(`this dispatcher has no ${name}() of its own: call undici.${name}(url, { dispatcher }) instead`);
}

function called(callback: Callback, end: Promise<void>): void {
  if (typeof callback !== 'function') throw invalidArgument('invalid callback');
  end.then(
    () => callback(null, null),
    (error: Error) => callback(error, null),
  );
}
