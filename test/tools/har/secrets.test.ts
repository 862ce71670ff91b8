import diagnostics from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { diffHar, recordHar } from '../../../src/har.ts';
import { type NetLogEvent, QNetworkAccessManager, type QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import type { Answer } from '../../support/answer.ts';
import { serve } from '../../support/server.ts';

/** Thirty secrets, and where each is planted. */
const PLANTED = Object.fromEntries(
  [
    ...['user', 'password', 'accessToken', 'apiKey', 'queryPassword', 'signature', 'code', 'escapedName', 'fragment'],
    ...['bearer', 'xApiKey', 'cookieOne', 'cookieTwo', 'proxyAuthorization', 'vaultToken', 'ownHeader'],
    ...['formPassword', 'formSecret', 'formRefresh', 'jsonToken', 'jsonNested', 'jsonList', 'multipart'],
    ...['setCookie', 'answerToken', 'answerRefresh', 'location', 'answerHeader', 'askedPassword', 'ownName'],
  ].map((name, i) => [name, `S3cr3t${String(i).padStart(2, '0')}${name}`]),
) as Readonly<Record<string, string>>;

const P = (name: string): string => {
  const secret = PLANTED[name];
  if (secret === undefined) throw new Error(`no secret ${name}`);
  return secret;
};

/** What has reached the server. */
let sent = '';
/** Everything that was shown to anybody. */
const shown: Record<string, string> = {};

function find(text: string): string[] {
  const unpacked = text.replace(
    /[A-Za-z0-9+/]{16,}={0,2}/g,
    (word) => ` ${word} ${Buffer.from(word, 'base64').toString('latin1')} `,
  );
  return Object.entries(PLANTED)
    .filter(([, secret]) => unpacked.includes(secret) || text.includes(secret))
    .map(([name]) => name);
}

async function end(reply: QNetworkReply, words: string[]): Promise<void> {
  await reply.whenFinished();
  words.push(reply.errorString(), inspect(reply.failure()), JSON.stringify(reply.failure()));
  try {
    reply.throwIfError();
  } catch (error) {
    words.push(inspect(error), String(error), (error as Error).stack ?? '');
  }
  stories.push(reply.story());
  curls.push(reply.toCurl());
}

const stories: string[] = [];
const curls: string[] = [];

async function requests(manager: QNetworkAccessManager, url: (path: string) => string, words: string[]): Promise<void> {
  const withUser = url('/basic').replace('//', `//${P('user')}:${P('password')}@`);
  await end(manager.get(withUser), words);
  const query = `access_token=${P('accessToken')}&page=2&apiKey=${P('apiKey')}&password=${P('queryPassword')}&X-Amz-Signature=${P('signature')}`;
  const more = `code=${P('code')}&pass%77ord=${P('escapedName')}&my_own=${P('ownName')}#id_token=${P('fragment')}`;
  await end(manager.get(url(`/missing?${query}&${more}`)), words);
  const request = new QNetworkRequest(url('/headers'));
  const fields = {
    Authorization: `Bearer ${P('bearer')}`,
    'X-Api-Key': P('xApiKey'),
    Cookie: `one=${P('cookieOne')}; two=${P('cookieTwo')}`,
    'Proxy-Authorization': `Basic ${Buffer.from(`u:${P('proxyAuthorization')}`).toString('base64')}`,
    'X-Vault-Token': P('vaultToken'),
    'X-My-Secret': P('ownHeader'),
  };
  for (const [name, value] of Object.entries(fields)) request.setRawHeader(name, value);
  await end(manager.get(request), words);
  const form = `name=ada&password=${P('formPassword')}&client_secret=${P('formSecret')}&refresh_token=${P('formRefresh')}`;
  await end(manager.post(url('/login'), form, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }), words);
  const json = { token: P('jsonToken'), credentials: { a: { b: P('jsonNested') } }, passwords: [P('jsonList'), 1], name: 'kept' };
  await end(manager.post(url('/login'), { json }), words);
  const parts = new FormData();
  parts.set('passphrase', P('multipart'));
  parts.set('plain', 'visible');
  await end(manager.post(url('/login'), parts), words);
  await end(manager.get(url('/moved')), words);
  await end(manager.get(`http://127.0.0.1:1/?token=${P('accessToken')}`), words);
  manager.authenticationRequired.connect((_reply, authenticator) => {
    authenticator.setUser('ada');
    authenticator.setPassword(P('askedPassword'));
  });
  await end(manager.get(url('/asked').replace('127.0.0.1', 'localhost')), words);
}

