import type { Clock } from '../../contract/clock.ts';

/** What a promise comes to, unless a signal says so before: not everything that is waited for can be ended. */
export function unlessAborted<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** What a promise comes to within so many milliseconds, else `otherwise`: a factory of the program may never answer. */
export function within<T>(clock: Clock, milliseconds: number, promise: Promise<T>, otherwise: T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(milliseconds, () => resolve(otherwise), true);
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}
