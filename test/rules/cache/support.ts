import { HeaderList } from '../../../src/base/header-list.ts';
import type { StoredHead } from '../../../src/contract/cache.ts';
import type { Head } from '../../../src/contract/head.ts';
import type { Use } from '../../../src/rules/cache/reuse.ts';

/** When stored answers of these tests came: Wed, 01 Jan 2025 12:00:00 GMT. */
export const CAME = Date.UTC(2025, 0, 1, 12);

/** The moment so many seconds after that, and as a field has it. */
export function at(seconds: number): number {
  return CAME + seconds * 1000;
}

export function date(seconds: number): string {
  return new Date(at(seconds)).toUTCString();
}

/** Fields as one text: `name: value`, a line each. */
export function list(text: string): HeaderList {
  const headers = new HeaderList();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return headers;
}

export function text(headers: HeaderList): string {
  const lines: string[] = [];
  for (let i = 0; i < headers.size; i++) lines.push(`${headers.nameAt(i)}: ${headers.valueAt(i)}`);
  return lines.join('\n');
}

/** What a request says, given in the same way. */
export function asks(fields: string): { get(name: string): string | undefined } {
  const headers = list(fields);
  return { get: (name) => headers.combined(name) };
}

/** A stored 200 that was asked for and came at once, with these fields. */
export function stored(fields: string, changes: Partial<StoredHead> = {}): StoredHead {
  return {
    status: 200,
    reason: 'OK',
    headers: list(fields),
    requestedAt: CAME,
    receivedAt: CAME,
    vary: [],
    range: null,
    variants: [],
    expires: -1,
    notes: [],
    ...changes,
  };
}

export function head(status: number, fields: string, bodyLength = -1): Head {
  return { status, reason: '', version: '1.1', headers: list(fields), bodyLength, pipelined: false };
}

/** A plain GET, so many seconds after the answer came. */
export function use(seconds: number, changes: Partial<Use> = {}): Use {
  return {
    method: 'GET',
    fields: new HeaderList(),
    load: 'prefer-network',
    now: at(seconds),
    shared: false,
    follows: true,
    ...changes,
  };
}
