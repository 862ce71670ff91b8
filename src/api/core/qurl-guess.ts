/** URLs from what is no URL yet: paths of files and what people type. */
import { encodeDecoded, IN_PATH } from '../../base/percent.ts';
import { Url } from '../../base/url.ts';
import { readBareHost } from '../../base/url-host.ts';

/** `file:` URL of a path; the empty URL for ''. */
export function fileUrl(path: string): Url {
  if (path === '') return Url.EMPTY;
  let text = process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
  let host = '';
  if (/^[^/]:/.test(text)) {
    text = '/' + text;
  } else if (text.startsWith('//')) {
    const slash = text.indexOf('/', 2);
    const reading = readBareHost(slash < 0 ? text.slice(2) : text.slice(2, slash));
    if (reading.error === '' && reading.host !== '') {
      host = reading.host;
      text = slash < 0 ? '' : text.slice(slash);
    }
  }
  // `file:x` for a relative path: with an authority it would be absolute.
  const absolute = host !== '' || text.startsWith('/');
  return Url.from({ scheme: 'file', host: absolute ? host : null, path: encodeDecoded(text, IN_PATH) });
}

/** What was meant by typed text; the empty URL when nothing fits. */
export function guessUrl(text: string): Url {
  const input = text.trim();
  if (input === '') return Url.EMPTY;
  if (input.includes(':') && readBareHost(input).error === '') return Url.from({ scheme: 'http', host: input });
  if (input.startsWith('/') || (process.platform === 'win32' && /^[a-z]:[\\/]/i.test(input))) return fileUrl(input);
  const url = Url.parse(input);
  const guess = Url.parse('http://' + input);
  // `localhost:8080` is a host and a port rather than a scheme and a path.
  if (url.valid && !url.relative && guess.port < 0) return url;
  if (!guess.valid || (!guess.host && guess.path === '')) return Url.EMPTY;
  return /^ftp\./i.test(input) ? guess.with({ scheme: 'ftp' }) : guess;
}
