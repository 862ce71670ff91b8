/** The real clock. Everything that waits or looks at the time does so through an object of this shape, see contract/clock. */
export const systemClock = {
  now: (): number => performance.now(),
  wall: (): number => Date.now(),
  after(ms: number, f: () => void, keepAlive = false): { cancel(): void } {
    const timer = setTimeout(f, Math.min(ms, 0x7fffffff));
    if (!keepAlive) timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  soon(f: () => void): void {
    process.nextTick(f);
  },
  afterIo(f: () => void): void {
    setImmediate(f);
  },
};

/** 32 hexadecimal digits that nobody can guess. */
export function randomToken(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** So many octets that nobody can guess. */
export function randomOctets(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** Calls `f` in a later turn of the event loop, after this turn's callbacks and microtasks. */
export function afterTurn(f: () => void): void {
  setImmediate(f);
}
