import type { QNetworkReply } from './qnetworkreply.ts';
import { publicUrl } from './reply-error.ts';

/** Longest URL and charset name that are repeated in an error: a data: URL may have megabytes. */
const SHOWN = 200;

/** Turns bytes into text; a byte order mark is dropped. */
export type Decode = (body: Buffer) => string;

/** How to decode an encoding named by the caller. */
export function decoderNamed(encoding: string): Decode {
  if (typeof encoding !== 'string') {
    throw new TypeError(
      `text(): the encoding is a name such as 'utf-8' or 'windows-1252', got ${encoding === null ? 'null' : typeof encoding}`,
    );
  }
  return decoder(encoding, 'text()', 'give one of the WHATWG Encoding Standard, or read bytes()');
}

/** The body as text, in the charset of its Content-Type, UTF-8 without one. */
export function decoded(reply: QNetworkReply, body: Buffer, who: string): string {
  return decoder(charsetFor(reply), who, 'give the encoding yourself as text(encoding), or read bytes()')(body);
}

/** The body as JSON. Parts of the body never appear in the error: they may be secrets. */
export function parsed(reply: QNetworkReply, body: Buffer): unknown {
  const text = decoded(reply, body, 'json()');
  try {
    return JSON.parse(text);
  } catch (error) {
    const url = clip(publicUrl(reply.url()));
    const status = reply.status() > 0 ? `, status ${reply.status()}` : '';
    if (text.trim() === '') {
      throw new SyntaxError(
        `json(): the body of ${url} is empty${status}; a HEAD request and some statuses give none, look at status() first`,
      );
    }
    const type = contentType(reply).split(';', 1)[0]!.trim() || 'no Content-Type';
    const place = /at position \d+(?= \(|$)/.exec(error instanceof Error ? error.message : '')?.[0] ?? '';
    throw new SyntaxError(
      `json(): the body of ${url} is not valid JSON${place && ' ' + place} (${clip(type)}, ${body.length} bytes${status}); read it with text() to see what came`,
    );
  }
}

/** In which charset the body is: that of its Content-Type, UTF-8 without one. */
export function charsetFor(reply: QNetworkReply): string {
  return charsetOf(contentType(reply)) || 'utf-8';
}

/** The charset parameter of a Content-Type (RFC 9110 8.3.2), '' without one. */
export function charsetOf(type: string): string {
  for (const [, name, quoted, plain] of type.matchAll(/;[ \t]*([^\s=;"]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;,]*))/g)) {
    if (name!.toLowerCase() !== 'charset') continue;
    // Single quotes are not in the grammar, but in the wild.
    return quoted?.replace(/\\(.)/g, '$1') ?? plain!.replace(/^'(.*)'$/, '$1');
  }
  return '';
}

function contentType(reply: QNetworkReply): string {
  return reply.rawHeader('Content-Type').toString('latin1');
}

function decoder(label: string, who: string, wayOut: string): Decode {
  try {
    const made = new TextDecoder(label);
    return (body) => made.decode(body);
  } catch {
    throw new RangeError(`${who}: unknown charset "${clip(label)}"; ${wayOut}`);
  }
}

function clip(text: string): string {
  return text.length > SHOWN ? text.slice(0, SHOWN) + '…' : text;
}
