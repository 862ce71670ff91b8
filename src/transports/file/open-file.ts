import { formatHttpDate } from '../../base/http-date.ts';
import type { Failure } from '../../contract/failure.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';
import { serveBytes } from '../served.ts';
import { closeQuietly, FileBody, type OpenFile } from './file-body.ts';

/** Answers with a file that was opened, or says why it was not. */
export function serveOpen(hop: Hop, path: string, file: OpenFile | Failure): void {
  if ('kind' in file) return hop.fail(file, NO_FACTS);
  let read = false;
  // what is told below may end in an abort, which closes the body that it was given
  serveBytes(hop, file.size, lastModified(file.modified), (offset, length) => {
    read = true;
    return new FileBody(path, file, offset, length);
  });
  if (!read) closeQuietly(file.descriptor);
}

/** The first and the last time that an HTTP date can say. */
const FIRST = Date.parse('0000-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59Z');

/** '' where no HTTP date says it: file systems know more years. */
function lastModified(milliseconds: number): string {
  return milliseconds >= FIRST && milliseconds <= LAST ? formatHttpDate(milliseconds) : '';
}
