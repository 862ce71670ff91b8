import { type RowData, STATES, type State } from './protocol.ts';

export const KINDS = ['json', 'document', 'script', 'style', 'image', 'font', 'media', 'text', 'other'] as const;
export type Kind = (typeof KINDS)[number];

/** When things happened, microseconds since the row began; -1 = they did not. */
export interface Marks {
  readonly lent: number;
  readonly resolve: number;
  readonly connect: number;
  readonly proxy: number;
  readonly tls: number;
  readonly connected: number;
  readonly sent: number;
  readonly head: number;
  /** Or how far it has got. */
  readonly end: number;
}

/** A row as the page works with it. */
export interface Entry {
  readonly id: number;
  readonly trip: number;
  readonly state: State;
  /** Microseconds since the inspector began. */
  readonly start: number;
  readonly method: string;
  readonly url: string;
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly status: number;
  readonly mime: string;
  readonly kind: Kind;
  readonly received: number;
  readonly sentBytes: number;
  readonly connection: number;
  readonly address: string;
  readonly version: string;
  readonly flags: number;
  readonly problem: string;
  readonly marks: Marks;
  /** What the filter looks into, in lower case. */
  readonly text: string;
}

export function entryOf(data: RowData): Entry {
  const [id, trip, state, start, method, url, status, mime, received, sentBytes, connection, address, version, flags] = data;
  const [, , , , , , , , , , , , , , problem, lent, resolve, connect, proxy, tls, connected, sent, head, end] = data;
  const [, host = '', path = ''] = /^[\w+]+:\/\/([^/?#]*)(.*)$/.exec(url) ?? ['', '', url];
  const kind = kindOf(mime, path);
  return {
    ...{ id, trip, state: STATES[state] ?? 'waiting', start, method, url, host, path: path || '/', status, mime, kind },
    ...{ received, sentBytes, connection, address, version, flags, problem },
    marks: { lent, resolve, connect, proxy, tls, connected, sent, head, end },
    text: `${method} ${url} ${status} ${mime} ${problem}`.toLowerCase(),
  };
}

/** What an answer is, by its media type, and by its name while that is not known. */
export function kindOf(mime: string, path: string): Kind {
  const type = mime.toLowerCase();
  for (const [kind, pattern] of TYPES) if (pattern.test(type)) return kind;
  if (type !== '') return 'other';
  const name = path.replace(/[?#].*$/, '');
  for (const [kind, pattern] of NAMES) if (pattern.test(name)) return kind;
  return 'other';
}

const TYPES: readonly (readonly [Kind, RegExp])[] = [
  ['json', /\bjson\b/],
  ['document', /^(?:text\/html|application\/xhtml)/],
  ['script', /(?:java|ecma)script/],
  ['style', /^text\/css/],
  ['image', /^image\//],
  ['font', /^font\/|\bfont\b/],
  ['media', /^(?:audio|video)\//],
  ['text', /^text\/|\bxml\b/],
];

const NAMES: readonly (readonly [Kind, RegExp])[] = [
  ['json', /\.json$/i],
  ['script', /\.m?js$/i],
  ['style', /\.css$/i],
  ['image', /\.(?:png|jpe?g|gif|webp|svg|ico)$/i],
  ['font', /\.(?:woff2?|ttf|otf)$/i],
];
