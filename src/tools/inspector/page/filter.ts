import type { Entry, Kind } from './entry.ts';
import { STORED } from './protocol.ts';

/** Which rows are shown. */
export interface Filter {
  /** Words that have to be there; those behind a `-` must not. */
  readonly text: string;
  readonly method: string;
  /** `2` to `5` for a class, `failed`, `running`, `stored`; '' for all. */
  readonly status: string;
  readonly kind: Kind | '';
  readonly host: string;
}

export const ALL: Filter = { text: '', method: '', status: '', kind: '', host: '' };

/** The question as a function, so that its words are read once and not for each row. */
export function matcher({ text, method, status, kind, host }: Filter): (entry: Entry) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-');
  const wanted = words.filter((word) => !word.startsWith('-'));
  const unwanted = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1));
  return (entry) =>
    (method === '' || entry.method === method) &&
    (kind === '' || entry.kind === kind) &&
    (host === '' || entry.host === host) &&
    hasStatus(entry, status) &&
    wanted.every((word) => entry.text.includes(word)) &&
    !unwanted.some((word) => entry.text.includes(word));
}

function hasStatus({ state, status, flags }: Entry, wanted: string): boolean {
  switch (wanted) {
    case '':
      return true;
    case 'failed':
      return state === 'failed' || status >= 400;
    case 'running':
      return state !== 'done' && state !== 'failed';
    case 'stored':
      return (flags & STORED) !== 0;
    default:
      return Math.floor(status / 100) === Number(wanted);
  }
}
