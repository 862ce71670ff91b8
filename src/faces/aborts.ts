type Act = () => void;

interface Watch {
  readonly acts: Set<Act>;
  readonly tell: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Has `act` called when a signal aborts that has not yet. A signal may be given to thousands of requests at once, as that of a whole program
 * is: it gets one listener for all of them, because more than ten make Node.js warn of a leak, and each costs a walk along the others.
 */
export function onAbort(signal: AbortSignal, act: Act): void {
  const watch = watches.get(signal) ?? begun(signal);
  watch.acts.add(act);
}

function begun(signal: AbortSignal): Watch {
  const acts = new Set<Act>();
  const tell = (): void => {
    for (const act of acts) act();
  };
  const watch = { acts, tell };
  watches.set(signal, watch);
  signal.addEventListener('abort', tell, { once: true });
  return watch;
}

/** The request is over: nobody needs to know. */
export function offAbort(signal: AbortSignal, act: Act): void {
  const watch = watches.get(signal);
  if (watch === undefined || !watch.acts.delete(act) || watch.acts.size > 0) return;
  watches.delete(signal);
  signal.removeEventListener('abort', watch.tell);
}
