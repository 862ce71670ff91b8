import { failure } from '../contract/failure.ts';
import type { Stage } from '../contract/stage.ts';

/** Lets pass only what somebody can carry. */
export function gate(schemes: ReadonlySet<string>): Stage {
  return {
    name: 'gate',
    outward(hop, journey) {
      const { url } = hop;
      if (schemes.has(url.scheme)) return 'go';
      const why =
        url.error === ''
          ? `nobody carries the scheme "${url.scheme}"; known are ${[...schemes].join(', ')}`
          : `the URL is not valid: ${url.error}`;
      return journey.refuse(failure('scheme', 'setup', why));
    },
  };
}
