// How old an answer was when it came (RFC 9111 4.2.3, 5.1).
import type { HeaderList } from '../../base/header-list.ts';
import { trimOws } from '../field-syntax.ts';
import { deltaSeconds } from './directives.ts';
import { parseStrictDate } from './strict-date.ts';

/** RFC 9111 4.2.3: corrected_initial_age, in milliseconds. */
export function initialAge(headers: HeaderList, requestedAt: number, receivedAt: number): number {
  const date = dateOf(headers, receivedAt);
  // Date tells whole seconds, so a part of one is no age
  const apparent = Math.floor(Math.max(0, receivedAt - date) / 1000) * 1000;
  const delay = Math.max(0, receivedAt - requestedAt);
  return Math.max(apparent, ageField(headers) * 1000 + delay);
}

/** When the answer was made: Date, or when it came if that says nothing (RFC 9110 6.6.1). */
export function dateOf(headers: HeaderList, receivedAt: number): number {
  return parseStrictDate(headers.get('date'), receivedAt) ?? receivedAt;
}

/** RFC 9111 5.1: of several values the first counts; one that is no number is not there. Seconds. */
export function ageField(headers: HeaderList): number {
  const text = headers.get('age');
  if (text === undefined) return 0;
  const comma = text.indexOf(',');
  return Math.max(0, deltaSeconds(trimOws(comma < 0 ? text : text.slice(0, comma))));
}
