import { BytesBody } from '../../bodies/bytes-body.ts';
import type { Ask, Wishes } from '../../contract/ask.ts';
import type { Body } from '../../contract/body.ts';
import type { Door } from '../../contract/door.ts';
import type { PullBody } from '../../contract/sink.ts';
import { Unattended } from '../../engine/assembly.ts';
import type { Row } from './row.ts';

/** Why a request cannot be sent again; '' when it can. `first`: its first trip. */
export function hindrance(first: Row | null): string {
  if (first === null) return 'The beginning of this request is not kept any more.';
  const { ask } = first;
  if (ask === null) return 'Its body was longer than is kept.';
  if (ask.body !== null && bodyOf(ask.body, first) === null)
    return 'Its body came out of a source that is used up, and was not kept.';
  return '';
}

/** Sends the request of a first trip once more, as the program made it. What comes is for the inspector alone. */
export function replay(door: Door, first: Row): void {
  const { method, url, headers, defaults, wishes, body } = first.ask!;
  const ask: Ask = { method, url, headers, defaults, body: body === null ? null : bodyOf(body, first), wishes: unasked(wishes) };
  door.schedule(door.create(ask, new Nobody()));
}

/** Nobody is there to be asked about redirects, so that they are shown and not followed. */
function unasked(wishes: Wishes): Wishes {
  return wishes.redirects === 'ask' ? { ...wishes, redirects: 'manual' } : wishes;
}

function bodyOf(body: Body, first: Row): Body | null {
  if (body.bytes !== null) return body;
  const bytes = first.sent?.bytes ?? null;
  return bytes !== null && bytes.length === body.length ? new BytesBody(bytes) : null;
}

class Nobody extends Unattended {
  end(): void {}
  fail(): void {}
  served(_head: unknown, body: PullBody): void {
    body.close();
  }
}
