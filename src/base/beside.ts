/** Somebody who has other threads work for him. */
export interface Worker {
  /** One of them is at work now, and will come back. */
  readonly busy: boolean;
}

const workers = new Set<Worker>();

/** Who turns a clock of his own waits while a worker is busy; real time goes on by itself. */
export function hire(worker: Worker): void {
  workers.add(worker);
}

export function dismiss(worker: Worker): void {
  workers.delete(worker);
}

/** Some worker is busy. */
export function isBusyBeside(): boolean {
  for (const worker of workers) if (worker.busy) return true;
  return false;
}
