// RFC 2046 5.1: how the parts of a multipart body are written. Text is Latin-1: one character an octet.
import type { HeaderList } from '../base/header-list.ts';

/** RFC 2046 5.1.1: the bchars, the space among them. */
const NOT_BCHAR = /[^0-9A-Za-z'()+_,\-./:=? ]/;
const LONGEST = 70;

/** What is wrong with a boundary, as the end of a sentence; '' when nothing is. */
export function boundaryProblem(boundary: string): string {
  if (boundary.length === 0) return 'is empty';
  if (boundary.length > LONGEST) return `has ${boundary.length} characters, the most are ${LONGEST}`;
  const at = boundary.search(NOT_BCHAR);
  if (at >= 0)
    return `contains ${JSON.stringify(boundary[at])} at position ${at}; letters, digits and '()+_,-./:=? may stand in it`;
  return boundary.endsWith(' ') ? 'ends with a space' : '';
}

/**
 * Whether the delimiter lines of two multiparts, one within the other, cannot be told apart: a reader compares only the beginning of a
 * line with its boundary.
 */
export function boundariesClash(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

export function multipartType(subtype: string, boundary: string): string {
  return `multipart/${subtype}; boundary="${boundary}"`;
}

/** What stands before the body of a part: the delimiter and the fields. */
export function partHead(boundary: string, fields: HeaderList): string {
  let head = `--${boundary}\r\n`;
  for (let i = 0; i < fields.size; i++) head += `${fields.nameAt(i)}: ${fields.valueAt(i)}\r\n`;
  return `${head}\r\n`;
}

/** What stands behind the last part. */
export function closing(boundary: string): string {
  return `--${boundary}--\r\n`;
}
