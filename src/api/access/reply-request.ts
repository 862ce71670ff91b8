import type { Ask } from '../../contract/ask.ts';
import { type CurlRequest, curlPlace } from '../../rules/curl.ts';
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
    ...curlPlace(url, wishes.localSocket),
    headers: fields,
    body: body === null ? null : (body.bytes ?? 'unknown'),
    decodes: wishes.decode,
    follows: wishes.redirects !== 'manual',
  };
}
