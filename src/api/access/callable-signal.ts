import type { Connection, Signal } from '../core/signal.ts';

/** A method and a signal of one name, as Qt 4 had them: called it answers, with `connect` and its kin it is the signal. */
export type CallableSignal<R, A extends unknown[]> = (() => R) &
  Pick<Signal<A>, 'connect' | 'disconnect' | 'once' | 'emit' | 'next' | 'size'>;

/** Joins the two; the signal itself is made when somebody connects. */
export function callableSignal<R, A extends unknown[]>(answer: () => R, signal: () => Signal<A>): CallableSignal<R, A> {
  const face = () => answer();
  const methods: Pick<Signal<A>, 'connect' | 'disconnect' | 'once' | 'emit' | 'next'> = {
    connect: (...args: unknown[]): Connection => (signal().connect as (...a: unknown[]) => Connection).apply(signal(), args),
    disconnect: (...args: unknown[]): boolean => (signal().disconnect as (...a: unknown[]) => boolean).apply(signal(), args),
    once: (slot) => signal().once(slot),
    emit: (...args) => signal().emit(...args),
    next: (options) => signal().next(options),
  };
  Object.defineProperty(face, 'size', { get: () => signal().size });
  return Object.assign(face, methods) as CallableSignal<R, A>;
}
