import type { Failure } from './failure.ts';

/** Addresses of ours that connections leave from. */
export interface Binding {
  /** All of it as text: connections are shared only between those who leave the same way. */
  readonly key: string;
  /** '' = there is none of that family. */
  readonly v4: string;
  readonly v6: string;
}

/** How a hop may leave: from these addresses, or from any; not at all; or it is not settled yet. */
export type Passage = Binding | 'unbound' | Failure | 'wait';

/** Who says how requests leave the machine: what a network session is to the engine. */
export interface Access {
  /** For a hop to this host; `background`: nobody waits for it. */
  passage(host: string, background: boolean): Passage;
  /** Told whenever `passage` may answer something else, until the function returned is called. */
  watch(changed: () => void): () => void;
  /** Nothing can be reached from these addresses. True = they are ours no more, though nobody had noticed yet; `passage` knows it from now on. */
  gone(binding: Binding): boolean;
}
