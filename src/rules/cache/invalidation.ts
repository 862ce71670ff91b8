import type { HeaderList } from '../../base/header-list.ts';
import { Url } from '../../base/url.ts';
import { isSafe } from '../methods.ts';

/**
 * RFC 9111 4.4: the URLs whose stored answers hold no longer, because something was done to them: by a method that is not known to be
 * safe, and with success. Other origins' answers are not this one's to invalidate.
 */
export function invalidated(method: string, status: number, url: Url, headers: HeaderList): readonly Url[] {
  if (isSafe(method) || status < 200 || status > 399) return NONE;
  const urls = [url];
  for (const name of ['location', 'content-location']) {
    const text = headers.get(name);
    if (text === undefined) continue;
    const other = url.resolve(Url.parse(text));
    if (other.error === '' && other.origin === url.origin && other.target !== url.target) urls.push(other);
  }
  return urls;
}

const NONE: readonly Url[] = [];
