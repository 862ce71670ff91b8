// Pattern 22: somebody is asked for user and password: at once or in a dialog that takes its time, once for many requests, until they
// are right or given up.
import { describe, expect, it } from 'vitest';
import {
  NetworkError,
  type QAuthenticator,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
} from '../../src/index.ts';
import { once, within } from '../support/once.ts';
import { type SeenRequest, type Served, serve } from '../support/server.ts';

const RIGHT = `Basic ${Buffer.from('alice:secret').toString('base64')}`;
const said = (request: SeenRequest): string => request.header('Authorization') ?? '';

/** Everything is behind a password. */
const locked = (): Promise<Served> =>
  serve({
    routes: {
      '*': (request) =>
        said(request) === RIGHT
          ? { body: 'the page' }
          : { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="Library"' }, body: 'who are you?' },
    },
  });

const ended = async (reply: QNetworkReply): Promise<QNetworkReply> => within(reply.whenFinished(), 'the end');

describe('a program that is asked for passwords', () => {
  it('fills them in inside the slot, and is not asked again below the same folder', async () => {
    await using server = await locked();
    await using manager = new QNetworkAccessManager();
    const realms: string[] = [];
    manager.authenticationRequired.connect((_reply, authenticator) => {
      realms.push(authenticator.realm());
      authenticator.setUser('alice');
      authenticator.setPassword('secret');
    });
    expect(await manager.get(server.url('/books/1')).text()).toBe('the page');
    expect(await manager.get(server.url('/books/2')).text()).toBe('the page');
    expect(realms).toEqual(['Library']);
    // the first request shows nothing, the later ones do not wait to be asked
    expect(server.requests.map((request) => said(request) !== '')).toEqual([false, true, true]);
  });

  it('asks in a dialog that takes its time', async () => {
    await using server = await locked();
    await using manager = new QNetworkAccessManager();
    let answer!: (password: string) => void;
    const dialog = new Promise<string>((resolve) => {
      answer = resolve;
    });
    const asked = once(manager.authenticationRequired, 'the question');
    manager.authenticationRequired.connect(async (_reply: QNetworkReply, authenticator: QAuthenticator) => {
      authenticator.setUser('alice');
      authenticator.setPassword(await dialog);
    });
    const reply = manager.get(server.url());
    await asked;
    expect(reply.isRunning()).toBe(true);
    answer('secret');
    expect(await reply.text()).toBe('the page');
  });

  it('counts its attempts and gives up by leaving the form as it is', async () => {
    await using server = await locked();
    await using manager = new QNetworkAccessManager();
    let attempts = 0;
    manager.authenticationRequired.connect((_reply, authenticator) => {
      if (++attempts > 2) return;
      authenticator.setUser('alice');
      authenticator.setPassword(`guess ${attempts}`);
    });
    const reply = await ended(manager.get(server.url()));
    expect(attempts).toBe(3);
    expect(reply.error()).toBe(NetworkError.AuthenticationRequiredError);
    expect(reply.readAll().toString()).toBe('who are you?');
    expect(server.requests).toHaveLength(3);
  });

  it('is asked once for all requests that wait for the same realm', async () => {
    await using server = await locked();
    await using manager = new QNetworkAccessManager();
    let questions = 0;
    manager.authenticationRequired.connect(async (_reply, authenticator) => {
      questions++;
      await new Promise((later) => setImmediate(later));
      authenticator.setUser('alice');
      authenticator.setPassword('secret');
    });
    const pages = await Promise.all(Array.from({ length: 30 }, (_, i) => manager.get(server.url(`/books/${i}`)).text()));
    expect(new Set(pages)).toEqual(new Set(['the page']));
    expect(questions).toBe(1);
  });

  it('hangs the credentials on the reply, where the slot finds them', async () => {
    await using server = await locked();
    await using manager = new QNetworkAccessManager();
    manager.authenticationRequired.connect((reply, authenticator) => {
      authenticator.setUser(String(reply.property('user')));
      authenticator.setPassword(String(reply.property('password')));
    });
    const reply = manager.get(server.url());
    reply.setProperty('user', 'alice');
    reply.setProperty('password', 'secret');
    expect(await reply.text()).toBe('the page');
  });

  it('takes them from the URL', async () => {
    await using server = await locked();
    await using manager = new QNetworkAccessManager();
    const url = new URL(server.url('/x'));
    url.username = 'alice';
    url.password = 'secret';
    const reply = manager.get(url);
    expect(await reply.text()).toBe('the page');
    expect(server.requests.map((request) => request.target)).toEqual(['/x', '/x']);
  });

  it('sends nothing it knows where that is not wanted, and forgets it when told', async () => {
    await using server = await locked();
    await using manager = new QNetworkAccessManager();
    let questions = 0;
    manager.authenticationRequired.connect((_reply, authenticator) => {
      questions++;
      authenticator.setUser('alice');
      authenticator.setPassword('secret');
    });
    await ended(manager.get(server.url()));
    const apart = new QNetworkRequest(server.url());
    apart.setAttribute(QNetworkRequest.AuthenticationReuseAttribute, QNetworkRequest.Manual);
    expect(await manager.get(apart).text()).toBe('the page');
    expect(questions).toBe(2);
    manager.clearAccessCache();
    expect(await manager.get(server.url()).text()).toBe('the page');
    expect(questions).toBe(3);
  });
});
