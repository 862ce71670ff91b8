import type { Stage } from '../contract/stage.ts';
import { availableCodings, Inflate } from '../filters/inflate.ts';
import { codingsToUndo, offer } from '../rules/content-coding.ts';

/** Offers the content codings we can undo and undoes those the server applied (RFC 9110 8.4). */
export function decode(): Stage {
  let offered = '';
  return {
    name: 'decode',
    outward(hop, journey) {
      if (!journey.ask.wishes.decode) return 'go';
      if (offered === '') offered = offer(availableCodings());
      hop.acceptEncoding = offered;
      return 'go';
    },
    inward(hop, head, journey) {
      if (hop.acceptEncoding === '' || head.bodyLength === 0) return 'go';
      const { headers } = head;
      if (!headers.has('Content-Encoding')) return 'go';
      const codings = codingsToUndo(headers, availableCodings());
      if (codings === null || codings.length === 0) return 'go';
      journey.insert((target) => new Inflate(codings, head.bodyLength, journey.ask.wishes.bombThreshold, target));
      return 'go';
    },
  };
}
