import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Har, type HarEntry, parseHar, recordHar, replayHar } from '../../../src/har.ts';
import { type NetLogEvent, QNetworkAccessManager, QNetworkRequest, type RequestOptions } from '../../../src/index.ts';
import type { Answer } from '../../support/answer.ts';
import { serve } from '../../support/server.ts';

const SECRET = 'S3cr3tPl4nted';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const TEXT = JSON.stringify({ token: SECRET, kept: 'visible'.repeat(50) });

interface Case {
  readonly path?: string;
  readonly body?: string | Uint8Array | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer?: Answer;
}

function form(...files: Blob[]): FormData {
  const made = new FormData();
  made.set('password', SECRET);
  for (const file of files) made.set('file', file, 'a.bin');
  return made;
}

/** Where nobody would look at once. */
const CASES: Readonly<Record<string, Case>> = {
  'a URL in a parameter': { path: `/in?next=${encodeURIComponent(`https://h/?a=1&access_token=${SECRET}`)}` },
  'a URL in a URL in a parameter': {
    path: `/in?next=${encodeURIComponent(`/a?to=${encodeURIComponent(`/b?code=${SECRET}`)}`)}`,
  },
  'user information in a parameter': { path: `/in?proxy=${encodeURIComponent(`http://u:${SECRET}@h/`)}` },
  'JSON in a parameter': { path: `/in?v=${encodeURIComponent(TEXT)}` },
  'a quote in front of it': { path: `/in?password='${SECRET}` },
  'a semicolon in front of it': { path: `/in?password=a;${SECRET}` },
  'an assertion': { body: `client_assertion=${SECRET}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
  'a proof': { headers: { DPoP: SECRET } },
  'a password of one time': { headers: { 'npm-otp': SECRET } },
  'an offer of protocols': { headers: { 'Sec-WebSocket-Protocol': `v1, bearer.${SECRET}` } },
  'Set-Cookie2': { answer: { headers: { 'Set-Cookie2': `a=${SECRET}; Version=1` } } },
  Link: { answer: { headers: { Link: `<http://u:${SECRET}@h/?token=${SECRET}>; rel=next` } } },
  Refresh: { answer: { headers: { Refresh: `5; url='/x?token=${SECRET}'` } } },
  Location: { answer: { status: 201, headers: { Location: `/x?a=b#access_token=${SECRET}` } } },
  'Authentication-Info': { answer: { headers: { 'Authentication-Info': `rspauth="${SECRET}"` } } },
  'a field behind the body': {
    answer: { body: 'x', framing: 'chunked', trailers: [['X-Session-Token', SECRET]] },
  },
  'JSON that is called a form': { body: TEXT },
  'JSON that is called text': { body: TEXT, headers: { 'Content-Type': 'text/plain;charset=UTF-8' } },
  'JSON in JSON': { body: JSON.stringify({ payload: TEXT }), headers: JSON_TYPE },
  'JSON in a form': {
    body: `payload=${encodeURIComponent(TEXT)}`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  },
  'a URL in JSON': { answer: { headers: JSON_TYPE, body: `{"next":"http:\\/\\/h\\/?a=1\\u0026token\\u003d${SECRET}"}` } },
  'JSON in Latin-1': { body: Buffer.from(`{"a":"\xfc","token":"${SECRET}"}`, 'latin1'), headers: JSON_TYPE },
  'JSON with a zero': { answer: { headers: JSON_TYPE, body: `{"a":"\0","token":"${SECRET}"}` } },
  'a multipart with octets': { body: form(new Blob([new Uint8Array([0, 255, 254, 1])])) },
  'a part that is JSON': { body: form(new Blob([TEXT], { type: 'application/json' })) },
  'a packed body': { body: gzipSync(TEXT), headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' } },
  'a packed answer that stays packed': {
    headers: { 'Accept-Encoding': 'br' },
    answer: { headers: { ...JSON_TYPE, 'Content-Encoding': 'br' }, body: brotliCompressSync(TEXT) },
  },
  'a packed answer that breaks off': {
    answer: {
      headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
      body: gzipSync(TEXT),
      truncate: gzipSync(TEXT).length - 9,
      end: 'close',
    },
  },
  'a packed answer of another kind that breaks off': {
    headers: { 'Accept-Encoding': 'deflate' },
    answer: { headers: { ...JSON_TYPE, 'Content-Encoding': 'deflate' }, body: deflateSync(TEXT), truncate: 60, end: 'close' },
  },
  events: { answer: { headers: { 'Content-Type': 'text/event-stream' }, body: `data: ${TEXT}\n\n` } },
  XML: { body: `<a><wsse:Password>${SECRET}</wsse:Password></a>`, headers: { 'Content-Type': 'text/xml' } },
  'a page': { answer: { headers: { 'Content-Type': 'text/html' }, body: `<a href="http://h/?a=1&amp;token=${SECRET}">` } },
};

/** All that can be made of a text. */
function opened(text: string): string {
  const unpacked = [...text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([word]) =>
    Buffer.from(word, 'base64').toString('latin1'),
  );
  return [text, ...unpacked].join('\n');
}

/** What a recording holds in base64, without the codings that are on it. */
async function bodiesOf(har: Har): Promise<string> {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  replayHar(manager, har);
  let all = '';
  for (const { request } of har.log.entries) {
    const reply = await manager.sendCustomRequest(new QNetworkRequest(request.url), request.method).whenFinished();
    all += reply.readAll().toString('latin1');
  }
  return all;
}

async function visited({ path = '/', body, headers = {}, answer = {} }: Case): Promise<{ har: Har; rest: string; sent: string }> {
  await using server = await serve({ routes: { '*': { headers: {}, body: 'ok', ...answer } } });
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  manager.setStoriesEnabled(true);
  const events: NetLogEvent[] = [];
  manager.netlog((event) => events.push(event));
  const recording = recordHar(manager);
  const options: RequestOptions = { headers };
  const reply =
    body === undefined ? manager.get(server.url(path), options) : manager.post(server.url(path), body as string, options);
  await reply.whenFinished();
  const har = parseHar(JSON.stringify(recording.stop()));
  const rest = [JSON.stringify(events), reply.story(), reply.toCurl(), reply.errorString(), String(reply.failure())].join('\n');
  const [request] = server.requests;
  return { har, rest, sent: `${request!.target} ${request!.headers.flat().join(' ')} ${request!.body.toString('latin1')}` };
}

describe('a secret in', () => {
  it.each(Object.keys(CASES))('%s is found nowhere', async (name) => {
    const { har, rest, sent } = await visited(CASES[name]!);
    expect(har.log.entries).toHaveLength(1);
    if (CASES[name]!.answer === undefined && name !== 'a packed body')
      expect(decodeURIComponent(sent.replace(/%(?![0-9a-f]{2})/gi, '%25'))).toContain(SECRET);
    for (const text of [JSON.stringify(har), rest]) expect(opened(text)).not.toContain(SECRET);
    const { method, postData } = har.log.entries[0]!.request;
    if (method === 'GET') expect(await bodiesOf(har)).not.toContain(SECRET);
    else if (name === 'a packed body') expect(postData).not.toHaveProperty('text');
    else expect(postData).toHaveProperty('text');
  });
});

describe('a recording without secrets', () => {
  const contentOf = ({ response: { content } }: HarEntry): string => content.text ?? '';

  it('keeps what is none', async () => {
    const { har } = await visited({
      headers: { 'X-RateLimit-Remaining-Tokens': '9' },
      answer: {
        headers: { ...JSON_TYPE, 'Access-Control-Allow-Credentials': 'true' },
        body: '{"token_type":"Bearer","usage":{"total_tokens":5},"token_endpoint":"http://h/"}',
      },
    });
    const [entry] = har.log.entries;
    expect(contentOf(entry!)).toBe('{"token_type":"Bearer","usage":{"total_tokens":5},"token_endpoint":"http://h/"}');
    expect(JSON.stringify(entry)).not.toContain('***');
  });

  it('is replayed to who sends the secret, packed or not', async () => {
    for (const name of [
      'a packed body',
      'JSON in Latin-1',
      'a multipart with octets',
      'JSON that is called a form',
      'a URL in a parameter',
    ]) {
      const { path = '/', body, headers = {} } = CASES[name]!;
      const { har } = await visited(CASES[name]!);
      const manager = new QNetworkAccessManager();
      onTestFinished(() => manager.close());
      replayHar(manager, har);
      const url = new URL(path, har.log.entries[0]!.request.url).href;
      const reply = body === undefined ? manager.get(url, { headers }) : manager.post(url, body as string, { headers });
      expect(await reply.text(), name).toBe('ok');
    }
  });

  it('gives an answer that stays packed, and what there was of one that broke off', async () => {
    const texts: string[] = [];
    for (const name of ['a packed answer that stays packed', 'a packed answer that breaks off']) {
      const { har } = await visited(CASES[name]!);
      const manager = new QNetworkAccessManager();
      onTestFinished(() => manager.close());
      replayHar(manager, har);
      const reply = await manager.get(har.log.entries[0]!.request.url).whenFinished();
      texts.push(`${reply.error()} ${reply.readAll().toString().slice(0, 14)}`);
    }
    expect(texts).toEqual(['0 {"token":"***"', '2 {"token":"***"']);
  });
});
