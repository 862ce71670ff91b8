import type { HeaderList } from '../../base/header-list.ts';
import { responseDirectives } from '../../rules/cache/directives.ts';
import { freshnessLifetime } from '../../rules/cache/freshness.ts';
import { storedHead } from '../../rules/cache/stored-head.ts';

export interface CacheCase {
  readonly stored: boolean;
  readonly status: number;
  readonly reason: string;
  readonly method: string;
  readonly asked: HeaderList;
  readonly answered: HeaderList;
  /** Wall clock of the request, milliseconds. */
  readonly at: number;
}

/** What the cache has to do with an exchange, in sentences. */
export function cacheWords(it: CacheCase): string[] {
  if (it.status === 0) return ['No answer has come.'];
  const words = [where(it)];
  const age = it.answered.get('Age');
  if (age !== undefined) words.push(`It was ${duration(Number(age))} old when it came (Age).`);
  if (it.status !== 304) words.push(...future(it));
  return words;
}

function where({ stored, status, asked }: CacheCase): string {
  if (stored) return 'Answered out of the store: nothing was sent.';
  const condition = CONDITIONS.find((name) => asked.has(name));
  if (condition === undefined) return 'Answered by the server.';
  return status === 304
    ? `The server was asked whether what is stored still holds (${condition}), and it does.`
    : `The server was asked whether what is stored still holds (${condition}), and it has sent another answer.`;
}

const CONDITIONS = ['If-None-Match', 'If-Modified-Since'];

/** May it be used again, and for how long (RFC 9111 3, 4.2)? */
function future({ status, reason, method, answered, at }: CacheCase): string[] {
  if (method !== 'GET' && method !== 'HEAD') return [`Answers to ${method} are not used again.`];
  const said = responseDirectives(answered);
  if (said.noStore) return ['It must not be stored (Cache-Control: no-store).'];
  const words: string[] = [];
  const keeping = { requestedAt: at, receivedAt: at, vary: [] };
  const fresh = freshnessLifetime(storedHead({ status, reason, headers: answered }, keeping), false);
  if (said.noCache) words.push('When it is stored, the server is asked each time before it is used (Cache-Control: no-cache).');
  else if (fresh > 0) words.push(`It stays fresh for ${duration(fresh / 1000)}.`);
  else words.push('It says no time for which it stays fresh: the server is asked before it is used again.');
  const vary = answered.combined('Vary');
  if (vary !== undefined) words.push(`It depends on request fields (Vary: ${vary}).`);
  const etag = answered.get('ETag');
  if (etag !== undefined) words.push(`The server can be asked whether it still holds (ETag ${etag}).`);
  else if (answered.has('Last-Modified')) words.push('The server can be asked whether it still holds (Last-Modified).');
  return words;
}

function duration(seconds: number): string {
  for (const [size, name] of UNITS) {
    const count = Math.floor(seconds / size);
    if (count >= 2 || (count === 1 && seconds % size === 0)) return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return `${Math.max(0, Math.round(seconds))} seconds`;
}

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;
