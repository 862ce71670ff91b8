import { namesSocket } from '../../base/local-scheme.ts';
import type { Url } from '../../base/url.ts';
import type { Ask, Wishes } from '../../contract/ask.ts';
import type { CurlRequest } from '../../rules/curl.ts';
import { socketPathOf } from '../../rules/local-socket.ts';
import { Attribute, METHODS } from './access-enums.ts';
import type { QNetworkReply } from './qnetworkreply.ts';

/** What was asked for: as it was compiled, or as the request says it when no engine had it. */
export function askedBy(reply: QNetworkReply, ask: Ask | null): Omit<CurlRequest, 'secrets'> {
  if (ask !== null) return compiled(ask);
  const request = reply.request();
  const verb = request.attribute(Attribute.CustomVerbAttribute);
  const latin1 = (bytes: Buffer): string => bytes.toString('latin1');
  return {
    method: METHODS[reply.operation()] ?? (verb === null ? 'GET' : String(verb)),
    url: request.url().toString(),
    socket: '',
    headers: request.rawHeaderList().map((name) => [latin1(name), latin1(request.rawHeader(name))]),
    body: null,
    decodes: true,
    follows: false,
  };
}

function compiled({ method, url, headers, defaults, body, wishes }: Ask): Omit<CurlRequest, 'secrets'> {
  const fields: [string, string][] = [];
  for (let i = 0; i < headers.size; i++) fields.push([headers.nameAt(i), headers.valueAt(i)]);
  for (let i = 0; i < defaults.size; i++)
    if (!headers.has(defaults.nameAt(i))) fields.push([defaults.nameAt(i), defaults.valueAt(i)]);
  return {
    method,
    ...placeOf(url, wishes),
    headers: fields,
    body: body === null ? null : (body.bytes ?? 'unknown'),
    decodes: wishes.decode,
    follows: wishes.redirects !== 'manual',
  };
}

function placeOf(url: Url, { localSocket }: Wishes): { url: string; socket: string } {
  if (!namesSocket(url.scheme)) return { url: url.href, socket: '' };
  const temporary = process.getBuiltinModule('node:os').tmpdir();
  const socket = socketPathOf(url, localSocket, { platform: process.platform, temporary });
  // a path is no host to curl
  const host = /^[\w.-]+$/.test(url.host ?? '') ? url.host : 'localhost';
  return { url: `http://${host}${url.target}`, socket };
}
