import { FilterPhase } from '../contract/filter.ts';
import type { Stage } from '../contract/stage.ts';
import { availableCodings, Inflate } from '../filters/inflate.ts';
import { codingsToUndo, offer } from '../rules/content-coding.ts';

/**
 * Offers the content codings we can undo and undoes those the server applied (RFC 9110 8.4). A range is cut out of the coded bytes
 * (RFC 9110 14.1.2) and cannot be undone by itself: who asks for one gets the bytes as they are.
 */
export function decode(available = availableCodings): Stage {
  let offered = '';
  return {
    name: 'decode',
    outward(hop, journey) {
      if (!journey.ask.wishes.decode) return 'go';
      if (offered === '') offered = offer(available());
      hop.acceptEncoding = hop.headers.size > 0 && hop.headers.has('Range') ? 'identity' : offered;
      return 'go';
    },
    inward(hop, head, journey) {
      if (hop.acceptEncoding === '' || head.status === 206) return 'go';
      const { headers } = head;
      if (!headers.has('Content-Encoding')) return 'go';
      const codings = codingsToUndo(headers, available());
      // Where no body follows the filter is put in as well: its presence takes the length of the coded bytes out of the head, as in Qt.
      if (codings !== null)
        journey.insert(
          FilterPhase.decoding,
          (target) => new Inflate(codings, head.bodyLength, journey.ask.wishes.bombThreshold, target),
        );
      return 'go';
    },
  };
}
