import { onTestFinished } from 'vitest';
import { useMachine } from '../../src/api/bearer/machine.ts';
import type { Link, Links, LinkTraffic } from '../../src/contract/links.ts';
import { ManualClock } from './clock.ts';

/** A link that is up and leads out, unless something else is said. */
export function link(name: string, more: Partial<Link> = {}): Link {
  const host = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 250;
  return {
    name,
    medium: 'ethernet',
    up: true,
    addresses: [{ address: `192.0.2.${host}`, family: 4, linkLocal: false }],
    hardware: '02:00:00:00:00:01',
    defaultMetric: 100,
    ...more,
  };
}

/** The same link without a carrier. */
export const down = (name: string): Link => link(name, { up: false, addresses: [], defaultMetric: -1 });

/** The interfaces of a machine that the test plays. */
export class FakeLinks implements Links {
  readonly #watchers = new Set<() => void>();
  #links: readonly Link[] = [];
  readonly counted = new Map<string, LinkTraffic>();

  constructor(...links: Link[]) {
    this.#links = links;
  }

  /** How many watch. */
  get watched(): number {
    return this.#watchers.size;
  }

  /** From now on these are there. */
  set(...links: Link[]): void {
    this.#links = links;
    for (const changed of [...this.#watchers]) changed();
  }

  list(): readonly Link[] {
    return this.#links;
  }

  watch(changed: () => void): () => void {
    const watcher = (): void => changed();
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  look(): void {}

  traffic(name: string): LinkTraffic | null {
    return this.counted.get(name) ?? null;
  }
}

/** A machine with these links, and a clock that stands still, for all sessions of the test. */
export function playMachine(...links: Link[]): { readonly links: FakeLinks; readonly clock: ManualClock } {
  const fake = new FakeLinks(...links);
  const clock = new ManualClock();
  onTestFinished(useMachine(fake, clock));
  return { links: fake, clock };
}
