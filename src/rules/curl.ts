import { hideInBody } from '../base/body-redaction.ts';
import { namesSocket } from '../base/local-scheme.ts';
import { hideInHeader, hideInText } from '../base/redaction.ts';
import type { Url } from '../base/url.ts';
import { socketPathOf } from './local-socket.ts';

/** A request as a command line of curl says it. */
export interface CurlRequest {
  readonly method: string;
  readonly url: string;
  /** Path of the socket of this machine that it goes to; '' = it goes to the host of the URL. */
  readonly socket: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** null = none; 'unknown' = it is read from somewhere and not here. */
  readonly body: Uint8Array | 'unknown' | null;
  /** Codings of the answer are undone. */
  readonly decodes: boolean;
  /** Redirects are followed. */
  readonly follows: boolean;
  /** Secrets stay as they are. */
  readonly secrets: boolean;
}

/** Where curl is to go for what this machine finds at a URL; `localSocket`: the path that was wished for, '' = the URL names it. */
export function curlPlace(url: Url, localSocket: string): Pick<CurlRequest, 'url' | 'socket'> {
  if (!namesSocket(url.scheme)) return { url: url.href, socket: '' };
  const temporary = process.getBuiltinModule('node:os').tmpdir();
  const socket = socketPathOf(url, localSocket, { platform: process.platform, temporary });
  // a path is no host to curl
  const host = /^[\w.-]+$/.test(url.host ?? '') ? url.host : 'localhost';
  return { url: `http://${host}${url.target}`, socket };
}

/** A longer body is not put on a command line. */
const LONGEST = 65_536;

/** The command, for a POSIX shell: `$'…'`, where it is needed, is in POSIX since 2024, and has been in bash, zsh and ksh for long. */
export function curlCommand(request: CurlRequest): string {
  const { method, headers, body, secrets } = request;
  const parts = ['curl'];
  // curl has no HEAD with a body, but by another name
  if (method === 'HEAD' && body === null) parts.push('--head');
  else if (method !== (body === null ? 'GET' : 'POST')) parts.push(`--request ${quoted(method)}`);
  if (request.socket !== '') parts.push(`--unix-socket ${quoted(request.socket)}`);
  if (request.follows) parts.push('--location');
  if (request.decodes) parts.push('--compressed');
  for (const [name, value] of headers) {
    const shown = secrets ? value : hideInHeader(name, value);
    // the octets of a field are told as Latin-1; and curl leaves out a field without value unless a semicolon says so
    const bytes = Buffer.from(shown === '' ? `${name};` : `${name}: ${shown}`, 'latin1');
    parts.push(`--header ${isText(bytes) ? quoted(bytes.toString()) : octal(bytes)}`);
  }
  if (body !== null) {
    // it would make one up
    if (!headers.some(([name]) => name.toLowerCase() === 'content-type')) parts.push("--header 'Content-Type:'");
    parts.push(dataOf(body, mediaTypeOf(headers), secrets));
  }
  const url = secrets ? request.url : hideInText(request.url);
  // to curl brackets and braces are patterns
  if (/[[\]{}]/.test(url)) parts.push('--globoff');
  parts.push(quoted(url));
  return parts.join(' \\\n  ');
}

function mediaTypeOf(headers: CurlRequest['headers']): string {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
}

function dataOf(body: Uint8Array | 'unknown', mediaType: string, secrets: boolean): string {
  const text = body === 'unknown' || body.length > LONGEST ? null : textOf(body);
  // from standard input, where the reader of the command puts it
  if (text === null) return '--data-binary @-';
  return `--data-raw ${quoted(secrets ? text : hideInBody(text, mediaType))}`;
}

function textOf(body: Uint8Array): string | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  return isText(bytes) && !bytes.includes(0) ? bytes.toString() : null;
}

function isText(bytes: Buffer): boolean {
  return process.getBuiltinModule('node:buffer').isUtf8(bytes);
}

/** What a terminal does not take as text when the command is pasted: keys such as Ctrl-C, and what steers it. Tabs complete words, and CR is Enter. */
const KEYS = /[\0-\t\x0b-\x1f\x7f-\x9f]/;

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return KEYS.test(word) ? octal(Buffer.from(word)) : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Octet by octet; the shell itself looks at `!` even there. */
function octal(bytes: Buffer): string {
  const plain = /[\w \n"#$%&()*+,./:;<=>?@[\]^`{|}~-]/;
  let word = '';
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte);
    word += byte < 0x80 && plain.test(letter) ? letter : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `$'${word}'`;
}
