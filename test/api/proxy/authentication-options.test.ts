import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type AuthenticationOptions, authenticationSettings } from '../../../src/api/access/authentication-options.ts';
import { Url } from '../../../src/base/url.ts';
import { type ManagerOptions, QNetworkAccessManager, QObject, type TokenRequest } from '../../../src/index.ts';
import { serve } from '../../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-netrc-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('options', () => {
  it('are nothing unless given', () => {
    const nothing = authenticationSettings({});
    expect(nothing).toEqual({ tokens: null, negotiate: null, ticketHosts: [], netrc: null, allowWeaker: false });
    expect(authenticationSettings({ netrc: false, allowWeakerAuthentication: false, negotiate: undefined })).toBe(nothing);
  });

  it('name the hosts of tickets', () => {
    const source = { start: () => null };
    const settings = authenticationSettings({ negotiate: { hosts: new Set(['Intra.Test', '.Office.TEST', '::1']), source } });
    expect([settings.ticketHosts, settings.negotiate]).toEqual([['intra.test', '.office.test', '::1'], source]);
    expect(authenticationSettings({ negotiate: { hosts: [] } }).negotiate).not.toBe(null);
  });

  it('name a file', () => {
    const path = join(folder, 'netrc');
    writeFileSync(path, 'machine a.test login ada password secret');
    expect(authenticationSettings({ netrc: path }).netrc!('a.test')).toEqual({ user: 'ada', password: 'secret', domain: '' });
    expect(authenticationSettings({ netrc: true }).netrc).toBeTypeOf('function');
  });

  it('reach the requests of the manager', async () => {
    const path = join(folder, 'reached');
    writeFileSync(path, 'machine 127.0.0.1 login ada password secret');
    const answer = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
    await using origin = await serve({
      routes: {
        '*': (request) =>
          request.header('Authorization') === answer
            ? { body: 'hello' }
            : { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="R"' } },
      },
    });
    await using manager = new QNetworkAccessManager({ netrc: path });
    expect(await manager.get(origin.url()).text()).toBe('hello');
  });

  it('give the source of tokens its own kind of URL, without a password', () => {
    const asked: TokenRequest[] = [];
    const { tokens } = authenticationSettings({ tokenSource: (request) => `token ${asked.push(request)}` });
    const question = { realm: 'R', scope: ['read'], expired: 'old', error: 'invalid_token' };
    expect(tokens!({ ...question, url: Url.parse('http://ada:secret@a.test/x') })).toBe('token 1');
    expect(asked.map(({ url, ...rest }) => [url.toString(), rest])).toEqual([['http://a.test/x', question]]);
  });

  const wrong: [what: string, options: object, text: string][] = [
    ['a token', { tokenSource: 'abc' }, 'tokenSource expects a function; got string.'],
    [
      'a host for a list',
      { negotiate: { hosts: 'a.test' } },
      "negotiate expects an object with a list of hosts: { hosts: ['intr",
    ],
    ['no list', { negotiate: {} }, 'negotiate expects an object with a list of hosts'],
    ['all hosts', { negotiate: { hosts: ['*'] } }, "negotiate.hosts expects names of hosts, '.name' with all below it; got '*'."],
    ['a dot', { negotiate: { hosts: ['.'] } }, "got '.'."],
    ['no source', { negotiate: { hosts: [], source: {} } }, 'negotiate.source expects an object with the method start.'],
    ['no path', { netrc: '' }, "netrc expects true, false or the path of a file; got ''."],
    ['a number', { netrc: 1 }, 'netrc expects true, false or the path of a file; got number.'],
    ['a word', { allowWeakerAuthentication: 'yes' }, 'allowWeakerAuthentication expects true or false; got yes.'],
    ['another name', { tokensource: () => '' }, 'Unknown QNetworkAccessManager option "tokensource"; the options are trust, '],
  ];
  it.each(wrong)('cannot be %s', (_what, options, text) => {
    expect(() => new QNetworkAccessManager(options as ManagerOptions)).toThrow(TypeError);
    expect(() => new QNetworkAccessManager(new QObject(), options as AuthenticationOptions)).toThrow(text);
  });
});
