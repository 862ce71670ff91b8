import { type Failure, failure } from '../contract/failure.ts';
import type { Hop } from '../contract/hop.ts';
import { type Cut, cutOut, readRange } from '../rules/cache/ranges.ts';

/**
 * Which of `size` bytes a request wants: null for all of them, which is also the answer to several ranges, to other units, and where If-Range
 * does not name the very `modified` of what there is (RFC 9110 13.1.5 and 14.2). The failure says that there are none such.
 */
export function partOf({ headers, url }: Hop, size: number, modified: string): Cut | Failure | null {
  const text = headers.size === 0 ? undefined : headers.combined('Range');
  if (text === undefined) return null;
  const condition = headers.get('If-Range');
  const wish = condition === undefined || condition === modified ? readRange(text) : null;
  if (wish === null) return null;
  return (
    cutOut(null, size, wish) ??
    failure('range', 'setup', `Error opening ${url.href}: "${text}" names nothing of its ${size} bytes`)
  );
}
