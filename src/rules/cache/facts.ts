// What follows from a stored head alone, worked out once: a head in memory is asked again and again.
import type { StoredHead } from '../../contract/cache.ts';
import { type ResponseDirectives, responseDirectives } from './directives.ts';
import { initialAge } from './initial-age.ts';
import { lifetimeOf } from './lifetime.ts';

export interface Facts {
  readonly said: ResponseDirectives;
  /** Milliseconds, as all below. */
  readonly initialAge: number;
  readonly lifetime: number;
  readonly sharedLifetime: number;
}

/** Bounded by the heads themselves: who lets go of a head lets go of its facts. */
const known = new WeakMap<StoredHead, Facts>();

export function factsOf(stored: StoredHead): Facts {
  let facts = known.get(stored);
  if (facts === undefined) {
    const { status, headers, requestedAt, receivedAt } = stored;
    const said = responseDirectives(headers);
    facts = {
      said,
      initialAge: initialAge(headers, requestedAt, receivedAt),
      lifetime: lifetimeOf(status, headers, said, receivedAt, false),
      sharedLifetime: lifetimeOf(status, headers, said, receivedAt, true),
    };
    known.set(stored, facts);
  }
  return facts;
}
