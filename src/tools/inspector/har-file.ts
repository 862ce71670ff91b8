import type { ServerResponse } from 'node:http';
import { afterTurn } from '../../base/clock.ts';
import { type EntrySettings, entryOf } from '../har/entry.ts';
import { version } from '../har/version.ts';
import type { Row } from './row.ts';
import type { Watch } from './watch.ts';

/** Rows that are looked at in one go, and letters after which it is over sooner: making entries is work, and the program has its own. */
const PIECE = 100;
const LONG = 1_048_576;

/** Writes the rows that there are as a HAR 1.2, piece by piece; what makes room meanwhile is not in it. */
export function sendHar(response: ServerResponse, watch: Watch, settings: EntrySettings): void {
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Disposition': 'attachment; filename="inspector.har"',
  });
  const creator = JSON.stringify({ name: 'qnetwork', version: version() });
  response.write(`{"log":{"version":"1.2","creator":${creator},"entries":[`);
  const { next } = watch;
  let at = watch.first;
  let separator = '\n';
  const piece = (): string => {
    let text = '';
    for (const end = Math.min(next, at + PIECE); at < end && text.length < LONG; at++) {
      const row = watch.row(at);
      if (row === null || !isTold(row)) continue;
      text += separator + JSON.stringify(entryOf(row, settings));
      separator = ',\n';
    }
    return text;
  };
  const more = (): void => {
    if (response.destroyed) return;
    const text = piece();
    if (at >= next) response.end(`${text}\n]}}\n`);
    else if (text === '' || response.write(text)) afterTurn(more);
    else response.once('drain', more);
  };
  more();
}

function isTold(row: Row): boolean {
  row.look();
  return row.worthTelling || row.hop === null;
}