beforeAll(async () => {
  await using server = await serve({
    routes: {
      '/basic': ({ header }): Answer =>
        header('Authorization') === undefined
          ? { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="a"' } }
          : { body: 'in' },
      '/asked': ({ header }): Answer =>
        header('Authorization') === undefined
          ? { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="b"' } }
          : { body: 'in' },
      '/headers': { headers: { 'Set-Cookie': `sid=${P('setCookie')}; Path=/`, 'X-Csrf-Token': P('answerHeader') }, body: 'ok' },
      '/login': {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ access_token: P('answerToken'), nested: [{ refreshToken: P('answerRefresh') }], kept: 'visible' }),
      },
      '/moved': { status: 302, headers: { Location: `/headers?ticket=${P('location')}` } },
      '*': { status: 404, body: 'no' },
    },
  });
  const manager = new QNetworkAccessManager();
  manager.setStoriesEnabled(true);
  const events: NetLogEvent[] = [];
  const published: unknown[] = [];
  const hear = (message: unknown): void => void published.push(message);
  const channels = ['start', 'sent', 'headers', 'again', 'end', 'error'].map((name) => `qnetwork:request:${name}`);
  for (const name of channels) diagnostics.subscribe(name, hear);
  const stop = manager.netlog((event) => events.push(event));
  const recording = recordHar(manager, { secretNames: ['my_own'] });
  const words: string[] = [];
  await requests(manager, (path) => server.url(path), words);
  const har = recording.stop();
  sent = server.requests
    .map(({ target, headers, body }) => `${target} ${headers.flat().join(' ')} ${body.toString()}`)
    .join('\n');
  stop();
  for (const name of channels) diagnostics.unsubscribe(name, hear);
  await manager.close();
  const log = JSON.stringify(events);
  const own = (text: string): string => text.replaceAll(P('ownName'), '(a name that only the recording was told of)');
  Object.assign(shown, {
    har: JSON.stringify(har),
    diff: diffHar(har, { log: { ...har.log, entries: [] } }, { secretNames: ['my_own'] }).text,
    netlog: own(log),
    stories: own(stories.join('\n')),
    curl: own(curls.join('\n')),
    errors: own(words.join('\n')),
    published: own(JSON.stringify(published)),
  });
}, 30_000);

describe('thirty secrets', () => {
  it('are thirty', () => {
    expect(Object.keys(PLANTED)).toHaveLength(30);
    // fragments stay here, so do fields for proxies, and what the server has said comes from there
    const elsewhere = [
      'fragment',
      'proxyAuthorization',
      'escapedName',
      'setCookie',
      'answerToken',
      'answerRefresh',
      'answerHeader',
    ];
    expect(find(sent)).toEqual(expect.arrayContaining(Object.keys(PLANTED).filter((name) => !elsewhere.includes(name))));
    expect(find(`${P('code')} ${Buffer.from(`u:${P('user')}`).toString('base64')}`)).toEqual(['user', 'code']);
  });

  it.each(['har', 'diff', 'netlog', 'stories', 'curl', 'errors', 'published'])('are not in %s', (where) => {
    expect(shown[where]!.length).toBeGreaterThan(200);
    expect(find(shown[where]!)).toEqual([]);
  });

  it('leave everything else where it is', () => {
    for (const word of [
      'page=2',
      'name=ada',
      'kept',
      'visible',
      'Bearer ***',
      'one=***; two=***',
      'sid=***; Path=/',
      'ticket=***',
    ])
      expect(shown['har']).toContain(word);
    expect(shown['curl']).toContain('Authorization: Bearer ***');
    expect(shown['stories']).toContain('page=2');
    expect(shown['errors']).toContain('access_token=***&page=2');
  });

  it('are there for who asks for them', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok', headers: { 'Set-Cookie': `s=${P('setCookie')}` } } } });
    const manager = new QNetworkAccessManager();
    const recording = recordHar(manager, { secrets: true });
    const events: NetLogEvent[] = [];
    manager.netlog((event) => events.push(event), { secrets: true });
    const reply = manager.get(server.url(`/?token=${P('accessToken')}`), { headers: { 'X-Api-Key': P('xApiKey') } });
    await reply.bytes();
    for (const text of [JSON.stringify(recording.stop()), JSON.stringify(events)])
      expect(find(text)).toEqual(['accessToken', 'xApiKey', 'setCookie']);
    expect(find(reply.toCurl({ secrets: true }))).toEqual(['accessToken', 'xApiKey']);
    await manager.close();
  });
});
