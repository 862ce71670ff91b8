import type { Har, HarEntry, HarNameValue, HarTimings } from '../../../src/har.ts';

export interface EntryInit {
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly text?: string | undefined;
  readonly size?: number;
  readonly posted?: string;
  readonly timings?: HarTimings;
}

const pairs = (headers: readonly (readonly [string, string])[]): HarNameValue[] =>
  headers.map(([name, value]) => ({ name, value }));

/** An entry that says what a test wants it to. */
export function entry(init: EntryInit): HarEntry {
  const { method = 'GET', url = 'http://h.test/', status = 200, headers = [], posted, timings } = init;
  const text = 'text' in init ? init.text : '';
  const size = init.size ?? Buffer.byteLength(text ?? '');
  return {
    startedDateTime: '2024-01-01T00:00:00.000Z',
    time: 0,
    request: {
      method,
      url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: [],
      queryString: [],
      headersSize: -1,
      bodySize: posted?.length ?? 0,
      ...(posted === undefined ? {} : { postData: { mimeType: '', text: posted } }),
    },
    response: {
      status,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairs(headers),
      content: { size, mimeType: '', ...(text === undefined ? {} : { text }) },
      redirectURL: '',
      headersSize: -1,
      bodySize: size,
    },
    cache: {},
    timings: timings ?? { send: 0, wait: 0, receive: 0 },
  };
}

export function harOf(...entries: HarEntry[]): Har {
  return { log: { version: '1.2', creator: { name: 'test', version: '1' }, entries } };
}

/** With the peculiarities of what Chrome and Firefox save. */
export function browserHar(): Har {
  const site = 'https://www.example.org';
  const page = entry({
    url: `${site}/index.html`,
    text: 'Größe',
    headers: [
      [':status', '200'],
      ['content-type', 'text/html; charset=iso-8859-1'],
      ['set-cookie', 'a=1\nb=2'],
    ],
  });
  page.response.httpVersion = 'http/2.0';
  page.response.content.mimeType = 'text/html; charset=iso-8859-1';
  Object.assign(page, { _initiator: { type: 'other' }, _priority: 'VeryHigh', pageref: 'page_1', connection: '443' });
  const image = entry({ url: `${site}/i.png`, text: 'iVAA' });
  image.response.content.encoding = 'base64';
  // the text is what the browser has shown, its fields are what has come
  const packed = entry({
    url: `${site}/packed.js`,
    text: 'let a = 1;',
    headers: [
      ['content-encoding', 'gzip'],
      ['content-length', '3'],
    ],
  });
  const form = entry({ url: `${site}/form`, method: 'POST', text: 'form' });
  form.request.bodySize = 12;
  form.request.postData = {
    mimeType: 'application/x-www-form-urlencoded',
    params: [
      { name: 'a', value: '1' },
      { name: 'b', value: 'ü' },
    ],
  };
  const blocked = entry({ url: `${site}/blocked`, status: 0 });
  Object.assign(blocked.response, { _error: 'net::ERR_BLOCKED_BY_CLIENT', content: { size: 0, mimeType: 'x-unknown' } });
  // asked whether it is still what it was
  const kept = entry({ url: `${site}/kept`, status: 304, text: 'what the browser had' });
  const nulls = entry({ url: `${site}/nulls` });
  Object.assign(nulls, { timings: { blocked: null, send: null, wait: null, receive: null } });
  const har = harOf(page, image, packed, form, blocked, kept, nulls);
  return { log: { ...har.log, browser: { name: 'Firefox', version: '1' }, pages: [{ id: 'page_1' }] } };
}
