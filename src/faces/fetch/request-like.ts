/** A Request of the platform or of another library, as its members say. */
export interface RequestFields {
  readonly from: object;
  readonly url: string;
  /** As an init. */
  readonly init: Readonly<Record<string, unknown>>;
  /** The body is one of Node's streams and not of the platform's. */
  readonly streams: boolean;
}

const MEMBERS = [
  'method',
  'headers',
  'mode',
  'credentials',
  'cache',
  'redirect',
  'referrer',
  'referrerPolicy',
  'integrity',
  'keepalive',
  'signal',
];

/** Told by its shape. */
export function isRequestLike(input: unknown): input is Request {
  if (typeof input !== 'object' || input === null) return false;
  const { url, method, headers } = input as Record<string, unknown>;
  return typeof url === 'string' && typeof method === 'string' && typeof headers === 'object';
}

/** Throws a TypeError for a Request whose body was read. */
export function fieldsOfRequest(request: Request): RequestFields {
  const init: Record<string, unknown> = {};
  for (const name of MEMBERS) {
    const value = (request as unknown as Record<string, unknown>)[name];
    if (value !== undefined) init[name] = value;
  }
  const { body, bodyUsed } = request;
  if (body != null) {
    if (bodyUsed || (body as { locked?: boolean }).locked === true)
      throw new TypeError('fetch: the body of the Request has been read or sent already; use clone() before it is.');
    init['body'] = body;
    init['duplex'] = 'half';
  }
  return {
    from: request,
    url: request.url,
    init,
    streams: typeof (body as { getReader?: unknown } | null)?.getReader !== 'function',
  };
}
