import { type Arriving, MOST_WAITING } from './arriving.ts';

let registry: FinalizationRegistry<Arriving> | null = null;

/**
 * A reply that nobody holds any more, with a body that nobody reads to its end, would keep its connection for ever: its transfer is ended when
 * it is collected. What fits into the buffer ends by itself, and need not be watched.
 */
export function watchForgotten(reply: object, body: Arriving, expected: number): void {
  if (expected >= 0 && expected <= MOST_WAITING) return;
  registry ??= new FinalizationRegistry((forgotten) => {
    if (!forgotten.awaited) forgotten.cancel();
  });
  registry.register(reply, body);
}
