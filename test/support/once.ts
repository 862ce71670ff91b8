export { until } from '../../src/testing/server/until.ts';

/** What `once` needs of a signal: something to connect to, and a way back. */
export interface Connectable<A extends unknown[]> {
  connect(slot: (...args: A) => unknown): unknown;
  disconnect(slot: (...args: A) => unknown): unknown;
}

const LIMIT = 5_000;

/** The arguments of the signal's next emission. Fails by name after `limit` milliseconds instead of hanging until the runner gives up. */
export function once<A extends unknown[]>(signal: Connectable<A>, what = 'the signal', limit = LIMIT): Promise<A> {
  return new Promise((resolve, reject) => {
    const slot = (...args: A): void => {
      clearTimeout(timer);
      signal.disconnect(slot);
      resolve(args);
    };
    const timer = setTimeout(() => {
      signal.disconnect(slot);
      reject(new Error(`${what} was not emitted within ${limit} ms`));
    }, limit);
    signal.connect(slot);
  });
}

/** Settles as `promise` does, but fails by name after `limit` milliseconds. */
export function within<T>(promise: Promise<T>, what: string, limit = LIMIT): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} did not happen within ${limit} ms`)), limit);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
